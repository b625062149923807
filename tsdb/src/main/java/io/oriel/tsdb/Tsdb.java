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
import io.oriel.tsdb.block.BlockQuerier;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.compact.BlockMerge;
import io.oriel.tsdb.compact.CompactionPlan;
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
import java.util.List;
import java.util.Optional;
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
  private final TsdbOptions options;
  private final DirectoryLock lock;
  private final Blocks blocks;
  private final Head head;
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
    this.options = options;
    this.lock = lock;
    this.blocks = blocks;
    this.head = head;
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

  @Override
  public Appender appender() {
    return head.appender();
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

  /// What is known of a series of the head beyond its samples, or null.
  public @Nullable MetricMetadata metadata(Labels labels) {
    return head.metadata(labels);
  }

  /// Follows what is written from now on.
  public WalTailer tail() {
    return new WalTailer(parts.disk(), directory.resolve("wal"));
  }

  /// Does what is due: writes full ranges of the head as blocks, merges blocks, removes old ones.
  /// Call it about once a minute.
  public void compactNow() throws IOException {
    synchronized (maintenance) {
      compactions.incrementAndGet();
      boolean done = false;
      try {
        compact();
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

  private void compact() throws IOException {
    synchronized (maintenance) {
      long range = options.blockRange().toMillis();
      boolean wrote = false;
      while (head.maxTime() != Long.MIN_VALUE
          && head.minTime() != Long.MAX_VALUE
          && head.maxTime() - head.minTime() > range / 2 * 3) {
        writeHead(Math.floorDiv(head.minTime(), range) * range, range);
        wrote = true;
      }
      if (wrote) {
        writeLate(range);
      }
      mergeBlocks();
      retire();
    }
  }

  private void writeHead(long from, long range) throws IOException {
    try (Querier source = head.querier(from, from + range - 1)) {
      write(source, fresh(newUlid(), from, from + range, List.of()));
    }
    head.truncate(from + range);
  }

  private void write(Querier source, BlockMeta meta) throws IOException {
    Optional<BlockMeta> written =
        BlockMerge.write(parts.disk(), directory, meta, source, BlockMerge.Chunks.ENCODE_ANEW);
    if (written.isPresent()) {
      blocks.add(written.get());
    }
  }

  /// Writes what came out of order as blocks of their own, which overlap others and are merged with
  /// them next.
  private void writeLate(long range) throws IOException {
    Optional<Head.LateCut> cut = head.cutLate();
    if (cut.isEmpty()) {
      return;
    }
    long first = Math.floorDiv(cut.get().minMillis(), range) * range;
    for (long from = first; from <= cut.get().maxMillis(); from += range) {
      try (Querier source = head.lateQuerier(from, from + range - 1)) {
        write(source, fresh(newUlid(), from, from + range, List.of(BlockMeta.FROM_OUT_OF_ORDER)));
      }
    }
    head.truncateLate(cut.get());
  }

  private Ulid newUlid() {
    return Ulid.create(parts.clock().millis(), parts.random());
  }

  private static BlockMeta fresh(Ulid ulid, long from, long to, List<String> hints) {
    return new BlockMeta(
        ulid, from, to, BlockMeta.Stats.empty(), 1, List.of(ulid), List.of(), false, false, hints);
  }

  private void mergeBlocks() throws IOException {
    List<Long> ranges =
        CompactionPlan.ranges(options.blockRange().toMillis(), options.maxBlockRange().toMillis());
    for (List<BlockMeta> plan = CompactionPlan.next(blocks.metas(), ranges);
        !plan.isEmpty();
        plan = CompactionPlan.next(blocks.metas(), ranges)) {
      merge(plan);
    }
  }

  private void merge(List<BlockMeta> plan) throws IOException {
    List<Ulid> names = plan.stream().map(BlockMeta::ulid).toList();
    List<Querier> sources = new ArrayList<>();
    boolean deleted = false;
    for (Block block : blocks.all()) {
      if (names.contains(block.meta().ulid()) && block.retain()) {
        sources.add(new BlockQuerier(block));
        deleted |= !block.tombstones().isEmpty();
      }
    }
    try (Querier source = new MergedQuerier(sources)) {
      Optional<BlockMeta> written =
          BlockMerge.write(
              parts.disk(),
              directory,
              CompactionPlan.merged(newUlid(), plan),
              source,
              deleted ? BlockMerge.Chunks.ENCODE_ANEW : BlockMerge.Chunks.TAKE_OVER);
      if (written.isPresent()) {
        blocks.add(written.get());
      }
    }
    blocks.remove(names);
  }

  /// Removes blocks that are older than the retention time, and the oldest ones beyond the size.
  private void retire() throws IOException {
    List<Block> all = blocks.all();
    List<Ulid> gone = new ArrayList<>();
    long end = blocks.end();
    long keepMillis = options.retention().toMillis();
    long bytes = 0;
    for (int i = all.size() - 1; i >= 0; i--) {
      Block block = all.get(i);
      bytes += block.sizeBytes();
      boolean old = keepMillis > 0 && end - block.meta().maxMillis() >= keepMillis;
      boolean large = options.retentionBytes() > 0 && bytes > options.retentionBytes();
      if (old || large) {
        gone.add(block.meta().ulid());
      }
    }
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
          merge(List.of(block.meta()));
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
      for (Block block : blocks.all()) {
        String name = block.meta().ulid().text();
        link(directory.resolve(name), target.resolve(name));
      }
      if (withHead == Head.Inclusion.INCLUDED && head.maxTime() != Long.MIN_VALUE) {
        long first = Math.min(head.minTime(), head.minLateTime());
        long last = head.maxTime();
        try (Querier source = head.querier(first, last)) {
          BlockMerge.write(
              parts.disk(),
              target,
              fresh(newUlid(), first, last + 1, List.of()),
              source,
              BlockMerge.Chunks.ENCODE_ANEW);
        }
      }
      parts.disk().syncDirectory(target);
    }
  }

  private void link(Path from, Path to) throws IOException {
    parts.disk().createDirectories(to);
    for (Path file : parts.disk().list(from)) {
      Path second = to.resolve(file.getFileName());
      if (parts.disk().isDirectory(file)) {
        link(file, second);
      } else {
        parts.disk().link(file, second);
      }
    }
    parts.disk().syncDirectory(to);
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
