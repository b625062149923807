package io.oriel.federation.storegateway;

import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketContract;
import io.oriel.federation.bucket.MemoryBucket;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// A bucket with a cache is a bucket like every other.
class CachingBucketContractTest implements BucketContract {
  @Override
  public Bucket bucket() {
    return new CachingBucket(
        new MemoryBucket(),
        CachingBucketYaml.parse("cache.yml", "type: IN-MEMORY"),
        new PrometheusRegistry(),
        () -> 0);
  }
}
