package io.oriel.federation.compact;

import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.BlockState;
import io.oriel.federation.block.BlockView;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.BucketException;
import io.oriel.federation.downsample.Resolution;
import io.oriel.tsdb.block.Ulid;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Marks what is not needed any more and deletes what was marked long enough ago. Thread-safe; one
/// at a time, as it is also done beside merges.
final class BucketCleaning {
  private static final Logger LOG = LoggerFactory.getLogger(BucketCleaning.class);

  /** After which an early block's owner would have replaced it. */
  private static final Duration ORPHANED = Duration.ofDays(1);

  private final CompactorConfig config;
  private final CompactorParts parts;
  private final BucketBlocks blocks;
  private final Marker marker;
  private final Runnable leaseCheck;
  private final AtomicInteger deleted = new AtomicInteger();

  BucketCleaning(CompactorConfig config, CompactorParts parts, Marker marker, Runnable leaseCheck) {
    this.config = config;
    this.parts = parts;
    this.blocks = new BucketBlocks(parts.bucket(), parts.clock());
    this.marker = marker;
    this.leaseCheck = leaseCheck;
  }

  /// Marks blocks whose samples are all in another block.
  synchronized void collectGarbage(BlockView view) {
    parts.metrics().garbageRuns.inc();
    long start = parts.nanos().getAsLong();
    try {
      for (Ulid ulid : view.duplicates()) {
        if (view.mark(ulid, BlockMark.Kind.DELETION).isEmpty()) {
          marker.delete(ulid, "duplicate", "its sources are all in a merged block");
          parts.metrics().garbageBlocks.inc();
        }
      }
    } catch (BucketException e) {
      parts.metrics().garbageFailures.inc();
      throw e;
    } finally {
      parts.metrics().garbageSeconds.observe((parts.nanos().getAsLong() - start) / 1e9);
    }
  }

  /// Lets early blocks be merged that nobody replaced in a day: the disk they were cut from is
  /// lost.
  synchronized void adopt(BlockView view) {
    long before = parts.clock().instant().minus(ORPHANED).toEpochMilli();
    for (StoredMeta meta : view.blocks().values()) {
      if (meta.thanos().source().equals(ThanosSection.EARLY)
          && meta.block().maxMillis() < before
          && view.mark(meta.ulid(), BlockMark.Kind.NO_COMPACT).isPresent()) {
        marker.compactable(meta.ulid());
        LOG.atInfo()
            .addKeyValue("block", meta.ulid())
            .log("early block was not replaced in time; merging it with the others");
      }
    }
  }

  /// Marks blocks whose newest sample is older than their resolution's retention. A block that has
  /// still to be downsampled is kept, whatever its age.
  ///
  /// @param awaiting blocks that have to be downsampled
  synchronized void applyRetention(BlockView view, List<StoredMeta> awaiting) {
    Set<Ulid> needed = new HashSet<>();
    awaiting.forEach(meta -> needed.add(meta.ulid()));
    List<StoredMeta> expired = expired(view);
    for (StoredMeta meta : expired) {
      if (!needed.contains(meta.ulid())) {
        marker.delete(
            meta.ulid(),
            "retention",
            "past the retention of resolution " + meta.thanos().resolutionMillis());
      }
    }
    parts.metrics().todoDeletions.set(expired.size());
  }

  private List<StoredMeta> expired(BlockView view) {
    List<StoredMeta> expired = new ArrayList<>();
    Instant now = parts.clock().instant();
    for (StoredMeta meta : view.blocks().values()) {
      Duration keep =
          Resolution.ofMillis(meta.thanos().resolutionMillis())
              .map(resolution -> config.retention().getOrDefault(resolution, Duration.ZERO))
              .orElse(Duration.ZERO);
      Instant end = Instant.ofEpochMilli(meta.block().maxMillis());
      if (!keep.isZero() && end.plus(keep).isBefore(now)) {
        expired.add(meta);
      }
    }
    return expired;
  }

  /// Deletes blocks whose deletion mark is old enough, and directories that never became blocks.
  /// One whose `meta.json` is there and cannot be read may be a block that somebody can repair, and
  /// stays.
  synchronized void clean(BlockView all) {
    parts.metrics().cleanupLoops.inc();
    long newest = parts.clock().instant().minus(config.deleteDelay()).getEpochSecond();
    for (Map.Entry<Ulid, Map<BlockMark.Kind, BlockMark>> marked : all.marks().entrySet()) {
      BlockMark mark = marked.getValue().get(BlockMark.Kind.DELETION);
      if (mark != null && mark.unixSeconds() <= newest) {
        delete(marked.getKey());
      }
    }
    long aborted = parts.clock().instant().minus(config.partialDelay()).toEpochMilli();
    all.partial()
        .forEach(
            (ulid, partial) -> {
              boolean marked = all.mark(ulid, BlockMark.Kind.DELETION).isPresent();
              boolean empty = partial.state() == BlockState.NO_META;
              if (!marked && empty && partial.newestMillis() < aborted) {
                parts.metrics().partialDeletions.inc();
                LOG.atWarn()
                    .addKeyValue("block", ulid)
                    .addKeyValue("problem", partial.problem())
                    .log("directory never became a block; deleting it");
                delete(ulid);
              }
            });
  }

  /// How many blocks and aborted uploads are gone since this one was made.
  int deleted() {
    return deleted.get();
  }

  private void delete(Ulid ulid) {
    leaseCheck.run();
    try {
      blocks.delete(ulid);
      parts.metrics().cleaned.inc();
      deleted.incrementAndGet();
    } catch (BucketException e) {
      parts.metrics().cleanupFailures.inc();
      LOG.atWarn()
          .addKeyValue("block", ulid)
          .setCause(e)
          .log("cannot delete block; trying again at the next run");
    }
  }
}
