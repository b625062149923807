package io.oriel.tsdb.head;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.disk.Disk;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.series.Appendable;
import io.oriel.model.series.Appender;
import io.oriel.model.series.ExemplarQueryable;
import io.oriel.model.series.Querier;
import io.oriel.tsdb.index.Postings;
import io.oriel.tsdb.tombstone.Tombstones;
import io.oriel.tsdb.wal.Checkpoint;
import io.oriel.tsdb.wal.RecordBuilder;
import io.oriel.tsdb.wal.Wal;
import io.oriel.tsdb.wal.WalReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The head: recent samples in memory, durable through its log. Thread-safe.
public final class Head implements Appendable, AutoCloseable {
  /// How the head is run.
  ///
  /// @param blockMillis length of the blocks that are cut from it; no chunk crosses their bounds
  /// @param compression of the log's records
  /// @param syncsCommits whether a commit returns only when it is durable; else a power cut may
  ///   take what was written since the segment began, as with upstream
  /// @param maxExemplars how many exemplars are kept, zero for none
  /// @param maxSeries how many series there may be, zero for no limit
  /// @param lateMillis how much older than the head's newest sample one may be that comes out of
  ///   order; zero for no such samples
  public record Options(
      long blockMillis,
      Wal.Compression compression,
      boolean syncsCommits,
      int maxExemplars,
      int maxSeries,
      long lateMillis) {}

  /// What of the out-of-order samples goes into blocks.
  ///
  /// @param lastReference the newest chunk on disk that belongs to it
  /// @param segment the first segment of their log that does not belong to it
  /// @param minMillis the oldest sample's time
  /// @param maxMillis the newest sample's time
  public record LateCut(long lastReference, int segment, long minMillis, long maxMillis) {}

  /// Whether a snapshot takes the head along.
  public enum Inclusion {
    INCLUDED,
    LEFT_OUT
  }

  final Options options;
  final SeriesTable table = new SeriesTable();
  final MemPostings postings = new MemPostings();
  final ExemplarRing ring;
  final Map<Integer, MetricMetadata> metadata = new ConcurrentHashMap<>();

  /** Held while a transaction is written and applied, and while series are collected. */
  private final Object commitLock = new Object();

  final Readers readers = new Readers();
  private final Object createLock = new Object();
  private final Disk disk;
  private final Wal wal;
  private final LateIngestion late;
  private final HeadChunkFiles files;
  private final Sealing sealing;
  private final HeadFigures figures = new HeadFigures();
  private final AtomicInteger seriesCount = new AtomicInteger();
  private final int repairs;
  private final ReplayLosses replayLosses = new ReplayLosses();
  private final int chunkCorruptions;

  @GuardedBy("createLock")
  private int lastRef;

  private volatile long minTime = Long.MAX_VALUE;
  private volatile long maxTime = Long.MIN_VALUE;

  /** Samples before it lie in blocks and are refused. */
  private volatile long minValidTime;

  @GuardedBy("commitLock")
  private long lastCommit;

  /** The last commit that readers see. */
  private final AtomicLong visibleCommit = new AtomicLong();

  /** Whether a sync failed; what the log holds is unknown then, and nothing more is committed. */
  private volatile boolean broken;

  private volatile Tombstones tombstones = Tombstones.none();

  private Head(Disk disk, Path data, Options options, long minValidMillis, IntConsumer progress)
      throws IOException {
    this.options = options;
    this.disk = disk;
    this.minValidTime = minValidMillis;
    this.ring = new ExemplarRing(options.maxExemplars());
    Path directory = data.resolve("wal");
    disk.createDirectories(directory);
    ChunksFound found = new ChunksFound(minValidMillis);
    HeadChunkLoader.Result loaded = HeadChunkLoader.load(disk, data.resolve("chunks_head"), found);
    this.files = loaded.files();
    this.chunkCorruptions = loaded.corruptions();
    this.sealing = new Sealing(files, options.blockMillis());
    this.late =
        new LateIngestion(disk, data.resolve("wbl"), options.compression(), options.lateMillis());
    this.repairs = replay(directory, found, progress);
    this.wal = Wal.open(disk, directory, options.compression());
  }

  private int replay(Path directory, ChunksFound found, IntConsumer progress) throws IOException {
    try (HeadReplay replay = new HeadReplay(this, found, minValidTime)) {
      int repaired = WalReader.replay(disk, directory, replay, progress);
      replay.finish();
      repaired += WalReader.replay(disk, late.directory(), new LateReplay(this, replay), _ -> {});
      synchronized (createLock) {
        lastRef = Math.max(lastRef, replay.highestRef());
      }
      return repaired;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /// Opens the head of the data directory {@code data}: its chunks on disk (`chunks_head`), its log
  /// (`wal`) and the log of out-of-order samples (`wbl`) are read.
  ///
  /// @param minValidMillis samples before it lie in blocks and are neither replayed nor accepted
  /// @param progress is told each segment that was replayed
  public static Head open(
      Disk disk, Path data, Options options, long minValidMillis, IntConsumer progress)
      throws IOException {
    return new Head(disk, data, options, minValidMillis, progress);
  }

  @Override
  public Appender appender() {
    return new HeadAppender(this, options.syncsCommits());
  }

  /// As {@link #appender}, with a commit that returns when it is durable.
  public Appender durableAppender() {
    return new HeadAppender(this, true);
  }

  /// A view of the samples from {@code minMillis} to {@code maxMillis}, both inclusive, that were
  /// committed before this call.
  public Querier querier(long minMillis, long maxMillis) {
    return new HeadQuerier(
        this,
        minMillis,
        maxMillis,
        readers.enter(visibleCommit::get, minMillis),
        HeadQuerier.Part.ALL);
  }

  /// A view of the samples of a range, both ends inclusive, that came out of order; also of those
  /// that other readers do not see yet, because what is cut off with {@link #cutLate} is complete.
  public Querier lateQuerier(long minMillis, long maxMillis) {
    return new HeadQuerier(
        this,
        minMillis,
        maxMillis,
        readers.enter(() -> LateSamples.EVERYTHING, minMillis),
        HeadQuerier.Part.LATE);
  }

  /// Accepts samples that are out of order but not older than {@code millis} before the newest one;
  /// none when zero.
  public void setLateWindow(long millis) {
    late.setWindow(millis);
  }

  /// Commits up to this one are seen by every open reader.
  long seenByAll() {
    return readers.oldest(visibleCommit.get());
  }

  ReplayLosses replayLosses() {
    return replayLosses;
  }

  LateIngestion late() {
    return late;
  }

  HeadChunkFiles files() {
    return files;
  }

  Sealing sealing() {
    return sealing;
  }

  /// What it counts.
  public HeadFigures figures() {
    return figures;
  }

  /// Bytes of the chunks on disk.
  public long chunkBytes() {
    return files.sizeBytes();
  }

  /// Bytes of the chunks on disk and of both logs.
  public long diskBytes() throws IOException {
    return files.sizeBytes() + bytesIn(wal.directory()) + bytesIn(late.directory());
  }

  private long bytesIn(Path directory) throws IOException {
    long bytes = 0;
    for (Path path : disk.list(directory)) {
      bytes += disk.isDirectory(path) ? bytesIn(path) : disk.size(path);
    }
    return bytes;
  }

  /// How many chunks were put on disk since it was opened.
  public long chunksOnDisk() {
    return files.chunksWritten();
  }

  /// Records of the log that were of an unknown type and skipped when it was opened.
  public long recordsSkipped() {
    return replayLosses.unknownRecordCount();
  }

  /// Samples of the log whose series it did not name, skipped when it was opened.
  public long samplesOfUnknownSeries() {
    return replayLosses.unknownSeriesCount();
  }

  /// How many damages of the chunks on disk were found when it was opened.
  public int chunkCorruptions() {
    return chunkCorruptions;
  }

  /// The oldest time of a sample that came out of order; the largest number when there is none.
  public long minLateTime() {
    return late.minTime();
  }

  /// The newest time of a sample that came out of order; the smallest number when there is none.
  public long maxLateTime() {
    return late.maxTime();
  }

  public ExemplarQueryable exemplars() {
    return ring;
  }

  /// The first time it may hold, inclusive; the largest number when it is empty.
  public long minTime() {
    return minTime;
  }

  /// The time of its newest sample; the smallest number when it is empty.
  public long maxTime() {
    return maxTime;
  }

  public int seriesCount() {
    return seriesCount.get();
  }

  /// How many chunks are in memory.
  public long chunkCount() {
    long[] count = {0};
    table.forEach(s -> count[0] += s.chunkCount());
    return count[0];
  }

  /// How many damages of the log were repaired when it was opened.
  public int repairs() {
    return repairs;
  }

  public Wal wal() {
    return wal;
  }

  /// All label names, in UTF-8 order.
  public List<String> labelNames() {
    return postings.names();
  }

  /// How many series have each value of a label.
  public Map<String, Integer> seriesByValue(String labelName) {
    return postings.counts(labelName);
  }

  /// The metadata of a series, or null when none is known.
  public @Nullable MetricMetadata metadata(Labels labels) {
    HeadSeries found = table.find(labels);
    return found == null ? null : metadata.get(found.ref);
  }

  Tombstones tombstones() {
    return tombstones;
  }

  /// The oldest time that an appender may use now.
  long minAppendTime() {
    long max = maxTime;
    return max == Long.MIN_VALUE
        ? minValidTime
        : Math.max(minValidTime, max - options.blockMillis() / 2);
  }

  /// The series with these labels, made if need be; null when the limit forbids it.
  @Nullable HeadSeries findOrCreate(Labels labels) {
    HeadSeries found = table.find(labels);
    if (found != null) {
      found.wanted = true;
      if (!found.gone) {
        return found;
      }
    }
    synchronized (commitLock) {
      synchronized (createLock) {
        return create(labels, 0);
      }
    }
  }

  /// The series that took the place of one that was collected, made if need be; null when the limit
  /// forbids it. Called under the commit lock.
  @Nullable HeadSeries revive(HeadSeries gone) {
    synchronized (createLock) {
      HeadSeries found = table.find(gone.labels);
      if (found != null) {
        return found;
      }
      HeadSeries again = create(gone.labels, 0);
      if (again != null) {
        again.wanted = false;
      }
      return again;
    }
  }

  /// As {@link #findOrCreate}, with a given reference unless that is zero.
  HeadSeries restore(Labels labels, int ref) {
    synchronized (createLock) {
      HeadSeries restored = create(labels, ref);
      if (restored == null) {
        throw OrielException.bug("series limit during replay");
      }
      return restored;
    }
  }

  @GuardedBy("createLock")
  private @Nullable HeadSeries create(Labels labels, int ref) {
    HeadSeries found = table.find(labels);
    if (found != null) {
      found.wanted = ref == 0;
      return found;
    }
    if (ref == 0 && options.maxSeries() > 0 && seriesCount.get() >= options.maxSeries()) {
      return null;
    }
    if (ref == 0 && lastRef == Integer.MAX_VALUE) {
      throw OrielException.bug("series references are used up");
    }
    int free = ref == 0 ? lastRef + 1 : ref;
    HeadSeries fresh = new HeadSeries(free, postings.add(free, labels));
    lastRef = Math.max(lastRef, free);
    fresh.wanted = ref == 0;
    table.add(fresh);
    seriesCount.incrementAndGet();
    return fresh;
  }

  void covers(long time) {
    if (time < minTime) {
      minTime = time;
    }
    if (time > maxTime) {
      maxTime = time;
    }
  }

  /// Writes a transaction to the log, applies it, and makes it visible; if it is to be durable,
  /// after a sync that it shares with those that wait, too. A commit that need not be durable may
  /// show a durable one that still waits.
  void commit(HeadAppender transaction, boolean durable) throws IOException {
    long id;
    boolean late;
    synchronized (commitLock) {
      if (broken) {
        throw new IOException("log of " + wal.directory() + " could not be synced before");
      }
      transaction.samples().settle();
      late = transaction.samples().hasLate();
      boolean logged = false;
      try {
        log(transaction);
        logged = true;
      } finally {
        if (!logged) {
          transaction.forgetNames();
        }
      }
      id = ++lastCommit;
      transaction.apply(new Commit(id, seenByAll()));
    }
    if (durable) {
      sync(late);
    }
    visibleCommit.accumulateAndGet(id, Math::max);
  }

  @GuardedBy("commitLock")
  private void log(HeadAppender transaction) throws IOException {
    try {
      transaction.log(wal);
      wal.flush();
    } finally {
      wal.discard();
    }
    if (transaction.samples().hasLate()) {
      Wal lateLog = late.log();
      try {
        transaction.samples().logLate(lateLog, new RecordBuilder());
        lateLog.flush();
      } catch (IOException e) {
        wal.takeBack(e);
        throw e;
      } finally {
        lateLog.discard();
      }
    }
  }

  private void sync(boolean lateToo) throws IOException {
    try {
      wal.sync();
      if (lateToo) {
        late.log().sync();
      }
    } catch (IOException e) {
      broken = true;
      throw e;
    }
  }

  /// Makes all commits durable.
  public void sync() throws IOException {
    sync(late.logOrNull() != null);
  }

  /// Deletes the samples of matching series from {@code min} to {@code max}, both inclusive.
  public void delete(List<Matcher> matchers, long min, long max) throws IOException {
    synchronized (commitLock) {
      RecordBuilder record = new RecordBuilder();
      record.begin(RecordBuilder.Type.TOMBSTONES);
      Tombstones next = tombstones;
      for (int ref : Postings.select(postings, matchers)) {
        HeadSeries found = table.get(ref);
        if (found != null && found.overlaps(min, max)) {
          long first = Math.max(min, Math.min(found.firstTime(), found.firstLate()));
          long last = Math.min(max, Math.max(found.lastTime(), found.lastLate()));
          record.tombstone(ref, first, last);
          next = next.with(ref, new Tombstones.Interval(first, last));
        }
      }
      if (!record.isEmpty()) {
        wal.log(record);
        wal.flush();
        wal.sync();
        tombstones = next;
      }
    }
  }

  void bury(long ref, long min, long max) {
    tombstones = tombstones.with(ref, new Tombstones.Interval(min, max));
  }

  /// Forgets samples before {@code minMillis}, which are in a durable block now, the series that
  /// have no others, and what the log says of them.
  ///
  /// Waits for the readers that are open now and may still ask for them here.
  public void truncate(long minMillis) throws IOException {
    readers.awaitThoseBefore(minMillis);
    synchronized (commitLock) {
      minValidTime = Math.max(minValidTime, minMillis);
      table.forEach(s -> s.truncate(minMillis));
      table.removeIf(
          s -> s.isEmpty() && !s.wanted,
          s -> {
            s.gone = true;
            metadata.remove(s.ref);
            seriesCount.decrementAndGet();
          });
      postings.remove(ref -> table.get(ref) == null);
      minTime = maxTime < minMillis ? Long.MAX_VALUE : Math.max(minTime, minMillis);
    }
    shortenLog(minMillis);
    dropUnusedFiles(minMillis);
  }

  private void dropUnusedFiles(long minMillis) throws IOException {
    files.cut();
    int[] oldest = {Integer.MAX_VALUE};
    synchronized (commitLock) {
      table.forEach(s -> oldest[0] = Math.min(oldest[0], s.oldestFile()));
    }
    readers.awaitThoseBefore(minMillis);
    files.deleteBefore(oldest[0]);
  }

  /// Puts all samples that came out of order on disk, to be read by {@link #lateQuerier}, written
  /// as blocks, and forgotten by {@link #truncateLate}; nothing when there are none.
  public Optional<LateCut> cutLate() throws IOException {
    synchronized (commitLock) {
      if (late.minTime() == Long.MAX_VALUE) {
        return Optional.empty();
      }
      Wal log = late.log();
      RecordBuilder record = new RecordBuilder();
      record.begin(RecordBuilder.Type.MMAP_MARKERS);
      long[] last = {0};
      long seenByAll = seenByAll();
      table.forEach(
          s -> {
            for (long reference : s.sealLate(files, 1, seenByAll)) {
              record.marker(s.ref, reference);
            }
            last[0] = Math.max(last[0], s.lastLateReference());
          });
      log.logIfAny(record);
      log.cut();
      return Optional.of(new LateCut(last[0], log.segment(), late.minTime(), late.maxTime()));
    }
  }

  /// Forgets the out-of-order samples of {@code cut}, which are in durable blocks now.
  public void truncateLate(LateCut cut) throws IOException {
    synchronized (commitLock) {
      late.coversNothing();
      table.forEach(
          s -> {
            s.truncateLate(cut.lastReference());
            if (s.lastLate() != HeadSeries.NEVER) {
              late.covers(s.firstLate());
              late.covers(s.lastLate());
            }
          });
      late.log().truncateBefore(cut.segment());
    }
    dropUnusedFiles(Long.MAX_VALUE);
  }

  /// Two thirds of the finished segments go into a checkpoint, as upstream does it.
  private void shortenLog(long minMillis) throws IOException {
    int last;
    synchronized (commitLock) {
      wal.cut();
      List<Integer> segments = Wal.segments(disk, wal.directory());
      int first = segments.getFirst();
      last = first + (wal.segment() - 1 - first) * 2 / 3;
      if (last <= first) {
        return;
      }
    }
    Checkpoint.create(disk, wal, last, ref -> table.get(ref) != null, minMillis);
  }

  @Override
  public void close() throws IOException {
    synchronized (commitLock) {
      try (wal;
          late) {
        files.close();
      }
    }
  }
}
