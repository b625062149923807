package io.oriel.app.role;

import io.oriel.federation.store.FactsService;
import io.oriel.federation.store.PrometheusClient;
import io.oriel.federation.store.PrometheusFacts;
import io.oriel.federation.store.RemoteReadStore;
import io.oriel.federation.store.StoreService;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import io.prometheus.metrics.core.metrics.Gauge;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// StoreAPI beside a Prometheus: its series, rules, targets, metadata and exemplars under its
/// external labels, which are read from its config every 30 s. Thread-safe.
public final class SidecarRole implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SidecarRole.class);
  private static final Duration REFRESH = Duration.ofSeconds(30);
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /// How a sidecar is run.
  ///
  /// @param prometheus such as `http://localhost:9090`
  /// @param minMillis from where on series are served, Unix milliseconds
  public record Options(
      HttpServerConfig http, GrpcServerConfig grpc, URI prometheus, long minMillis) {}

  private final Closer closer = new Closer();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final PrometheusClient prometheus;
  private final Gauge up;
  private final HttpServer http;
  private final GrpcServer grpc;

  /** Of the Prometheus, as its config said last; replaced by the refreshing thread. */
  private volatile Labels externalLabels = Labels.empty();

  private SidecarRole(Options options, String version) throws IOException {
    Telemetry telemetry = new Telemetry("thanos_build_info", version);
    up =
        Gauge.builder()
            .name("thanos_sidecar_prometheus_up")
            .help("Whether the Prometheus beside this sidecar answers.")
            .register(telemetry.registry());
    HttpClient client =
        closer.push(HttpClient.create(HttpClientConfig.standard(), "Oriel-Sidecar"));
    prometheus = new PrometheusClient(client, options.prometheus(), TIMEOUT);
    refreshNow();
    grpc =
        closer.push(
            GrpcServer.start(
                options.grpc(),
                services(options),
                InstantSource.system(),
                GrpcMetrics.ofServer(telemetry.registry())));
    Routes routes = new Routes();
    routes.get("/metrics", telemetry::expose);
    routes.get("/-/healthy", _ -> HttpAnswer.text(200, "OK\n"));
    routes.get(
        "/-/ready",
        _ ->
            externalLabels.isEmpty()
                ? HttpAnswer.text(503, "no external labels yet\n")
                : HttpAnswer.text(200, "OK\n"));
    http =
        closer.push(
            HttpServer.start(
                options.http(), routes, new HttpServerMetrics("thanos", telemetry.registry())));
    Thread refresher = Thread.ofVirtual().name("oriel/sidecar/labels").start(this::refresh);
    closer.push(
        () -> {
          closing.countDown();
          refresher.join();
        });
  }

  /// Starts the role. The Prometheus need not answer yet.
  ///
  /// @throws OrielException when an address is taken or a certificate cannot be used
  public static SidecarRole start(Options options, String version) throws IOException {
    return new SidecarRole(options, version);
  }

  private List<GrpcService> services(Options options) {
    List<GrpcService> services =
        new ArrayList<>(
            StoreService.of(
                new RemoteReadStore(prometheus, () -> externalLabels, options::minMillis)));
    services.addAll(FactsService.of(new PrometheusFacts(prometheus), () -> externalLabels));
    return services;
  }

  private void refresh() {
    try {
      while (!closing.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
        refreshNow();
        http.refreshTls();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void refreshNow() {
    try {
      ConfigDocument config = ConfigDocument.parse("status/config", prometheus.config());
      Labels labels = Labels.copyOf(config.root().map("global").stringMap("external_labels"));
      if (labels.isEmpty()) {
        LOG.atWarn().log("prometheus has no external labels, its series look like anyone's");
      }
      externalLabels = labels;
      up.set(1);
    } catch (IOException | OrielException e) {
      up.set(0);
      LOG.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("prometheus does not answer, keeping its last external labels");
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
