package io.oriel.federation.bucket;

class MemoryBucketTest implements BucketContract {
  @Override
  public Bucket bucket() {
    return new MemoryBucket();
  }
}
