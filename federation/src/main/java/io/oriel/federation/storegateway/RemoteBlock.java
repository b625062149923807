package io.oriel.federation.storegateway;

import io.oriel.federation.block.MetaFilter;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.store.ExternalLabels;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.labels.Labels;
import io.oriel.tsdb.block.Ulid;
import java.util.List;

/// A block in the bucket, read by ranges. Thread-safe.
final class RemoteBlock implements AutoCloseable {
  /** What a series' index entry is taken to have at most, where `meta.json` does not say. */
  static final int SERIES_BYTES = 64 << 10;

  /** The same for a chunk. */
  static final int CHUNK_BYTES = 16_000;

  private static final int UNBELIEVABLE = 256 << 20;

  private final StoredMeta meta;
  private final ExternalLabels external;
  private final LazyHeader header;
  private final Bucket bucket;
  private final FetchMemory memory;
  private final List<String> chunkObjects;

  /// @param header closed with the block
  /// @param bucket stays the caller's
  RemoteBlock(StoredMeta meta, LazyHeader header, Bucket bucket, FetchMemory memory) {
    this.meta = meta;
    this.external = new ExternalLabels(meta.thanos().labels());
    this.header = header;
    this.bucket = bucket;
    this.memory = memory;
    this.chunkObjects =
        meta.thanos().files().stream()
            .map(ThanosSection.BlockFile::path)
            .filter(path -> path.startsWith("chunks/"))
            .sorted()
            .toList();
  }

  Ulid ulid() {
    return meta.ulid();
  }

  StoredMeta meta() {
    return meta;
  }

  LazyHeader header() {
    return header;
  }

  ExternalLabels external() {
    return external;
  }

  long minMillis() {
    return meta.block().minMillis();
  }

  /// Exclusive.
  long maxMillis() {
    return meta.block().maxMillis();
  }

  long resolutionMillis() {
    return meta.thanos().resolutionMillis();
  }

  /// What block matchers look at: the external labels and the block's name.
  Labels described() {
    return external.labels().with(MetaFilter.BLOCK_ID, ulid().text());
  }

  int seriesBytes() {
    long known = meta.thanos().seriesMaxBytes();
    return known > 0 && known < UNBELIEVABLE ? (int) known + 16 : SERIES_BYTES;
  }

  int chunkBytes() {
    long known = meta.thanos().chunkMaxBytes();
    return known > 0 && known < UNBELIEVABLE ? (int) known + 16 : CHUNK_BYTES;
  }

  String indexObject() {
    return ulid().text() + "/index";
  }

  /// The object of a chunk segment, counted from zero.
  String chunkObject(long segment) {
    if (segment < 0 || segment > 999_998) {
      throw new CorruptionException(indexObject(), -1, "chunk segment: got " + segment);
    }
    String path =
        segment < chunkObjects.size()
            ? chunkObjects.get((int) segment)
            : "chunks/%06d".formatted(segment + 1);
    return ulid().text() + "/" + path;
  }

  /// Bytes of an object; fewer where it ends. What is read counts against the request's budget and
  /// what all requests together may have on the way.
  byte[] read(String object, long start, int length, RequestBudget budget) {
    budget.takeBytes(length);
    try (FetchMemory.Hold _ = memory.take(length)) {
      return bucket.read(object, start, length);
    }
  }

  /// Checks a length that a damaged file may have put there.
  static int believable(String object, long at, long length) {
    if (length < 0 || length > UNBELIEVABLE) {
      throw new CorruptionException(object, at, "got a length of " + length);
    }
    return (int) length;
  }

  boolean overlaps(long minMillis, long maxMillis) {
    return meta.block().overlaps(minMillis, maxMillis);
  }

  @Override
  public void close() {
    header.close();
  }

  @Override
  public String toString() {
    return "block " + ulid();
  }
}
