package io.oriel.app.role;

import io.oriel.app.process.Buckets;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.upload.Shipper;
import io.oriel.federation.upload.ShipperMetrics;
import io.oriel.federation.upload.ShipperResult;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Uploads a data directory's finished blocks as they appear, looking every 30 s. Closing it stops
/// an upload under way, which the next start does again. Thread-safe.
final class Shipping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shipping.class);
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private final Bucket bucket;
  private final Shipper shipper;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  private Shipping(Bucket bucket, Shipper shipper) {
    this.bucket = bucket;
    this.shipper = shipper;
    this.thread = Thread.ofPlatform().name("oriel/shipping").daemon(true).unstarted(this::run);
  }

  /// @param externalLabels of the blocks, asked anew for each
  static Shipping start(
      BucketConfig config,
      Path data,
      Supplier<Labels> externalLabels,
      PrometheusRegistry registry) {
    FileDisk disk = new FileDisk();
    InstantSource clock = InstantSource.system();
    Bucket bucket = Buckets.open(config, registry);
    Shipper shipper =
        new Shipper(
            data,
            new Shipper.Parts(
                disk,
                bucket,
                clock,
                new ShipperMetrics(registry),
                externalLabels,
                ThanosSection.SIDECAR));
    Shipping shipping = new Shipping(bucket, shipper);
    shipping.thread.start();
    return shipping;
  }

  private void run() {
    try {
      do {
        look();
      } while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      ShipperResult result = shipper.sync();
      if (!result.uploaded().isEmpty()) {
        LOG.atInfo().addKeyValue("blocks", result.uploaded()).log("uploaded");
      }
    } catch (IOException | OrielException e) {
      LOG.atError()
          .addKeyValue("reason", e.getMessage())
          .log("cannot look for blocks to upload; trying again");
    }
  }

  @Override
  public void close() throws InterruptedException {
    closing.countDown();
    thread.interrupt();
    thread.join();
    bucket.close();
  }
}
