package io.oriel.gateway.route;

import io.oriel.gateway.audit.AuditLog;
import io.oriel.gateway.identity.KnownClusters;
import io.oriel.gateway.quota.Admission;
import io.oriel.gateway.quota.ClusterQuota;
import io.oriel.gateway.quota.EnginePressure;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.Routes;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// The front door for logs and spans. Holds no state: several of them may stand side by side.
/// Thread-safe.
///
/// Serve {@link #routes} with mutual TLS only: who a client is comes from its certificate.
public final class Gateway implements AutoCloseable {
  private static final Set<String> WRITE = Set.of("POST", "PUT");

  private final HttpClient client;
  private final Engine engine;
  private final Reception reception;
  private final BulkRoute bulks;
  private final DocumentRoute documents;
  private final SetupRoutes setup;
  private final OtlpLogsRoute otlp;

  /// What differs between a test and production.
  ///
  /// @param audit stays its maker's to close
  /// @param nanoTime a clock that only goes forward
  /// @param random spreads pauses
  public record Surroundings(
      AuditLog audit,
      PrometheusRegistry registry,
      InstantSource clock,
      LongSupplier nanoTime,
      RandomGenerator random) {}

  private Gateway(GatewayConfig config, Surroundings around) throws IOException {
    Map<String, String> environments = new HashMap<>();
    Map<String, ClusterQuota> quotas = new HashMap<>();
    config
        .clusters()
        .forEach(
            (name, cluster) -> {
              environments.put(name, cluster.environment());
              quotas.put(name, cluster.quota());
            });
    KnownClusters clusters = new KnownClusters(environments);
    EnginePressure pressure = new EnginePressure(around.nanoTime(), around.random());
    Admission admission =
        new Admission(
            new Admission.Settings(config.standardQuota(), quotas, config.limits().inFlightBytes()),
            pressure,
            around.nanoTime());
    GatewayMetrics metrics = new GatewayMetrics(around.registry(), admission);
    this.client = HttpClient.create(config.engineClient(), "Oriel-gateway");
    this.engine = new Engine(config.engines(), client, pressure, around.nanoTime(), metrics);
    this.reception = new Reception(clusters, around.audit(), metrics);
    IndexRules rules = rules(config, clusters.names());
    this.bulks =
        new BulkRoute(
            new BulkRoute.Tools(admission, around.audit(), metrics, around.clock()),
            engine,
            rules,
            config.limits());
    this.documents = new DocumentRoute(bulks, config.limits());
    this.setup = new SetupRoutes(reception, rules, around.audit(), config.reportedVersion());
    this.otlp = new OtlpLogsRoute(bulks, clusters, config.limits());
  }

  private static IndexRules rules(GatewayConfig config, Set<String> clusters) {
    IndexRules standard = IndexRules.standard(clusters);
    return new IndexRules(
        config.ownIndices().isEmpty() ? standard.own() : config.ownIndices(),
        config.sharedIndices().isEmpty() ? standard.shared() : config.sharedIndices(),
        clusters);
  }

  /// A gateway; connects to nothing yet.
  ///
  /// @throws IOException when certificates for the engine cannot be read
  public static Gateway create(GatewayConfig config, Surroundings around) throws IOException {
    return new Gateway(config, around);
  }

  /// What it answers over HTTP.
  public Routes routes() {
    Routes routes = new Routes();
    setup.addTo(routes);
    routes.streamed(WRITE, "/_bulk", reception.receive(BulkRoute.NAME, bulks::answer));
    routes.streamed(WRITE, "/{index}/_bulk", reception.receive(BulkRoute.NAME, bulks::answer));
    for (String path : new String[] {"/{index}/_doc", "/{index}/_doc/{id}"}) {
      routes.streamed(WRITE, path, reception.receive(DocumentRoute.NAME, documents::index));
    }
    routes.streamed(
        WRITE, "/{index}/_create/{id}", reception.receive(DocumentRoute.NAME, documents::create));
    routes.streamed(
        Set.of("POST"),
        "/v1/logs",
        reception.receive(OtlpLogsRoute.NAME, otlp::answer, OtlpLogsRoute::refusal));
    routes.otherwise(
        reception.receive(
            "other",
            (call, _) -> {
              throw Reception.notForShippers(call);
            }));
    return routes;
  }

  /// What it answers over gRPC: OTLP logs.
  public GrpcService grpc() {
    return otlp.service();
  }

  /// Asks the engine how it is.
  ///
  /// @throws OrielException when it does not answer
  public String engineHealth() throws IOException, InterruptedException {
    return engine.health();
  }

  @Override
  public void close() {
    client.close();
  }
}
