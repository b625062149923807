package io.oriel.federation.upload;

import io.oriel.disk.Disk;
import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketException;
import io.oriel.federation.upload.EarlyState.Entry;
import io.oriel.federation.upload.EarlyState.Phase;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Querier;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.compact.BlockMerge;
import io.oriel.tsdb.head.Head;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Uploads what the head holds as small blocks, long before it is a block of its own, so that a
/// disk that is lost costs minutes; docs/adr/0023. Call it behind {@link Shipper#sync}, in the same
/// thread.
///
/// Early blocks of a database follow one another without overlap and cross no bound of its blocks.
/// Each is marked `no-compact` before it can be seen. Once the real block of its range has been
/// uploaded it is retired: its `meta.json` goes, which makes it no block any more for every reader
/// that looks, and its files go later, when nobody reads them by an older look.
public final class EarlyShipper {
  private static final Logger LOG = LoggerFactory.getLogger(EarlyShipper.class);

  private final Path directory;
  private final Path scratch;
  private final Path state;
  private final Head head;
  private final Disk disk;
  private final Bucket bucket;
  private final BucketBlocks blocks;
  private final InstantSource clock;
  private final Supplier<Labels> externalLabels;
  private final EarlyMetrics metrics;
  private final RandomGenerator random;
  private final Terms terms;

  /** When blocks were cut last, and up to where the head was read; of this process only. */
  private long cutMillis = Long.MIN_VALUE;

  private long readUntil = Long.MIN_VALUE;

  /// How early.
  ///
  /// @param interval from one early block to the next: what a lost disk costs
  /// @param settle how old samples must be, by the clock, so that none of their time is to come
  /// @param grace from the end of a block to the deletion of its files; longer than readers take to
  ///   look at the bucket again
  /// @param blockRange length of the database's blocks
  public record Terms(Duration interval, Duration settle, Duration grace, Duration blockRange) {
    /// Samples settle for 30 s and files stay for an hour.
    public static Terms every(Duration interval, Duration blockRange) {
      return new Terms(interval, Duration.ofSeconds(30), Duration.ofHours(1), blockRange);
    }
  }

  /// @param directory of the database
  /// @param parts as of the shipper of the same directory; the source is not used
  /// @param random for the names of blocks
  public EarlyShipper(
      Path directory,
      Head head,
      Shipper.Parts parts,
      EarlyMetrics metrics,
      RandomGenerator random,
      Terms terms) {
    this.directory = directory;
    this.scratch = directory.resolve("thanos").resolve("early");
    this.state = directory.resolve(EarlyState.FILE);
    this.head = head;
    this.disk = parts.disk();
    this.bucket = parts.bucket();
    this.blocks = new BucketBlocks(parts.bucket(), parts.clock());
    this.clock = parts.clock();
    this.externalLabels = parts.externalLabels();
    this.metrics = metrics;
    this.random = random;
    this.terms = terms;
  }

  /// Retires what was replaced, and uploads what is due. What the bucket refuses is counted, and
  /// done at a later call.
  ///
  /// @throws IOException when the data directory cannot be read or written
  public void sync() throws IOException {
    List<Entry> entries = EarlyState.read(disk, state);
    try {
      settlePlans(entries);
      retire(entries);
      sweep(entries);
      if (!externalLabels.get().isEmpty()) {
        cut(entries);
      }
    } catch (BucketException e) {
      metrics.failures.inc();
      LOG.atWarn().setCause(e).log("early blocks have to wait for the bucket; trying again");
    }
  }

  private void save(List<Entry> entries) throws IOException {
    EarlyState.write(disk, state, entries);
  }

  /// Finds out what became of uploads that were cut short.
  private void settlePlans(List<Entry> entries) throws IOException {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (entry.phase() == Phase.PLANNED) {
        boolean there = bucket.exists(entry.ulid().text() + "/" + StoredMeta.FILE);
        entries.set(i, there ? entry.uploaded() : entry.retired(0));
        save(entries);
      }
    }
  }

  /// Takes `meta.json` from blocks whose range is in the bucket as a real block; forgets those that
  /// no block will replace any more. The head is asked before the blocks: what leaves it in between
  /// is a block by then.
  private void retire(List<Entry> entries) throws IOException {
    Set<Ulid> shipped = ShipperState.read(disk, directory.resolve(ShipperState.FILE));
    long headFrom = head.minTime();
    List<BlockMeta> local = Tsdb.list(disk, directory);
    for (Entry entry : List.copyOf(entries)) {
      if (entry.phase() != Phase.UPLOADED) {
        continue;
      }
      if (local.stream().anyMatch(meta -> replaces(meta, entry) && shipped.contains(meta.ulid()))) {
        bucket.delete(entry.ulid().text() + "/" + StoredMeta.FILE);
        entries.set(entries.indexOf(entry), entry.retired(clock.millis()));
        metrics.retired.inc();
        save(entries);
      } else if (entry.maxMillis() <= headFrom
          && local.stream()
              .noneMatch(meta -> meta.overlaps(entry.minMillis(), entry.maxMillis() - 1))) {
        LOG.atWarn()
            .addKeyValue("block", entry.ulid())
            .log("nothing is left of an early block's range here; leaving it to the compactor");
        entries.remove(entry);
        save(entries);
      }
    }
  }

  private static boolean replaces(BlockMeta meta, Entry entry) {
    return meta.minMillis() <= entry.minMillis()
        && meta.maxMillis() >= entry.maxMillis()
        && !meta.hints().contains(BlockMeta.FROM_OUT_OF_ORDER);
  }

  /// Deletes the files of what was retired long enough ago.
  private void sweep(List<Entry> entries) throws IOException {
    long due = clock.millis() - terms.grace().toMillis();
    for (Entry entry : List.copyOf(entries)) {
      if (entry.phase() == Phase.RETIRED && entry.retiredMillis() <= due) {
        blocks.delete(entry.ulid());
        entries.remove(entry);
        save(entries);
      }
    }
  }

  private void cut(List<Entry> entries) throws IOException {
    long now = clock.millis();
    if (head.minTime() == Long.MAX_VALUE
        || cutMillis != Long.MIN_VALUE && now - cutMillis < terms.interval().toMillis()) {
      return;
    }
    long from = Math.max(readUntil, head.minTime());
    for (Entry entry : entries) {
      from = entry.phase() == Phase.UPLOADED ? Math.max(from, entry.maxMillis()) : from;
    }
    long until = Math.min(head.maxTime() + 1, now - terms.settle().toMillis());
    long range = terms.blockRange().toMillis();
    while (from < until) {
      long end = Math.min(until, (Math.floorDiv(from, range) + 1) * range);
      ship(from, end, entries);
      readUntil = end;
      from = end;
      metrics.coveredUntil.set(end / 1000.0);
    }
    cutMillis = now;
  }

  private void ship(long from, long until, List<Entry> entries) throws IOException {
    Ulid ulid = Ulid.create(clock.millis(), random);
    disk.deleteTree(scratch);
    disk.createDirectories(scratch);
    try {
      Optional<BlockMeta> written = write(BlockMeta.fresh(ulid, from, until, List.of()));
      if (written.isPresent()) {
        Entry entry = Entry.planned(ulid, from, until);
        entries.add(entry);
        save(entries);
        blocks.mark(
            ulid,
            BlockMark.Kind.NO_COMPACT,
            BlockMark.MANUAL,
            "early block, to be replaced by the block of its whole range");
        blocks.upload(
            disk,
            scratch.resolve(ulid.text()),
            StoredMeta.of(
                written.get(), ThanosSection.of(externalLabels.get(), 0, ThanosSection.EARLY)));
        entries.set(entries.indexOf(entry), entry.uploaded());
        save(entries);
        metrics.uploads.inc();
      }
    } finally {
      disk.deleteTree(scratch);
    }
  }

  private Optional<BlockMeta> write(BlockMeta meta) throws IOException {
    try (Querier samples = head.querier(meta.minMillis(), meta.maxMillis() - 1)) {
      return BlockMerge.write(disk, scratch, meta, samples, BlockMerge.Chunks.ENCODE_ANEW);
    }
  }
}
