package io.oriel.tsdb;

import io.oriel.disk.DirectoryLock;
import io.oriel.disk.Disk;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.series.Appendable;
import io.oriel.model.series.Appender;
import io.oriel.model.series.ExemplarQueryable;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.MetaFile;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.compact.BlockMerge;
import io.oriel.tsdb.head.Head;
import io.oriel.tsdb.index.Postings;
import io.oriel.tsdb.query.MergedQuerier;
import io.oriel.tsdb.tombstone.Tombstones;
import io.oriel.tsdb.wal.WalTailer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A database in one directory: blocks, and the head with its log. Thread-safe; compaction,
/// deletion and snapshots run one at a time, beside appends and queries.
public final class Tsdb implements Queryable, Appendable, ExemplarQueryable, AutoCloseable {
  /// What a database is made of and with.
  ///
  /// @param clock says when a block is made
  /// @param random names blocks
  public record Parts(Disk disk, InstantSource clock, RandomGenerator random) {}

  private final Path directory;
  private final Parts parts;
  private final DirectoryLock lock;
  private final Blocks blocks;
  private final Head head;
  private final Compactor compactor;
  private volatile Retention retention;
  private final Object maintenance = new Object();
  private final AtomicLong compactions = new AtomicLong();
  private final AtomicLong compactionsFailed = new AtomicLong();

  private Tsdb(
      Path directory,
      Parts parts,
      TsdbOptions options,
      DirectoryLock lock,
      Blocks blocks,
      Head head) {
    this.directory = directory;
    this.parts = parts;
    this.lock = lock;
    this.blocks = blocks;
    this.head = head;
    this.compactor = new Compactor(directory, parts, options, blocks, head);
    this.retention = options.keeps();
  }

  /// Opens the database in {@code directory}, which is created if need be, and replays its log. The
  /// caller closes it.
  ///
  /// @param replayed is told the number of each log segment that was replayed
  /// @throws io.oriel.model.error.OrielException of kind CONFLICT when another process uses it, of
  ///   kind CORRUPT when a block is damaged
  public static Tsdb open(Path directory, Parts parts, TsdbOptions options, IntConsumer replayed)
      throws IOException {
    DirectoryLock lock = DirectoryLock.acquire(directory);
    Blocks blocks = null;
    try {
      blocks = Blocks.open(parts.disk(), directory);
      Head.Options headOptions =
          new Head.Options(
              options.blockRange().toMillis(),
              options.walCompression(),
              options.syncsCommits(),
              options.maxExemplars(),
              options.maxSeries(),
              options.outOfOrderTimeWindow().toMillis());
      Head head = Head.open(parts.disk(), directory, headOptions, blocks.inOrderEnd(), replayed);
      return new Tsdb(directory, parts, options, lock, blocks, head);
    } catch (IOException | RuntimeException e) {
      if (blocks != null) {
        blocks.close();
      }
      lock.close();
      throw e;
    }
  }

  /// What the complete blocks in {@code directory} say of themselves, oldest first; without opening
  /// it, so beside whoever uses it.
  public static List<BlockMeta> list(Disk disk, Path directory) throws IOException {
    List<BlockMeta> metas = new ArrayList<>();
    for (Path path : disk.list(directory)) {
      if (Ulid.isValid(path.getFileName().toString()) && MetaFile.exists(disk, path)) {
        metas.add(MetaFile.read(disk, path));
      }
    }
    metas.sort(Comparator.comparingLong(BlockMeta::minMillis));
    return metas;
  }

  @Override
  public Appender appender() {
    return head.appender();
  }

  /// The same database, with commits that return only when they are durable: for who acknowledges
  /// them to somebody. Commits that wait share a sync.
  public Appendable durable() {
    return head::durableAppender;
  }

  @Override
  public Querier querier(long minMillis, long maxMillis) {
    Querier recent = head.querier(minMillis, maxMillis);
    List<Querier> sources = new ArrayList<>(blocks.queriers(minMillis, maxMillis));
    sources.add(recent);
    return new MergedQuerier(sources);
  }

  @Override
  public List<SeriesExemplars> exemplars(
      long startMillis, long endMillis, List<List<Matcher>> selectors) throws IOException {
    return head.exemplars().exemplars(startMillis, endMillis, selectors);
  }

  /// The head, for its figures.
  public Head head() {
    return head;
  }

  /// What the blocks say of themselves, oldest first.
  public List<BlockMeta> blocks() {
    return blocks.metas();
  }

  /// Bytes of all blocks.
  public long blockBytes() {
    return blocks.all().stream().mapToLong(Block::sizeBytes).sum();
  }

  /// The oldest time there may be samples of; the largest number when there are none.
  public long minTime() {
    long min = Math.min(head.minTime(), head.minLateTime());
    for (BlockMeta meta : blocks.metas()) {
      min = Math.min(min, meta.minMillis());
    }
    return min;
  }

  /// The newest time there may be samples of; the smallest number when there are none.
  public long maxTime() {
    return Math.max(
        head.maxTime(), blocks.end() == Long.MIN_VALUE ? blocks.end() : blocks.end() - 1);
  }

  /// Accepts samples that come out of order but are not older than {@code window} before the newest
  /// sample; from now on.
  public void setOutOfOrderTimeWindow(Duration window) {
    head.setLateWindow(window.toMillis());
  }

  /// Keeps what {@code limits} say, from the next compaction on.
  public void setRetention(Retention limits) {
    retention = limits;
  }

  /// What is kept.
  public Retention retention() {
    return retention;
  }

  /// What is known of a series of the head beyond its samples, or null.
  public @Nullable MetricMetadata metadata(Labels labels) {
    return head.metadata(labels);
  }

  /// Follows what is written from now on.
  public WalTailer tail() {
    return new WalTailer(parts.disk(), directory.resolve("wal"));
  }

  /// Does what is due: makes all commits durable, writes full ranges of the head as blocks, merges
  /// blocks, removes old ones. Call it about once a minute.
  public void compactNow() throws IOException {
    synchronized (maintenance) {
      compactions.incrementAndGet();
      boolean done = false;
      try {
        head.sync();
        compactor.writeHead();
        compactionsFailed.addAndGet(compactor.mergeBlocks());
        retire();
        done = true;
      } finally {
        if (!done) {
          compactionsFailed.incrementAndGet();
        }
      }
    }
  }

  /// How often {@link #compactNow} ran.
  public long compactions() {
    return compactions.get();
  }

  /// How often {@link #compactNow} failed.
  public long compactionsFailed() {
    return compactionsFailed.get();
  }

  /// Removes blocks that are older than the retention time, and the oldest ones beyond the size.
  private void retire() throws IOException {
    Retention limits = retention;
    long capacity = limits.percentage() > 0 ? parts.disk().capacity(directory) : 0;
    List<Ulid> gone = limits.expired(blocks.all(), head.diskBytes(), capacity);
    if (!gone.isEmpty()) {
      blocks.remove(gone);
    }
  }

  /// Deletes the samples of matching series from {@code minMillis} to {@code maxMillis}, both
  /// inclusive: they are no longer read once this returns, durably, and leave the disk with the
  /// next compaction or {@link #cleanTombstones}.
  public void delete(List<Matcher> matchers, long minMillis, long maxMillis) throws IOException {
    synchronized (maintenance) {
      for (Block block : blocks.all()) {
        if (block.meta().overlaps(minMillis, maxMillis)) {
          deleteIn(block, matchers, minMillis, maxMillis);
        }
      }
      head.delete(matchers, minMillis, maxMillis);
    }
  }

  private void deleteIn(Block block, List<Matcher> matchers, long min, long max)
      throws IOException {
    Tombstones next = block.tombstones();
    long from = Math.max(min, block.meta().minMillis());
    long to = Math.min(max, block.meta().maxMillis() - 1);
    for (int ref : Postings.select(block.index(), matchers)) {
      next = next.with(ref, new Tombstones.Interval(from, to));
    }
    if (next != block.tombstones()) {
      block.replaceTombstones(parts.disk(), next);
    }
  }

  /// Writes every block with deletions anew, without what is deleted.
  public void cleanTombstones() throws IOException {
    synchronized (maintenance) {
      for (Block block : blocks.all()) {
        if (!block.tombstones().isEmpty()) {
          compactor.merge(List.of(block.meta()));
        }
      }
    }
  }

  /// Puts all blocks into {@code target}, which is created, by linking their files.
  ///
  /// @param withHead whether what is in the head becomes a block there, too
  public void snapshot(Path target, Head.Inclusion withHead) throws IOException {
    synchronized (maintenance) {
      parts.disk().createDirectories(target);
      Snapshot snapshot = new Snapshot(parts.disk());
      for (Block block : blocks.all()) {
        snapshot.link(block, target);
      }
      if (withHead == Head.Inclusion.INCLUDED) {
        snapshotHead(target);
      }
      parts.disk().syncDirectory(target);
    }
  }

  /// The range is asked for after the view is open, so it covers all that the view has.
  private void snapshotHead(Path target) throws IOException {
    try (Querier source = head.querier(Long.MIN_VALUE, Long.MAX_VALUE)) {
      long first = Math.min(head.minTime(), head.minLateTime());
      long last = Math.max(head.maxTime(), head.maxLateTime());
      if (first <= last) {
        BlockMerge.write(
            parts.disk(),
            target,
            compactor.fresh(first, last + 1, List.of()),
            source,
            BlockMerge.Chunks.ENCODE_ANEW);
      }
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (maintenance) {
      try {
        head.close();
      } finally {
        blocks.close();
        lock.close();
      }
    }
  }
}
