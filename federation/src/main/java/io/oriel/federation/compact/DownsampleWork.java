package io.oriel.federation.compact;

import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.BlockView;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.downsample.Downsampler;
import io.oriel.federation.downsample.Resolution;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.labels.Labels;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockCheck;
import io.oriel.tsdb.block.Ulid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds blocks to downsample and downsamples one: download, verify, write, upload. Thread-safe.
final class DownsampleWork {
  private static final Logger LOG = LoggerFactory.getLogger(DownsampleWork.class);

  private final CompactorConfig config;
  private final CompactorParts parts;
  private final BucketBlocks blocks;
  private final Marker marker;
  private final ScratchSpace scratch;
  private final Supplier<Ulid> names;

  DownsampleWork(
      CompactorConfig config,
      CompactorParts parts,
      Marker marker,
      ScratchSpace scratch,
      Supplier<Ulid> names) {
    this.config = config;
    this.parts = parts;
    this.blocks = new BucketBlocks(parts.bucket(), parts.clock(), config.pace().files());
    this.marker = marker;
    this.scratch = scratch;
    this.names = names;
  }

  /// What became of an attempt.
  enum Outcome {
    /** There is a new block. */
    MADE,
    /** The block was marked, as it cannot be downsampled. */
    SET_ASIDE,
    /** It cannot be done now. */
    SKIPPED
  }

  /// A stream at a resolution.
  private record Place(Labels labels, long resolutionMillis) {}

  /// The blocks that are long enough to be downsampled and were not yet, oldest first.
  static List<StoredMeta> todo(BlockView view) {
    Map<Place, Set<Ulid>> covered = new HashMap<>();
    for (StoredMeta meta : view.blocks().values()) {
      Place place = new Place(meta.thanos().labels(), meta.thanos().resolutionMillis());
      covered.computeIfAbsent(place, _ -> new HashSet<>()).addAll(meta.block().sources());
    }
    List<StoredMeta> todo = new ArrayList<>();
    for (StoredMeta meta : view.blocks().values()) {
      Optional<Resolution> target = target(meta);
      if (target.isPresent()
          && view.mark(meta.ulid(), BlockMark.Kind.NO_DOWNSAMPLE).isEmpty()
          && !covered
              .getOrDefault(new Place(meta.thanos().labels(), target.get().millis()), Set.of())
              .containsAll(meta.block().sources())) {
        todo.add(meta);
      }
    }
    todo.sort(
        Comparator.comparingLong((StoredMeta meta) -> meta.block().minMillis())
            .thenComparing(StoredMeta::ulid));
    return todo;
  }

  /// What a block is to be downsampled to, if it is long enough.
  private static Optional<Resolution> target(StoredMeta meta) {
    long length = meta.block().maxMillis() - meta.block().minMillis();
    return Resolution.ofMillis(meta.thanos().resolutionMillis())
        .flatMap(Resolution::coarser)
        .filter(coarser -> length >= coarser.shortestBlock().toMillis());
  }

  /// Downsamples a block.
  Outcome run(StoredMeta meta) throws IOException, InterruptedException {
    Resolution target = target(meta).orElseThrow();
    String resolution = Long.toString(target.millis());
    long bytes = blocks.objects(meta.ulid()).stream().mapToLong(o -> o.sizeBytes()).sum();
    Optional<ScratchSpace.Room> room = scratch.take("downsample-" + names.get(), 3 * bytes);
    if (room.isEmpty()) {
      parts.metrics().skipped.labelValues("scratch").inc();
      LOG.atError()
          .addKeyValue("block", meta.ulid())
          .addKeyValue("want_bytes", 3 * bytes)
          .addKeyValue("got_bytes", config.scratchBytes())
          .log("scratch disk is too small to downsample a block; leaving it as it is");
      return Outcome.SKIPPED;
    }
    long start = parts.nanos().getAsLong();
    try (ScratchSpace.Room work = room.get()) {
      if (!downsample(meta, target, work.directory())) {
        return Outcome.SET_ASIDE;
      }
    } catch (CorruptionException e) {
      parts.metrics().downsampleFailures.labelValues(resolution).inc();
      marker.noDownsample(meta.ulid(), "damaged: " + e.reason());
      return Outcome.SET_ASIDE;
    } catch (IOException | RuntimeException e) {
      parts.metrics().downsampleFailures.labelValues(resolution).inc();
      throw e;
    }
    parts.metrics().downsamples.labelValues(resolution).inc();
    parts
        .metrics()
        .downsampleSeconds
        .labelValues(resolution)
        .observe((parts.nanos().getAsLong() - start) / 1e9);
    return Outcome.MADE;
  }

  /// @return whether there was anything to write
  private boolean downsample(StoredMeta meta, Resolution target, Path work) throws IOException {
    blocks.download(parts.disk(), meta.ulid(), work);
    Ulid ulid = names.get();
    Optional<StoredMeta> written;
    try (Block source = Block.open(parts.disk(), work.resolve(meta.ulid().text()))) {
      // chunks are verified as they are decoded
      BlockCheck check = BlockCheck.of(source, BlockCheck.Depth.INDEX);
      if (!check.isHealthy()) {
        throw new CorruptionException(meta.ulid() + "/index", -1, check.problem());
      }
      written = new Downsampler(parts.disk(), source, meta, target).write(work, ulid);
    }
    if (written.isEmpty()) {
      marker.noDownsample(meta.ulid(), "it has no sample that could be aggregated");
      return false;
    }
    blocks.upload(parts.disk(), work.resolve(ulid.text()), written.get());
    LOG.atInfo()
        .addKeyValue("block", ulid)
        .addKeyValue("source", meta.ulid())
        .addKeyValue("resolution_ms", target.millis())
        .log("block downsampled");
    return true;
  }
}
