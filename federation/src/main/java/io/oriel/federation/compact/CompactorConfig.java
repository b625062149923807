package io.oriel.federation.compact;

import io.oriel.federation.downsample.Resolution;
import io.oriel.model.error.OrielException;
import io.oriel.model.relabel.Relabeler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// How a bucket is kept.
///
/// @param scratch a directory of its own for blocks that are worked on; emptied at start
/// @param scratchBytes how much of the disk they may take together
/// @param ranges lengths of blocks in milliseconds, ascending
/// @param consistencyDelay how old a block must be before it is looked at
/// @param deleteDelay from a deletion mark to the deletion
/// @param partialDelay from the last upload into a directory without `meta.json` to its deletion
/// @param retention per resolution; zero, or absent, keeps for ever
/// @param replicaLabels external labels that tell replicas apart, whose blocks are merged
/// @param shard which blocks are this compactor's
/// @param downsamples whether blocks are downsampled
/// @param pace how much is done at once, and how often during long work the rest is seen to
/// @param mostIndexBytes no block shall get a larger index
public record CompactorConfig(
    Path scratch,
    long scratchBytes,
    List<Long> ranges,
    Duration consistencyDelay,
    Duration deleteDelay,
    Duration partialDelay,
    Map<Resolution, Duration> retention,
    List<String> replicaLabels,
    Relabeler shard,
    boolean downsamples,
    Pace pace,
    long mostIndexBytes) {
  /// How much is done at once, and how often during long work the rest is seen to.
  ///
  /// @param merges streams that are merged at once
  /// @param downsamples blocks that are downsampled at once, beside the merges
  /// @param files of one block that are copied at once
  /// @param cleanupInterval how often, while merges run, what was marked long enough ago is
  ///   deleted; zero for only between them
  /// @param progressInterval how often, while merges run, the backlog is counted anew; zero for
  ///   only between them
  public record Pace(
      int merges, int downsamples, int files, Duration cleanupInterval, Duration progressInterval) {
    public Pace {
      if (merges < 1 || downsamples < 1 || files < 1) {
        throw OrielException.invalid(
            "got %d merges, %d downsamplings and %d files at once, want at least 1 of each"
                .formatted(merges, downsamples, files));
      }
    }

    /// One of each at once, the rest every five minutes.
    public static Pace standard() {
      return new Pace(1, 1, 1, Duration.ofMinutes(5), Duration.ofMinutes(5));
    }
  }

  public CompactorConfig {
    ranges = List.copyOf(ranges);
    retention = Map.copyOf(retention);
    replicaLabels = List.copyOf(replicaLabels);
  }

  /// Thanos' defaults: 30 minutes, 48 hours, partial uploads after 2 days, everything kept and
  /// downsampled; one piece of work at a time, 100 GiB of scratch, indexes of 64 GiB.
  public static CompactorConfig standard(Path scratch) {
    return new CompactorConfig(
        scratch,
        100L << 30,
        CompactionPlanner.STANDARD_RANGES,
        Duration.ofMinutes(30),
        Duration.ofDays(2),
        Duration.ofDays(2),
        Map.of(),
        List.of(),
        Relabeler.none(),
        true,
        Pace.standard(),
        64L << 30);
  }

  /// The same with other retention.
  public CompactorConfig withRetention(Map<Resolution, Duration> newRetention) {
    return new CompactorConfig(
        scratch,
        scratchBytes,
        ranges,
        consistencyDelay,
        deleteDelay,
        partialDelay,
        newRetention,
        replicaLabels,
        shard,
        downsamples,
        pace,
        mostIndexBytes);
  }

  /// The same with other replica labels.
  public CompactorConfig withReplicaLabels(List<String> labels) {
    return new CompactorConfig(
        scratch,
        scratchBytes,
        ranges,
        consistencyDelay,
        deleteDelay,
        partialDelay,
        retention,
        labels,
        shard,
        downsamples,
        pace,
        mostIndexBytes);
  }

  /// The same with other bounds.
  public CompactorConfig withBounds(long newScratchBytes, Pace newPace, long indexBytes) {
    return new CompactorConfig(
        scratch,
        newScratchBytes,
        ranges,
        consistencyDelay,
        deleteDelay,
        partialDelay,
        retention,
        replicaLabels,
        shard,
        downsamples,
        newPace,
        indexBytes);
  }

  /// The same with other delays.
  public CompactorConfig withDelays(Duration newConsistencyDelay, Duration newDeleteDelay) {
    return new CompactorConfig(
        scratch,
        scratchBytes,
        ranges,
        newConsistencyDelay,
        newDeleteDelay,
        partialDelay,
        retention,
        replicaLabels,
        shard,
        downsamples,
        pace,
        mostIndexBytes);
  }

  /// The same for one shard of a bucket.
  public CompactorConfig withShard(Relabeler newShard) {
    return new CompactorConfig(
        scratch,
        scratchBytes,
        ranges,
        consistencyDelay,
        deleteDelay,
        partialDelay,
        retention,
        replicaLabels,
        newShard,
        downsamples,
        pace,
        mostIndexBytes);
  }

  /// The same without downsampling.
  public CompactorConfig withoutDownsampling() {
    return new CompactorConfig(
        scratch,
        scratchBytes,
        ranges,
        consistencyDelay,
        deleteDelay,
        partialDelay,
        retention,
        replicaLabels,
        shard,
        false,
        pace,
        mostIndexBytes);
  }
}
