package io.oriel.app.role.query;

import io.oriel.app.process.SelfTracing;
import io.oriel.federation.api.ApiSettings;
import io.oriel.federation.api.FederatedApi;
import io.oriel.federation.query.Endpoint;
import io.oriel.federation.query.EndpointSet;
import io.oriel.federation.query.EndpointSpec;
import io.oriel.federation.query.FanOut;
import io.oriel.federation.query.QueryScope;
import io.oriel.federation.query.QueryService;
import io.oriel.federation.query.ServiceFanOut;
import io.oriel.federation.store.StoreService;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.eval.Execution;
import io.oriel.runtime.dns.DnsResolver;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import io.oriel.runtime.trace.Tracer;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// PromQL over many stores: local, over the replicas of one cluster, or global, over the local
/// queries of all. Serves HTTP for people and gRPC for a query above it. Thread-safe.
///
/// Stopping: no new requests, then the endpoints' clients.
public final class QueryRole implements AutoCloseable {
  private static final Duration REFRESH = Duration.ofSeconds(5);
  private static final Duration INFO_TIMEOUT = Duration.ofSeconds(5);

  /// How a query role is run.
  ///
  /// @param endpoints stores, as flags and files name them
  /// @param connector makes the client for an address that has no config of its own
  /// @param responseTimeout how long a store may take to answer
  public record Options(
      HttpServerConfig http,
      GrpcServerConfig grpc,
      Supplier<List<EndpointSpec>> endpoints,
      ClientMaker connector,
      Duration responseTimeout,
      EngineOptions engine,
      ApiSettings api) {}

  /// Makes clients that count what they do in the role's own metrics.
  public interface ClientMaker {
    GrpcClient make(String address, GrpcMetrics metrics) throws IOException;
  }

  private final Closer closer = new Closer();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final EndpointSet endpoints;
  private final HttpServer http;
  private final GrpcServer grpc;

  private QueryRole(Options options, SelfTracing tracing, Execution.Workers workers, String version)
      throws IOException, InterruptedException {
    InstantSource clock = InstantSource.system();
    Telemetry telemetry = new Telemetry("thanos_build_info", version);
    PrometheusRegistry registry = telemetry.registry();
    Tracer tracer = tracing.start("oriel-query", registry, closer);
    GrpcMetrics clientMetrics = GrpcMetrics.ofClient(registry);
    QueryEngine engine = new QueryEngine(options.engine(), workers, System::nanoTime);
    endpoints =
        closer.push(
            new EndpointSet(
                new EndpointSet.Access(
                    options.endpoints(),
                    DnsResolver.system(),
                    (address, own) ->
                        own.isPresent()
                            ? GrpcClient.create(own.get().at(address), clientMetrics)
                            : options.connector().make(address, clientMetrics),
                    INFO_TIMEOUT,
                    options.responseTimeout()),
                clock,
                new EndpointSet.Metrics(registry)));
    countQueries(engine, options.engine().maxConcurrent(), registry);
    endpoints.refresh();
    Thread refresher = Thread.ofVirtual().name("oriel/query/endpoints").start(this::refresh);
    closer.push(
        () -> {
          closing.countDown();
          refresher.join();
        });
    grpc =
        closer.push(
            GrpcServer.start(
                options.grpc(),
                services(options, engine).stream().map(each -> each.traced(tracer)).toList(),
                clock,
                GrpcMetrics.ofServer(registry)));
    Routes routes = new Routes();
    routes.get("/metrics", telemetry::expose);
    routes.get("/-/healthy", _ -> HttpAnswer.text(200, "OK\n"));
    routes.get("/-/ready", _ -> HttpAnswer.text(200, "OK\n"));
    new FederatedApi(engine, endpoints::all, options.api(), clock).addTo(routes);
    http =
        closer.push(
            HttpServer.start(
                options.http(), routes.traced(tracer), new HttpServerMetrics("thanos", registry)));
  }

  /// Starts the role; when this returns, it is ready and has asked every endpoint once.
  ///
  /// @throws io.oriel.model.error.OrielException when an address is taken or a certificate cannot
  ///   be used
  public static QueryRole start(Options options, Execution.Workers workers, String version)
      throws IOException, InterruptedException {
    return start(options, SelfTracing.off(), workers, version);
  }

  /// The same, with its own work in traces: each request, and those of the queries below it.
  public static QueryRole start(
      Options options, SelfTracing tracing, Execution.Workers workers, String version)
      throws IOException, InterruptedException {
    return new QueryRole(options, tracing, workers, version);
  }

  private List<GrpcService> services(Options options, QueryEngine engine) {
    QueryScope everything = QueryScope.standard(List.of());
    Supplier<List<Endpoint>> selected = () -> options.api().selector().select(endpoints.all());
    List<GrpcService> services = new ArrayList<>(StoreService.of(new FanOut(selected, everything)));
    services.add(QueryService.of(engine, selected));
    services.addAll(new ServiceFanOut(endpoints::all, options.responseTimeout()).services());
    return services;
  }

  private static void countQueries(QueryEngine engine, int most, PrometheusRegistry registry) {
    GaugeWithCallback.builder()
        .name("thanos_query_concurrent_gate_queries_in_flight")
        .help("Queries that run.")
        .callback(gauge -> gauge.call(engine.running().size()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("thanos_query_concurrent_gate_queries_max")
        .help("Queries that may run at once.")
        .callback(gauge -> gauge.call(most))
        .register(registry);
  }

  private void refresh() {
    try {
      while (!closing.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
        endpoints.refresh();
        http.refreshTls();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Where HTTP is served.
  public int httpPort() {
    return http.port();
  }

  /// Where gRPC is served.
  public int grpcPort() {
    return grpc.port();
  }

  /// Waits until the role is closed.
  public void awaitClose() throws InterruptedException {
    closing.await();
  }

  @Override
  public void close() {
    closer.close();
  }
}
