package io.oriel.app.role.sidecar;

import io.oriel.app.process.RolePage;
import io.oriel.app.process.Shipping;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.store.FactsService;
import io.oriel.federation.store.PrometheusClient;
import io.oriel.federation.store.PrometheusFacts;
import io.oriel.federation.store.RemoteReadStore;
import io.oriel.federation.store.StoreService;
import io.oriel.federation.upload.Shipper;
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
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// StoreAPI beside a Prometheus: its series, rules, targets, metadata and exemplars under its
/// external labels, which are read from its config every 30 s; the upload of its finished blocks;
/// and reloads of its config and rules. Thread-safe.
public final class SidecarRole implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SidecarRole.class);
  private static final Duration REFRESH = Duration.ofSeconds(30);
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /// How a sidecar is run.
  ///
  /// @param prometheus such as `http://localhost:9090`
  /// @param minMillis from where on series are served, Unix milliseconds
  /// @param uploading what is uploaded, if anything
  /// @param reloading what is watched
  public record Options(
      HttpServerConfig http,
      GrpcServerConfig grpc,
      URI prometheus,
      long minMillis,
      Optional<Uploading> uploading,
      SidecarReloader.Options reloading) {
    /// A sidecar that only serves.
    public Options(HttpServerConfig http, GrpcServerConfig grpc, URI prometheus, long minMillis) {
      this(http, grpc, prometheus, minMillis, Optional.empty(), SidecarReloader.Options.off());
    }

    /// The same, uploading too.
    public Options withUploading(Uploading what) {
      return new Options(http, grpc, prometheus, minMillis, Optional.of(what), reloading);
    }
  }

  /// What of the Prometheus' blocks is uploaded.
  ///
  /// @param data the Prometheus' data directory
  /// @param ignoresBlockSize whether a Prometheus that merges blocks is no reason not to
  /// @param interval how often its data directory is looked at
  public record Uploading(
      BucketConfig bucket,
      Path data,
      Shipper.Compacted compacted,
      boolean ignoresBlockSize,
      Duration interval) {}

  private final Closer closer;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final PrometheusClient prometheus;
  private final Gauge up;
  private final Gauge heartbeat;
  private final HttpServer http;
  private final GrpcServer grpc;

  /** Of the Prometheus, as its config said last; replaced by the refreshing thread. */
  private volatile Labels externalLabels = Labels.empty();

  private SidecarRole(Options options, String version, Closer closer) throws IOException {
    this.closer = closer;
    Telemetry telemetry = new Telemetry("thanos_build_info", version);
    PrometheusRegistry registry = telemetry.registry();
    up = gauge(registry, "prometheus_up", "Whether the Prometheus beside this sidecar answers.");
    heartbeat =
        gauge(
            registry,
            "last_heartbeat_success_time_seconds",
            "When the Prometheus last answered, Unix seconds.");
    HttpClient client =
        closer.push(HttpClient.create(HttpClientConfig.standard(), "Oriel-Sidecar"));
    prometheus = new PrometheusClient(client, options.prometheus(), TIMEOUT);
    refreshNow();
    if (options.reloading().isOn()) {
      closer.push(
          SidecarReloader.start(options.reloading(), prometheus, System.getenv(), registry));
    }
    Supplier<String> obstacle = () -> "";
    if (options.uploading().isPresent()) {
      obstacle = upload(options.uploading().get(), registry);
    }
    grpc =
        closer.push(
            GrpcServer.start(
                options.grpc(),
                services(options),
                InstantSource.system(),
                GrpcMetrics.ofServer(registry)));
    http =
        closer.push(
            HttpServer.start(
                options.http(),
                routes(telemetry, obstacle, version),
                new HttpServerMetrics("thanos", registry)));
    Thread refresher = Thread.ofVirtual().name("oriel/sidecar/labels").start(this::refresh);
    closer.push(
        () -> {
          closing.countDown();
          refresher.join();
        });
  }

  private static Gauge gauge(PrometheusRegistry registry, String name, String help) {
    return Gauge.builder().name("thanos_sidecar_" + name).help(help).register(registry);
  }

  /// Begins to upload.
  ///
  /// @return says why nothing may be uploaded now
  private Supplier<String> upload(Uploading what, PrometheusRegistry registry) {
    BlockSizes sizes = new BlockSizes(prometheus, what.ignoresBlockSize());
    Supplier<String> obstacle =
        () -> externalLabels.isEmpty() ? "no external labels yet" : sizes.obstacle();
    closer.push(
        Shipping.start(
            new Shipping.Setup(
                what.bucket(),
                what.data(),
                () -> externalLabels,
                ThanosSection.SIDECAR,
                what.compacted(),
                obstacle,
                what.interval(),
                Optional.empty()),
            registry));
    return obstacle;
  }

  private Routes routes(Telemetry telemetry, Supplier<String> obstacle, String version) {
    Routes routes = new Routes();
    routes.get("/", _ -> RolePage.answer("sidecar", version));
    routes.get("/metrics", telemetry::expose);
    routes.get("/-/healthy", _ -> HttpAnswer.text(200, "OK\n"));
    routes.get(
        "/-/ready",
        _ -> {
          String why = externalLabels.isEmpty() ? "no external labels yet" : obstacle.get();
          return why.isEmpty() ? HttpAnswer.text(200, "OK\n") : HttpAnswer.text(503, why + "\n");
        });
    return routes;
  }

  /// Starts the role. The Prometheus need not answer yet.
  ///
  /// @throws OrielException when an address is taken or a certificate cannot be used
  public static SidecarRole start(Options options, String version) throws IOException {
    Closer closer = new Closer();
    try {
      return new SidecarRole(options, version, closer);
    } catch (IOException | RuntimeException e) {
      closer.close();
      throw e;
    }
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
      heartbeat.set(InstantSource.system().millis() / 1000.0);
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
