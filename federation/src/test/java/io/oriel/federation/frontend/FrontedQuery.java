package io.oriel.federation.frontend;

import io.oriel.federation.api.ApiSettings;
import io.oriel.federation.api.FederatedApi;
import io.oriel.federation.query.EndpointSet;
import io.oriel.federation.query.EndpointSpec;
import io.oriel.federation.store.LocalStore;
import io.oriel.federation.store.StoreService;
import io.oriel.federation.store.TestSeries;
import io.oriel.model.labels.Labels;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.eval.Execution.Workers;
import io.oriel.runtime.dns.DnsResolver;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.wire.storeapi.InfoResponse.Service;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Two replicas, a query over them, a wire that can be cut, and a frontend before all.
final class FrontedQuery implements AutoCloseable {
  /// What happens to requests on their way to the query.
  enum Fault {
    NONE,
    /** The next request fails, later ones do not. */
    ONCE,
    /** All fail. */
    DOWN,
    /** Some series are missing, and a warning says so. */
    PARTIAL,
    /** Some series are missing, and only a header says so. */
    SILENT
  }

  final TestSeries series = new TestSeries();
  final TestSeries twin = new TestSeries();
  final PrometheusRegistry registry = new PrometheusRegistry();
  final AtomicInteger requests = new AtomicInteger();
  volatile Fault fault = Fault.NONE;
  final AtomicLong now = new AtomicLong();

  private final Closer closer = new Closer();
  private final HttpClient client;
  private final int direct;
  private final int fronted;

  FrontedQuery(FrontendSettings.Range range) throws IOException, InterruptedException {
    client = closer.push(HttpClient.create(HttpClientConfig.standard(), "test"));
    List<String> stores = List.of(store("a", series), store("b", twin));
    EndpointSet endpoints =
        closer.push(
            new EndpointSet(
                new EndpointSet.Access(
                    () -> EndpointSpec.of(stores),
                    DnsResolver.system(),
                    (address, _) ->
                        GrpcClient.create(
                            GrpcClientConfig.plain(address),
                            GrpcMetrics.ofClient(new PrometheusRegistry())),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(20)),
                InstantSource.system(),
                new EndpointSet.Metrics(new PrometheusRegistry())));
    endpoints.refresh();
    Routes query = new Routes();
    new FederatedApi(
            new QueryEngine(EngineOptions.DEFAULT, new Workers(Runnable::run, 1), System::nanoTime),
            endpoints::all,
            ApiSettings.standard(List.of("replica")),
            InstantSource.system())
        .addTo(query);
    query.get("/api/v1/echo", call -> HttpAnswer.text(418, call.target()).header("x-own", "yes"));
    direct = serve(query);
    Routes wire = new Routes();
    wire.getOrPost("/*", this::wire);
    URI downstream = URI.create("http://127.0.0.1:" + serve(wire) + "/");
    Routes front = new Routes();
    new QueryFrontend(
            new FrontendSettings(
                downstream, range, "thanos-tenant", List.of(), List.of(), Duration.ZERO),
            new QueryFrontend.Parts(
                client, () -> Instant.ofEpochMilli(now.get()), System::nanoTime, _ -> {}, registry))
        .addTo(front);
    fronted = serve(front);
  }

  private String store(String replica, TestSeries data) throws IOException {
    LocalStore store =
        new LocalStore(
            data,
            new LocalStore.Description(
                "sidecar",
                () -> Labels.of("cluster", "dev-01", "replica", replica),
                () -> 0,
                EnumSet.noneOf(Service.class)));
    return "127.0.0.1:"
        + closer
            .push(
                GrpcServer.start(
                    GrpcServerConfig.plain("127.0.0.1:0"),
                    new ArrayList<>(StoreService.of(store)),
                    InstantSource.system(),
                    GrpcMetrics.ofServer(new PrometheusRegistry())))
            .port();
  }

  private int serve(Routes routes) throws IOException {
    return closer
        .push(
            HttpServer.start(
                HttpServerConfig.on("127.0.0.1:0"),
                routes,
                new HttpServerMetrics("thanos", new PrometheusRegistry())))
        .port();
  }

  private HttpAnswer wire(HttpCall call) throws IOException, InterruptedException {
    requests.incrementAndGet();
    Fault hit = fault;
    if (hit == Fault.ONCE) {
      fault = Fault.NONE;
    }
    if (hit == Fault.ONCE || hit == Fault.DOWN) {
      return HttpAnswer.text(503, "down");
    }
    HttpRequest request =
        HttpRequest.of(
            call.method(), URI.create("http://127.0.0.1:" + direct + call.target()), call.body());
    if (!call.header("content-type").isEmpty()) {
      request = request.withHeader("content-type", call.header("content-type"));
    }
    HttpResult result = client.send(request);
    if (hit == Fault.NONE || result.status() != 200) {
      return Downstream.answer(result);
    }
    String nothing = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}";
    boolean silent = hit == Fault.SILENT;
    HttpAnswer answer =
        HttpAnswer.json(
            200,
            (nothing + (silent ? "}" : ",\"warnings\":[\"store is down\"]}"))
                .getBytes(StandardCharsets.UTF_8));
    return silent ? answer.header("cache-control", "no-store") : answer;
  }

  /// Asks the query itself.
  HttpResult direct(String target) throws IOException, InterruptedException {
    return client.send(HttpRequest.get(URI.create("http://127.0.0.1:" + direct + target)));
  }

  /// Asks the frontend.
  HttpResult fronted(String target) throws IOException, InterruptedException {
    return client.send(HttpRequest.get(URI.create("http://127.0.0.1:" + fronted + target)));
  }

  /// The target of a range query.
  static String range(String query, long start, long end, long step) {
    return "/api/v1/query_range?query="
        + URLEncoder.encode(query, StandardCharsets.UTF_8)
        + "&start="
        + start / 1000.0
        + "&end="
        + end / 1000.0
        + "&step="
        + step / 1000.0;
  }

  @Override
  public void close() {
    closer.close();
  }
}
