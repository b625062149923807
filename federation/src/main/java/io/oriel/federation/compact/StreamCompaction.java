package io.oriel.federation.compact;

import io.oriel.disk.Disk;
import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.error.OrielException;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockCheck;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.compact.CompactionPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Merges blocks of one stream, once: download, verify, join, verify, upload, mark the sources.
/// Thread-safe.
///
/// Chunks are verified as they are joined; only when one is damaged are the sources read from end
/// to end, to find out whose it is.
final class StreamCompaction {
  private static final Logger LOG = LoggerFactory.getLogger(StreamCompaction.class);

  private final CompactionPlanner planner;
  private final CompactorConfig config;
  private final CompactorParts parts;
  private final BucketBlocks blocks;
  private final Marker marker;
  private final ScratchSpace scratch;
  private final Supplier<Ulid> names;

  StreamCompaction(
      CompactorConfig config,
      CompactorParts parts,
      Marker marker,
      ScratchSpace scratch,
      Supplier<Ulid> names) {
    this.planner = new CompactionPlanner(config.ranges());
    this.config = config;
    this.parts = parts;
    this.blocks = new BucketBlocks(parts.bucket(), parts.clock(), config.pace().files());
    this.marker = marker;
    this.scratch = scratch;
    this.names = names;
  }

  /// What became of an attempt.
  enum Outcome {
    /** There was nothing to merge. */
    NOTHING,
    /** Blocks were merged: there may be more to do. */
    MERGED,
    /** A block was marked, so that it is not merged: there may be more to do around it. */
    SET_ASIDE,
    /** What there is to do cannot be done now. */
    SKIPPED
  }

  /// Does the next merge of a stream.
  ///
  /// @param stream its blocks
  /// @param noCompact those that must not be merged
  Outcome run(List<StoredMeta> stream, Set<Ulid> noCompact)
      throws IOException, InterruptedException {
    Set<Ulid> excluded = new HashSet<>(noCompact);
    List<StoredMeta> plan = planner.next(stream, excluded);
    while (!plan.isEmpty()) {
      Optional<Ulid> tooMuch = excludeFrom(plan);
      if (tooMuch.isEmpty()) {
        return compact(plan);
      }
      excluded.add(tooMuch.get());
      plan = planner.next(stream, excluded);
    }
    return excluded.size() > noCompact.size() ? Outcome.SET_ASIDE : Outcome.NOTHING;
  }

  /// Marks a block that must not be part of the plan, if there is one.
  private Optional<Ulid> excludeFrom(List<StoredMeta> plan) {
    boolean overlaps = !CompactionPlanner.overlapping(plan).isEmpty();
    if (overlaps && plan.getFirst().thanos().resolutionMillis() > 0) {
      StoredMeta newest = plan.stream().max(Comparator.comparing(StoredMeta::ulid)).orElseThrow();
      marker.noCompact(
          newest.ulid(),
          BlockMark.DOWNSAMPLE_VERTICAL,
          "it is downsampled and overlaps other blocks; aggregates cannot be merged");
      return Optional.of(newest.ulid());
    }
    long total = 0;
    Ulid largest = plan.getFirst().ulid();
    long most = -1;
    for (StoredMeta meta : plan) {
      long index = size(meta, "index");
      total += index;
      if (index > most) {
        most = index;
        largest = meta.ulid();
      }
    }
    if (plan.size() > 1 && total > config.mostIndexBytes()) {
      marker.noCompact(
          largest,
          BlockMark.INDEX_SIZE_EXCEEDING,
          "index of the merged block: got up to %d bytes, want at most %d"
              .formatted(total, config.mostIndexBytes()));
      return Optional.of(largest);
    }
    return Optional.empty();
  }

  private long size(StoredMeta meta, String path) {
    for (ThanosSection.BlockFile file : meta.thanos().files()) {
      if (file.path().equals(path) && file.sizeBytes() > 0) {
        return file.sizeBytes();
      }
    }
    return parts.bucket().attributes(meta.ulid().text() + "/" + path).sizeBytes();
  }

  private Outcome compact(List<StoredMeta> plan) throws IOException, InterruptedException {
    long bytes = 0;
    for (StoredMeta meta : plan) {
      bytes += blocks.objects(meta.ulid()).stream().mapToLong(o -> o.sizeBytes()).sum();
    }
    Optional<ScratchSpace.Room> room = scratch.take("compact-" + names.get(), 2 * bytes);
    if (room.isEmpty()) {
      parts.metrics().skipped.labelValues("scratch").inc();
      LOG.atError()
          .addKeyValue("stream", plan.getFirst().group())
          .addKeyValue("want_bytes", 2 * bytes)
          .addKeyValue("got_bytes", config.scratchBytes())
          .log("scratch disk is too small to merge blocks; leaving them as they are");
      return Outcome.SKIPPED;
    }
    try (ScratchSpace.Room work = room.get()) {
      return compact(plan, work.directory());
    }
  }

  private Outcome compact(List<StoredMeta> plan, Path work) throws IOException {
    Disk disk = parts.disk();
    List<Block> sources = new ArrayList<>();
    try {
      for (StoredMeta meta : plan) {
        if (!open(meta, work, sources)) {
          return Outcome.SET_ASIDE;
        }
      }
      Ulid ulid = names.get();
      BlockMeta merged = CompactionPlan.merged(ulid, plan.stream().map(StoredMeta::block).toList());
      Optional<BlockMeta> written;
      try {
        written = new BlockJoin(disk, parts.merge()).write(sources, work, merged);
      } catch (CorruptionException e) {
        if (setAsideDamaged(sources, work)) {
          return Outcome.SET_ASIDE;
        }
        throw e;
      }
      if (written.isPresent()) {
        ThanosSection first = plan.getFirst().thanos();
        verify(work.resolve(ulid.text()));
        upload(
            work.resolve(ulid.text()),
            StoredMeta.of(
                written.get(),
                ThanosSection.of(
                    first.labels(), first.resolutionMillis(), ThanosSection.COMPACTOR)));
        String resolution = Long.toString(first.resolutionMillis());
        parts.metrics().compactions.labelValues(resolution).inc();
        parts
            .metrics()
            .verticalCompactions
            .labelValues(resolution)
            .inc(CompactionPlanner.overlapping(plan).isEmpty() ? 0 : 1);
      }
    } finally {
      sources.forEach(Block::close);
    }
    for (StoredMeta meta : plan) {
      marker.delete(meta.ulid(), "compacted", "source of a merged block");
    }
    return Outcome.MERGED;
  }

  private void upload(Path directory, StoredMeta meta) throws IOException {
    blocks.upload(parts.disk(), directory, meta);
    LOG.atInfo()
        .addKeyValue("block", meta.ulid())
        .addKeyValue("stream", meta.group())
        .addKeyValue("level", meta.block().level())
        .addKeyValue("series", meta.block().stats().series())
        .log("blocks merged");
  }

  /// Downloads and checks a source; a bad one is marked.
  ///
  /// @return whether it is good
  private boolean open(StoredMeta meta, Path work, List<Block> into) throws IOException {
    try {
      blocks.download(parts.disk(), meta.ulid(), work);
      Block block = Block.open(parts.disk(), work.resolve(meta.ulid().text()));
      into.add(block);
      BlockCheck check = BlockCheck.of(block, BlockCheck.Depth.INDEX);
      if (check.isHealthy()) {
        return true;
      }
      marker.noCompact(meta.ulid(), BlockMark.OUT_OF_ORDER_CHUNKS, check.problem());
    } catch (CorruptionException e) {
      markDamaged(meta.ulid(), e, work);
    }
    return false;
  }

  /// @return whether any of them is damaged
  private boolean setAsideDamaged(List<Block> sources, Path work) {
    boolean any = false;
    for (Block source : sources) {
      try {
        BlockCheck _ = BlockCheck.of(source, BlockCheck.Depth.CHUNKS);
      } catch (CorruptionException e) {
        markDamaged(source.meta().ulid(), e, work);
        any = true;
      }
    }
    return any;
  }

  private void markDamaged(Ulid block, CorruptionException e, Path work) {
    marker.noCompact(block, BlockMark.MANUAL, "damaged: " + relative(e, work));
  }

  private static String relative(CorruptionException e, Path work) {
    return e.reason().replace(work + "/", "");
  }

  private void verify(Path directory) throws IOException {
    try (Block block = Block.open(parts.disk(), directory)) {
      BlockCheck check = BlockCheck.of(block, BlockCheck.Depth.INDEX);
      if (!check.isHealthy()) {
        throw OrielException.bug(
            "merged block " + directory.getFileName() + ": " + check.problem());
      }
    }
  }

  /// What is left to be merged in a stream, as numbers of merges and of blocks.
  int[] backlog(List<StoredMeta> stream, Set<Ulid> noCompact) {
    List<StoredMeta> left = new ArrayList<>(stream);
    int merges = 0;
    int merged = 0;
    List<StoredMeta> plan = planner.next(left, noCompact);
    while (plan.size() > 1) {
      merges++;
      merged += plan.size();
      left.removeAll(plan);
      StoredMeta first = plan.getFirst();
      BlockMeta after =
          CompactionPlan.merged(first.ulid(), plan.stream().map(StoredMeta::block).toList());
      left.add(StoredMeta.of(after, first.thanos()));
      plan = planner.next(left, noCompact);
    }
    return new int[] {merges, merged};
  }
}
