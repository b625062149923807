package io.oriel.app.process;

import io.oriel.disk.FileDisk;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.bucket.BucketLimits;
import io.oriel.federation.bucket.BucketMetrics;
import io.oriel.federation.bucket.BucketParts;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.InstantSource;
import java.util.Random;

/// Opens buckets with what this machine has: its disk, clock and chance.
public final class Buckets {
  private Buckets() {}

  /// The caller closes it.
  ///
  /// @param registry gets the operations' metrics; one bucket per registry
  public static Bucket open(BucketConfig config, PrometheusRegistry registry) {
    return config.open(
        new BucketParts(
            new FileDisk(),
            new BucketMetrics(registry),
            InstantSource.system(),
            System::nanoTime,
            Thread::sleep,
            new Random()),
        BucketLimits.standard());
  }
}
