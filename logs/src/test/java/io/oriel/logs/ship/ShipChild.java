package io.oriel.logs.ship;

import io.oriel.disk.FileDisk;
import io.oriel.logs.deliver.DeliverConfig;
import io.oriel.logs.tail.TailConfig;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// A shipper as a process of its own, to be killed.
final class ShipChild {
  private ShipChild() {}

  public static void main(String[] args) throws Exception {
    Path data = Path.of(args[0]);
    TailConfig tail = TailConfig.of(List.of(args[1])).withScanInterval(Duration.ofMillis(50));
    DeliverConfig to =
        DeliverConfig.to(List.of(URI.create(args[2])))
            .withBatch(new DeliverConfig.Batch(200, 1 << 20, Duration.ofMillis(5)))
            .withRetry(
                new DeliverConfig.Retry(
                    Duration.ofSeconds(10), Duration.ofMillis(2), Duration.ofMillis(20)));
    try (HttpClient client = HttpClient.create(HttpClientConfig.standard(), "ship-child");
        Shipper shipper =
            Shipper.start(
                ShipConfig.of(data, List.of(ShipInput.of("all", tail, List.of())), "logs-test", to),
                new Shipper.With(
                    new FileDisk(),
                    client,
                    Optional.empty(),
                    new PrometheusRegistry(),
                    new Shipper.Host("node-1", "node-1", "test"),
                    InstantSource.system(),
                    System::nanoTime,
                    new SecureRandom()))) {
      System.out.println("ready " + shipper.files().size());
      new CountDownLatch(1).await();
    }
  }
}
