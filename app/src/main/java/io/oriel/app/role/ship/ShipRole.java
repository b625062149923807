package io.oriel.app.role.ship;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.oriel.app.process.RolePage;
import io.oriel.app.process.SelfTracing;
import io.oriel.disk.FileDisk;
import io.oriel.logs.enrich.KubernetesPods;
import io.oriel.logs.enrich.PodDirectory;
import io.oriel.logs.ship.FilebeatConfig;
import io.oriel.logs.ship.ShipConfig;
import io.oriel.logs.ship.Shipper;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import java.io.File;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// Ships logs: a {@link Shipper}, what it knows of pods, and its metrics over HTTP. Thread-safe.
///
/// Stopping: reading stops, what was read is synced, delivery goes on until the spool is empty or
/// `filebeat.shutdown_timeout` is over, then the server closes.
public final class ShipRole implements AutoCloseable {
  private final Closer closer;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Shipper shipper;
  private final Telemetry telemetry;
  private final HttpServer http;

  /// How a shipper is run.
  ///
  /// @param loaded what filebeat.yml says
  /// @param hostName of the machine
  public record Options(FilebeatConfig.Loaded loaded, HttpServerConfig http, String hostName) {}

  private ShipRole(Options options, SelfTracing tracing, String version, Closer closer)
      throws IOException {
    this.closer = closer;
    InstantSource clock = InstantSource.system();
    telemetry = new Telemetry("oriel_build_info", version);
    FilebeatConfig.Loaded loaded = options.loaded();
    ShipConfig config = loaded.ship();
    Optional<PodDirectory> pods = loaded.pods().map(wanted -> closer.push(pods(wanted, clock)));
    HttpClient client = closer.push(HttpClient.create(loaded.client(), "Oriel-Ship/" + version));
    String name = loaded.name().isEmpty() ? options.hostName() : loaded.name();
    http =
        closer.push(
            HttpServer.start(
                options.http(),
                routes(version),
                new HttpServerMetrics("oriel", telemetry.registry())));
    shipper =
        closer.push(
            Shipper.start(
                config,
                new Shipper.With(
                    new FileDisk(),
                    client,
                    pods,
                    telemetry.registry(),
                    new Shipper.Host(options.hostName(), name, version),
                    clock,
                    System::nanoTime,
                    new SecureRandom(),
                    tracing.start("oriel-ship", telemetry.registry(), closer))));
    closer.push(closing::countDown);
  }

  /// Starts the role; when this returns, it ships.
  ///
  /// @throws IOException when files cannot be read or the data directory cannot be used
  public static ShipRole start(Options options, String version) throws IOException {
    return start(options, SelfTracing.off(), version);
  }

  /// The same, with its deliveries in traces.
  public static ShipRole start(Options options, SelfTracing tracing, String version)
      throws IOException {
    Closer closer = new Closer();
    try {
      return new ShipRole(options, tracing, version, closer);
    } catch (IOException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  private static PodDirectory pods(FilebeatConfig.Pods wanted, InstantSource clock) {
    Config access =
        wanted.kubeConfig().isEmpty()
            ? Config.autoConfigure(null)
            : Config.fromKubeconfig(new File(wanted.kubeConfig()));
    KubernetesClient client = new KubernetesClientBuilder().withConfig(access).build();
    return KubernetesPods.start(client, wanted.node(), wanted.keep(), clock);
  }

  private Routes routes(String version) {
    Routes routes = new Routes();
    routes.get("/", _ -> RolePage.answer("ship", version));
    routes.get("/metrics", telemetry::expose);
    routes.get("/-/healthy", _ -> HttpAnswer.text(200, "OK\n"));
    routes.get("/-/ready", _ -> HttpAnswer.text(200, "OK\n"));
    return routes;
  }

  /// What is counted.
  public Telemetry telemetry() {
    return telemetry;
  }

  /// The shipper itself.
  public Shipper shipper() {
    return shipper;
  }

  /// Where HTTP is served.
  public int httpPort() {
    return http.port();
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
