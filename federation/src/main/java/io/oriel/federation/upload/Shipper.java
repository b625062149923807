package io.oriel.federation.upload;

import io.oriel.disk.Disk;
import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketException;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockCheck;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.Ulid;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Uploads the finished blocks of a data directory. One thread at a time.
public final class Shipper {
  private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);

  private final Disk disk;
  private final Path directory;
  private final Path links;
  private final Bucket bucket;
  private final BucketBlocks blocks;
  private final ShipperMetrics metrics;
  private final Supplier<Labels> externalLabels;
  private final String source;

  private final Compacted compacted;
  private final long startMillis;

  /** Damaged blocks that were told of already. */
  private final Set<Ulid> reported = new HashSet<>();

  /// Which blocks are uploaded that the database merged of others.
  public enum Compacted {
    /** All of whose sources not all were uploaded. */
    ALL,
    /**
     * Those of them that have a source that was uploaded, or was written since this shipper was
     * made; so what was merged long ago is left alone, and what was merged during an outage is not
     * lost.
     */
    OF_ITS_TIME
  }

  /// What a shipper is built with.
  ///
  /// @param bucket stays the caller's
  /// @param externalLabels asked anew for each block
  /// @param source as `meta.json` names it, {@link ThanosSection#SIDECAR}
  public record Parts(
      Disk disk,
      Bucket bucket,
      InstantSource clock,
      ShipperMetrics metrics,
      Supplier<Labels> externalLabels,
      String source) {}

  /// A shipper of all blocks.
  ///
  /// @param directory of the database, which may be in use
  public Shipper(Path directory, Parts parts) {
    this(directory, parts, Compacted.ALL);
  }

  /// @param directory of the database, which may be in use
  public Shipper(Path directory, Parts parts, Compacted compacted) {
    this.compacted = compacted;
    this.startMillis = parts.clock().millis();
    this.disk = parts.disk();
    this.directory = directory;
    this.links = directory.resolve("thanos").resolve("upload");
    this.bucket = parts.bucket();
    this.blocks = new BucketBlocks(parts.bucket(), parts.clock());
    this.metrics = parts.metrics();
    this.externalLabels = parts.externalLabels();
    this.source = parts.source();
  }

  /// What one run has found so far.
  private static final class Run {
    final Set<Ulid> shipped = new TreeSet<>();
    final List<Ulid> uploaded = new ArrayList<>();
    final List<Ulid> corrupted = new ArrayList<>();
    final List<Ulid> pending = new ArrayList<>();
    final List<String> failures = new ArrayList<>();
    boolean bucketDown;
  }

  /// Uploads what is not in the bucket yet, oldest first. A damaged block is passed over, so are
  /// the blocks behind one that the bucket refuses; the next call tries again.
  ///
  /// @throws OrielException of kind INVALID when there are no external labels, without which nobody
  ///   could tell whose block it is
  /// @throws IOException when the data directory cannot be read, or the state not be written
  public ShipperResult sync() throws IOException {
    metrics.syncs.inc();
    try {
      return run();
    } catch (IOException | OrielException e) {
      metrics.syncFailures.inc();
      throw e;
    }
  }

  private ShipperResult run() throws IOException {
    if (externalLabels.get().isEmpty()) {
      throw OrielException.invalid("external_labels: got none, want at least one to ship blocks");
    }
    Path state = directory.resolve(ShipperState.FILE);
    Set<Ulid> known = ShipperState.read(disk, state);
    disk.deleteTree(links);
    Run run = new Run();
    for (StoredMeta meta : localBlocks(run)) {
      ship(meta, known, run);
    }
    if (!run.shipped.equals(known)) {
      ShipperState.write(disk, state, run.shipped);
    }
    metrics.pending.set(run.pending.size());
    metrics.uploadFailures.inc(run.failures.size());
    metrics.compactedDone.set(run.pending.isEmpty() ? 1 : 0);
    return new ShipperResult(run.uploaded, run.corrupted, run.pending, run.failures);
  }

  private List<StoredMeta> localBlocks(Run run) throws IOException {
    List<StoredMeta> metas = new ArrayList<>();
    for (Path child : disk.list(directory)) {
      String name = child.getFileName().toString();
      Path file = child.resolve(StoredMeta.FILE);
      if (!Ulid.isValid(name) || !disk.exists(file)) {
        continue;
      }
      try {
        metas.add(StoredMeta.parse(file.toString(), disk.read(file)));
      } catch (CorruptionException e) {
        damaged(new Ulid(name), e, run);
      }
    }
    metas.sort(Comparator.comparingLong((StoredMeta meta) -> meta.block().minMillis()));
    return metas;
  }

  private void damaged(Ulid ulid, CorruptionException e, Run run) {
    run.corrupted.add(ulid);
    if (reported.add(ulid)) {
      metrics.corrupted.inc();
      LOG.atError()
          .addKeyValue("block", ulid)
          .setCause(e)
          .log("block is damaged and is not uploaded; uploading the others");
    }
  }

  private void ship(StoredMeta meta, Set<Ulid> known, Run run) throws IOException {
    BlockMeta block = meta.block();
    boolean merged = block.level() > 1;
    if (known.contains(meta.ulid()) || merged && known.containsAll(block.sources())) {
      noteShipped(block, run);
      return;
    }
    if (block.stats().samples() == 0 || merged && !wants(block, known)) {
      return;
    }
    if (run.bucketDown) {
      run.pending.add(meta.ulid());
      return;
    }
    try {
      if (!isThere(meta.ulid())) {
        upload(meta);
        run.uploaded.add(meta.ulid());
        metrics.uploads.inc();
      }
      noteShipped(block, run);
    } catch (CorruptionException e) {
      damaged(meta.ulid(), e, run);
    } catch (BucketException e) {
      run.bucketDown = true;
      failed(meta, e, run);
    } catch (IOException e) {
      if (disk.exists(directory.resolve(meta.ulid().text()).resolve(StoredMeta.FILE))) {
        failed(meta, e, run);
      }
    }
  }

  private boolean wants(BlockMeta merged, Set<Ulid> known) {
    return switch (compacted) {
      case ALL -> true;
      case OF_ITS_TIME ->
          merged.sources().stream()
              .anyMatch(source -> known.contains(source) || source.millis() >= startMillis);
    };
  }

  /// Its sources are noted too, as they may be part of a block that is compacted of it.
  private static void noteShipped(BlockMeta block, Run run) {
    run.shipped.add(block.ulid());
    run.shipped.addAll(block.sources());
  }

  private static void failed(StoredMeta meta, Exception e, Run run) {
    run.pending.add(meta.ulid());
    run.failures.add(meta.ulid() + ": " + e.getMessage());
    LOG.atWarn()
        .addKeyValue("block", meta.ulid())
        .setCause(e)
        .log("block is not uploaded; trying again at the next look");
  }

  /// Whether the block is in the bucket, or was and is being deleted.
  private boolean isThere(Ulid ulid) {
    return bucket.exists(ulid.text() + "/" + StoredMeta.FILE)
        || bucket.exists(BlockMark.Kind.DELETION.object(ulid));
  }

  private void upload(StoredMeta meta) throws IOException {
    Path from = directory.resolve(meta.ulid().text());
    Path held = links.resolve(meta.ulid().text());
    try {
      link(from, held);
      verify(held);
      LabelsBuilder labels = meta.thanos().labels().toBuilder();
      externalLabels.get().toMap().forEach(labels::set);
      ThanosSection section =
          ThanosSection.of(labels.build(), meta.thanos().resolutionMillis(), source);
      blocks.upload(disk, held, meta.withThanos(section));
    } finally {
      disk.deleteTree(held);
    }
  }

  /// Gives the block's files second names, under which they stay when the database deletes them.
  private void link(Path from, Path held) throws IOException {
    disk.deleteTree(held);
    disk.createDirectories(held.resolve("chunks"));
    for (Path chunk : disk.list(from.resolve("chunks"))) {
      disk.link(chunk, held.resolve("chunks").resolve(chunk.getFileName().toString()));
    }
    disk.link(from.resolve("index"), held.resolve("index"));
    disk.link(from.resolve(StoredMeta.FILE), held.resolve(StoredMeta.FILE));
  }

  private void verify(Path held) throws IOException {
    try (Block block = Block.open(disk, held)) {
      BlockCheck check = BlockCheck.of(block, BlockCheck.Depth.CHUNKS);
      if (!check.isHealthy()) {
        throw new CorruptionException(held.toString(), -1, check.problem());
      }
    }
  }
}
