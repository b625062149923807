package io.oriel.app.process;

import io.oriel.disk.FileDisk;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.upload.EarlyMetrics;
import io.oriel.federation.upload.EarlyShipper;
import io.oriel.federation.upload.Shipper;
import io.oriel.federation.upload.ShipperMetrics;
import io.oriel.federation.upload.ShipperResult;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.tsdb.head.Head;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Uploads a data directory's finished blocks as they appear, looking every so often. Closing it
/// stops an upload under way, which the next start does again. Thread-safe.
public final class Shipping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shipping.class);

  /** How often upstream's shipper looks. */
  public static final Duration INTERVAL = Duration.ofSeconds(30);

  private final Setup setup;
  private final Bucket bucket;
  private final Shipper shipper;
  private final Optional<EarlyShipper> early;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /// What is uploaded, and as whose.
  ///
  /// @param data directory of a database, in use
  /// @param externalLabels of the blocks, asked anew for each
  /// @param source as `meta.json` names it
  /// @param obstacle why nothing may be uploaded now, asked at each look; empty when it may
  /// @param interval from look to look
  /// @param early what is uploaded before it is a block, if anything
  public record Setup(
      BucketConfig bucket,
      Path data,
      Supplier<Labels> externalLabels,
      String source,
      Shipper.Compacted compacted,
      Supplier<String> obstacle,
      Duration interval,
      Optional<Early> early) {}

  /// What is uploaded of a head before it is a block.
  ///
  /// @param interval what a lost disk costs
  /// @param blockRange length of the database's blocks
  public record Early(Head head, Duration interval, Duration blockRange) {}

  private Shipping(Setup setup, Bucket bucket, Shipper shipper, Optional<EarlyShipper> early) {
    this.early = early;
    this.setup = setup;
    this.bucket = bucket;
    this.shipper = shipper;
    this.thread = Thread.ofPlatform().name("oriel/shipping").daemon(true).unstarted(this::run);
  }

  /// Opens the bucket and begins to look. The caller closes it, before the database.
  ///
  /// @param registry gets the metrics of the bucket and of what is uploaded
  public static Shipping start(Setup setup, PrometheusRegistry registry) {
    Bucket bucket = Buckets.open(setup.bucket(), registry);
    Shipper.Parts parts =
        new Shipper.Parts(
            new FileDisk(),
            bucket,
            InstantSource.system(),
            new ShipperMetrics(registry),
            setup.externalLabels(),
            setup.source());
    Optional<EarlyShipper> early =
        setup
            .early()
            .map(
                terms ->
                    new EarlyShipper(
                        setup.data(),
                        terms.head(),
                        parts,
                        new EarlyMetrics(registry),
                        new Random(),
                        EarlyShipper.Terms.every(terms.interval(), terms.blockRange())));
    Shipper shipper = new Shipper(setup.data(), parts, setup.compacted());
    Shipping shipping = new Shipping(setup, bucket, shipper, early);
    shipping.thread.start();
    return shipping;
  }

  private void run() {
    try {
      do {
        look();
      } while (!closing.await(setup.interval().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    String obstacle = setup.obstacle().get();
    if (!obstacle.isEmpty()) {
      LOG.atWarn().addKeyValue("reason", obstacle).log("no blocks are uploaded; looking again");
      return;
    }
    try {
      ShipperResult result = shipper.sync();
      if (!result.uploaded().isEmpty()) {
        LOG.atInfo().addKeyValue("blocks", result.uploaded()).log("uploaded");
      }
      if (early.isPresent()) {
        early.get().sync();
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
