package io.oriel.federation.compact;

import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.tsdb.block.Ulid;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sets marks, as long as the lease is held, and remembers them: a store whose listings lag may not
/// show a mark until the next run. Thread-safe.
final class Marker {
  private static final Logger LOG = LoggerFactory.getLogger(Marker.class);

  private final BucketBlocks blocks;
  private final CompactorMetrics metrics;
  private final Runnable leaseCheck;
  private final Map<BlockMark.Kind, Set<Ulid>> set = new ConcurrentHashMap<>();

  Marker(BucketBlocks blocks, CompactorMetrics metrics, Runnable leaseCheck) {
    this.blocks = blocks;
    this.metrics = metrics;
    this.leaseCheck = leaseCheck;
  }

  /// The blocks that were given a mark since this one was made.
  Set<Ulid> marked(BlockMark.Kind kind) {
    return Set.copyOf(known(kind));
  }

  /// How many blocks were given a mark since this one was made.
  int count(BlockMark.Kind kind) {
    return known(kind).size();
  }

  private Set<Ulid> known(BlockMark.Kind kind) {
    return set.computeIfAbsent(kind, _ -> ConcurrentHashMap.newKeySet());
  }

  /// Marks a block for deletion.
  ///
  /// @param why one word for the metric
  void delete(Ulid ulid, String why, String details) {
    leaseCheck.run();
    known(BlockMark.Kind.DELETION).add(ulid);
    if (blocks.mark(ulid, BlockMark.Kind.DELETION, "", details)) {
      metrics.marked.labelValues(BlockMark.Kind.DELETION.file(), why).inc();
    }
  }

  /// Keeps a block out of merges from now on.
  void noCompact(Ulid ulid, String reason, String details) {
    leaseCheck.run();
    known(BlockMark.Kind.NO_COMPACT).add(ulid);
    if (blocks.mark(ulid, BlockMark.Kind.NO_COMPACT, reason, details)) {
      metrics.marked.labelValues(BlockMark.Kind.NO_COMPACT.file(), reason).inc();
      LOG.atWarn()
          .addKeyValue("block", ulid)
          .addKeyValue("reason", reason)
          .addKeyValue("details", details)
          .log("block cannot be merged and is left as it is; its stream goes on around it");
    }
  }

  /// Lets a block be merged that was kept out.
  void compactable(Ulid ulid) {
    leaseCheck.run();
    blocks.unmark(ulid, BlockMark.Kind.NO_COMPACT);
  }

  /// Keeps a block from being downsampled from now on.
  void noDownsample(Ulid ulid, String details) {
    leaseCheck.run();
    known(BlockMark.Kind.NO_DOWNSAMPLE).add(ulid);
    if (blocks.mark(ulid, BlockMark.Kind.NO_DOWNSAMPLE, BlockMark.MANUAL, details)) {
      metrics.marked.labelValues(BlockMark.Kind.NO_DOWNSAMPLE.file(), BlockMark.MANUAL).inc();
      LOG.atWarn()
          .addKeyValue("block", ulid)
          .addKeyValue("details", details)
          .log("block cannot be downsampled and is left as it is");
    }
  }
}
