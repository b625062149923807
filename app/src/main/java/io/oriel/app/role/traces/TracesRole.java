package io.oriel.app.role.traces;

import io.oriel.app.process.RolePage;
import io.oriel.app.process.SelfTracing;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.grpc.Reflection;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import io.oriel.runtime.trace.Tracer;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.traces.api.TraceServices;
import io.oriel.traces.api.Traces;
import io.oriel.traces.api.TracesApi;
import io.oriel.traces.api.TracesApiV3;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SpanSources;
import io.oriel.wire.descriptor.TraceDescriptors;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Finds traces and shows them: what Jaeger Query is. Thread-safe. It keeps nothing.
///
/// It starts whether the search engine is there or not; readiness says so. Stopping: no more
/// requests, running ones end, then the connections to the engine.
public final class TracesRole implements AutoCloseable {
  /// How traces are shown.
  ///
  /// @param engine where they are
  /// @param sources in which indices
  /// @param fields how tags are written as fields
  public record Options(
      SearchClientConfig engine,
      SpanSources sources,
      TagFields fields,
      Traces.Limits limits,
      HttpServerConfig web,
      Grpc grpc) {}

  /// Where gRPC is served.
  ///
  /// @param storage for a Jaeger that uses us as its store, if it is wanted
  public record Grpc(GrpcServerConfig tools, Optional<GrpcServerConfig> storage) {}

  private static final Duration REFRESH = Duration.ofSeconds(1);

  private final Closer closer = new Closer();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final SearchClient client;
  private final Tracer tracer;
  private final HttpServer http;
  private final GrpcServer grpc;
  private final int storagePort;

  private TracesRole(Options options, SelfTracing tracing, String version) throws IOException {
    client = closer.push(SearchClient.create(options.engine(), "oriel-traces/" + version));
    Telemetry telemetry = new Telemetry("oriel_traces_build_info", version);
    tracer = tracing.start("oriel-traces", telemetry.registry(), closer);
    Traces traces =
        new Traces(
            client, options.sources(), options.fields(), options.limits(), InstantSource.system());
    TraceServices services = new TraceServices(traces);
    GrpcMetrics metrics = GrpcMetrics.ofServer(telemetry.registry());
    grpc = serve(options.grpc().tools(), services.forTools(), metrics);
    storagePort =
        options.grpc().storage().isPresent()
            ? serve(options.grpc().storage().get(), services.forStorage(), metrics).port()
            : 0;
    Routes routes = new Routes();
    routes.get("/", _ -> RolePage.answer("traces", version));
    routes.get("/metrics", telemetry::expose);
    routes.get("/-/healthy", _ -> HttpAnswer.text(200, "OK\n"));
    routes.get("/-/ready", _ -> ready());
    new TracesApi(traces).addTo(routes);
    new TracesApiV3(traces).addTo(routes);
    http =
        closer.push(
            HttpServer.start(
                options.web(),
                routes.traced(tracer),
                new HttpServerMetrics("oriel_traces", telemetry.registry())));
    closer.push(closing::countDown);
    Thread _ = Thread.ofVirtual().name("oriel/traces/certificates").start(this::refresh);
  }

  private void refresh() {
    try {
      while (!closing.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
        http.refreshTls();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private GrpcServer serve(GrpcServerConfig config, List<GrpcService> services, GrpcMetrics metrics)
      throws IOException {
    List<GrpcService> traced = services.stream().map(each -> each.traced(tracer)).toList();
    return closer.push(
        GrpcServer.start(
            config,
            Reflection.with(traced, TraceDescriptors.files()),
            InstantSource.system(),
            metrics));
  }

  private HttpAnswer ready() throws InterruptedException {
    try {
      client.cluster().health();
      return HttpAnswer.text(200, "OK\n");
    } catch (OrielException e) {
      return HttpAnswer.text(503, e.reason() + "\n");
    }
  }

  /// Starts the role; when this returns, it answers.
  ///
  /// @throws OrielException when a port is taken or a certificate cannot be used
  public static TracesRole start(Options options, String version) throws IOException {
    return start(options, SelfTracing.off(), version);
  }

  /// The same, with its own queries in traces.
  public static TracesRole start(Options options, SelfTracing tracing, String version)
      throws IOException {
    return new TracesRole(options, tracing, version);
  }

  /// The port of the HTTP API, metrics and health.
  public int port() {
    return http.port();
  }

  /// The port of gRPC.
  public int grpcPort() {
    return grpc.port();
  }

  /// The port of the storage protocol; 0 when it is not served.
  public int storagePort() {
    return storagePort;
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
