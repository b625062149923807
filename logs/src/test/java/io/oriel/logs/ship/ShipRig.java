package io.oriel.logs.ship;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.logs.deliver.DeliverConfig;
import io.oriel.logs.enrich.PodDirectory;
import io.oriel.logs.tail.TailConfig;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A shipper, its directories, and an endpoint that it ships to.
final class ShipRig implements AutoCloseable {
  private static final AtomicLong SEEDS = new AtomicLong(System.nanoTime());

  final BulkSink sink = new BulkSink();
  final Path dir;
  final Path logs;
  Disk disk = new FileDisk();
  Optional<PodDirectory> pods = Optional.empty();
  UnaryOperator<ShipConfig> change = config -> config;
  UnaryOperator<DeliverConfig> delivery = config -> config;
  final SkewedClock clock = new SkewedClock();
  private final HttpClient client;
  private @Nullable Shipper shipper;
  private @Nullable Accounting last;

  /// Real time, moved on by hand.
  static final class SkewedClock implements InstantSource {
    private final AtomicLong ahead = new AtomicLong();

    @Override
    public java.time.Instant instant() {
      return java.time.Instant.now().plusNanos(ahead.get());
    }

    long nanos() {
      return System.nanoTime() + ahead.get();
    }

    void advance(Duration by) {
      ahead.addAndGet(by.toNanos());
    }
  }

  ShipRig(Path dir) throws IOException {
    this.dir = dir;
    this.logs = Files.createDirectories(dir.resolve("logs"));
    this.client = HttpClient.create(HttpClientConfig.standard(), "ship-test");
    sink.start();
  }

  TailConfig tail(String... globs) {
    return TailConfig.of(List.of(globs).stream().map(g -> logs.resolve(g).toString()).toList())
        .withScanInterval(Duration.ofMillis(100));
  }

  ShipConfig config(ShipInput... inputs) {
    DeliverConfig to =
        DeliverConfig.to(List.of(sink.uri()))
            .withBatch(new DeliverConfig.Batch(500, 1 << 20, Duration.ofMillis(5)))
            .withRetry(
                new DeliverConfig.Retry(
                    Duration.ofSeconds(10), Duration.ofMillis(2), Duration.ofMillis(20)));
    return change.apply(
        ShipConfig.of(dir.resolve("data"), List.of(inputs), "logs-test", delivery.apply(to)));
  }

  Shipper start(ShipInput... inputs) throws IOException {
    Shipper started =
        Shipper.start(
            config(inputs),
            new Shipper.With(
                disk,
                client,
                pods,
                new PrometheusRegistry(),
                new Shipper.Host("node-1", "node-1", "test"),
                clock,
                clock::nanos,
                new SplittableRandom(SEEDS.incrementAndGet())));
    shipper = started;
    return started;
  }

  Shipper shipper() {
    Shipper running = shipper;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running;
  }

  void stop() {
    Shipper running = shipper;
    shipper = null;
    if (running != null) {
      running.close();
      last = running.accounting();
    }
  }

  /// Where everything was when the last shipper stopped.
  Accounting accounts() {
    Accounting known = last;
    if (known == null) {
      throw new IllegalStateException("not stopped");
    }
    return known;
  }

  @Override
  public void close() {
    stop();
    client.close();
    sink.close();
  }
}
