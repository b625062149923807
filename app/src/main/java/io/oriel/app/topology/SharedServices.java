package io.oriel.app.topology;

import io.oriel.app.host.HostExporter;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What a platform has once, whatever its clusters: the machine's metrics, and the certificates,
/// which are renewed while it runs.
final class SharedServices implements AutoCloseable {
  private static final long RENEWAL_SECONDS = 60;

  private final Closer closer = new Closer();
  private final CountDownLatch closing = new CountDownLatch(1);

  private SharedServices() {}

  /// Starts both.
  static SharedServices start(
      Topology topology, Addresses addresses, Certificates certificates, String version)
      throws IOException {
    SharedServices services = new SharedServices();
    try {
      if (topology.nodeExporter().isEmpty()) {
        Telemetry machine = new Telemetry("oriel_host_exporter_build_info", version);
        machine.registry().register(new HostExporter(Path.of("/proc")));
        services.serve(addresses.hostExporter(), "oriel_host_exporter", machine);
      }
      Telemetry pki = new Telemetry("oriel_pki_build_info", version);
      certificates.pki().export(pki.registry());
      services.serve(addresses.pki(), "oriel_pki", pki);
      services.renew(certificates);
      return services;
    } catch (IOException | RuntimeException e) {
      services.close();
      throw e;
    }
  }

  private void serve(String address, String prefix, Telemetry telemetry) throws IOException {
    closer.push(
        HttpServer.start(
            HttpServerConfig.on(address),
            new Routes().get("/metrics", telemetry::expose),
            new HttpServerMetrics(prefix, telemetry.registry())));
  }

  private void renew(Certificates certificates) {
    Thread thread =
        Thread.ofVirtual()
            .name("oriel/pki/renewal")
            .start(
                () -> {
                  try {
                    while (!closing.await(RENEWAL_SECONDS, TimeUnit.SECONDS)) {
                      certificates.pki().renewDue();
                    }
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                });
    closer.push(
        () -> {
          closing.countDown();
          thread.join();
        });
  }

  @Override
  public void close() {
    closer.close();
  }
}
