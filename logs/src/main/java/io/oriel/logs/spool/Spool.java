package io.oriel.logs.spool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.disk.Disk;
import io.oriel.disk.WritableFile;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Events on disk between reading and delivery. Thread-safe, for any number of appending threads,
/// one that syncs and one that reads.
///
/// An appended chunk is in the operating system's hands; {@link #sync} makes it durable, tells the
/// listener its position, and lets the reader see it. {@link #acknowledge} may come in any order;
/// what counts is the gapless beginning. A segment is deleted when all of it is acknowledged.
public final class Spool implements AutoCloseable {
  /*
   * 1. Order of durability. A frame holds events and the position after them, so one sync makes
   *    both durable. The registry learns the position only then and may itself be synced later: on
   *    open, the positions in the remaining segments are told again. Before a segment goes, the
   *    registry is synced (beforeDelete).
   * 2. `acked` says up to where a restart need not deliver again. It may lag: documents have ids,
   *    so what is delivered twice is stored once.
   * 3. A frame that could not be written whole is cut off; where even that fails, the segment is
   *    finished there and a new one begun. Recovery reads a segment up to its first damaged frame.
   * 4. A segment is synced to its end before the next one is begun, so only the last one can be
   *    torn: what is there is always a gapless beginning of what was appended.
   */
  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

  private final Disk disk;
  private final SpoolConfig config;
  private final InstantSource clock;
  private final Listener listener;
  private final AckMark mark;
  private final SegmentFiles files;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition unsynced = lock.newCondition();
  private final Condition readable = lock.newCondition();

  @GuardedBy("lock")
  private final TreeMap<Long, Segment> segments = new TreeMap<>();

  @GuardedBy("lock")
  private final Deque<InFlight> inFlight = new ArrayDeque<>();

  @GuardedBy("lock")
  private Map<String, Position> unsyncedPositions = new HashMap<>();

  @GuardedBy("lock")
  private long totalBytes;

  @GuardedBy("lock")
  private long pendingEvents;

  @GuardedBy("lock")
  private boolean dirty;

  @GuardedBy("lock")
  private boolean closed;

  /** Of the reader: where it is. */
  @GuardedBy("lock")
  private long readSegment;

  @GuardedBy("lock")
  private long readOffset;

  @GuardedBy("lock")
  private long nextSequence;

  /** Held while files are synced, so that none is closed under it. */
  private final ReentrantLock syncing = new ReentrantLock();

  private static final class InFlight {
    private final long sequence;
    private final long segment;
    private final long end;
    private final int count;
    private final long millis;
    private boolean acknowledged;

    InFlight(long sequence, long segment, long end, SpooledChunk chunk) {
      this.sequence = sequence;
      this.segment = segment;
      this.end = end;
      this.count = chunk.count();
      this.millis = chunk.appendedMillis();
    }
  }

  /// Who is told what became of appended chunks.
  public interface Listener {
    /// These positions are durable now.
    void durable(List<Position> positions);

    /// Makes durable what {@link #durable} told, because its only other place is about to go.
    void beforeDelete() throws IOException;
  }

  private Spool(
      Disk disk, Path directory, SpoolConfig config, InstantSource clock, Listener listener) {
    this.disk = disk;
    this.config = config;
    this.clock = clock;
    this.listener = listener;
    this.mark = new AckMark(disk, directory);
    this.files = new SegmentFiles(disk, directory);
  }

  /// Opens the spool in {@code directory}; tells {@code listener} every position in it.
  ///
  /// @throws IOException when the directory cannot be read or written
  public static Spool open(
      Disk disk, Path directory, SpoolConfig config, InstantSource clock, Listener listener)
      throws IOException {
    disk.createDirectories(directory);
    Spool spool = new Spool(disk, directory, config, clock, listener);
    spool.recover();
    return spool;
  }

  private void recover() throws IOException {
    AckMark.Place acked = mark.read();
    Map<String, Position> positions = new HashMap<>();
    lock.lock();
    try {
      for (Segment segment : files.list()) {
        boolean done = segment.number < acked.segment();
        long from = segment.number == acked.segment() ? acked.offset() : 0;
        files.scan(
            segment,
            (chunk, end) -> {
              positions.merge(
                  chunk.position().source(), chunk.position(), (a, b) -> b.isAtOrAfter(a) ? b : a);
              if (!done && end > from) {
                segment.events += chunk.count();
              }
            });
        segment.finished = true;
        segment.synced = segment.size;
        segments.put(segment.number, segment);
        totalBytes += segment.size;
        pendingEvents += segment.events;
      }
      readSegment = segments.isEmpty() ? 0 : Math.max(acked.segment(), segments.firstKey());
      readOffset =
          readSegment == acked.segment()
              ? Math.max(acked.offset(), SegmentFiles.HEADER)
              : SegmentFiles.HEADER;
    } finally {
      lock.unlock();
    }
    listener.durable(List.copyOf(positions.values()));
    deleteSegmentsBefore(acked.segment());
  }

  /// Appends {@code chunk}, waiting for room if the spool is full and its policy says so. A chunk
  /// that is larger than the whole spool is taken when there is nothing else in it.
  ///
  /// @return false when there was no room and the chunk is dropped; its position counts all the
  ///   same
  /// @throws IOException when the disk refuses; nothing of the chunk is kept then
  public boolean append(Chunk chunk, Position after) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      boolean fits = chunk.count() == 0 || awaitRoom(chunk.size());
      if (!fits) {
        chunk.clear();
      }
      write(chunk, after);
      unsyncedPositions.merge(after.source(), after, (a, b) -> b.isAtOrAfter(a) ? b : a);
      pendingEvents += chunk.count();
      dirty = true;
      unsynced.signalAll();
      return fits;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean awaitRoom(int more) throws InterruptedException {
    while (totalBytes + more > config.maxBytes() && pendingEvents > 0) {
      if (closed) {
        throw new InterruptedException("spool is closed");
      }
      if (config.whenFull() == SpoolConfig.WhenFull.DROP) {
        return false;
      }
      if (segments.size() == 1 && segments.firstEntry().getValue().out != null) {
        // all of it lies in the segment being written, which could never be deleted otherwise
        finish(segments.lastEntry().getValue());
      }
      room.await();
    }
    return true;
  }

  @GuardedBy("lock")
  private void write(Chunk chunk, Position after) throws IOException {
    Segment segment = current();
    WritableFile out = segment.out;
    if (out == null) {
      throw OrielException.bug("spool segment being written is closed");
    }
    int length;
    try {
      length = chunk.writeTo(out, after, clock.millis());
    } catch (IOException e) {
      cutBack(segment, out);
      throw e;
    }
    segment.size += length;
    segment.events += chunk.count();
    totalBytes += length;
    if (segment.size >= config.segmentBytes()) {
      finish(segment);
    }
  }

  @GuardedBy("lock")
  private void cutBack(Segment segment, WritableFile out) {
    try {
      out.truncate(segment.size);
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("segment", segment.number)
          .setCause(e)
          .log("cannot cut off half a chunk, continuing in a new segment");
      finish(segment);
    }
  }

  @GuardedBy("lock")
  private Segment current() throws IOException {
    Segment last = segments.isEmpty() ? null : segments.lastEntry().getValue();
    if (last != null && !last.finished) {
      return last;
    }
    WritableFile before = last == null ? null : last.out;
    if (before != null) {
      // else a power cut could keep the new segment's beginning and lose the old one's end
      before.sync();
    }
    long number = Math.max(last == null ? 0 : last.number, mark.lastSegment()) + 1;
    Segment next = files.create(number);
    segments.put(number, next);
    totalBytes += next.size;
    return next;
  }

  @GuardedBy("lock")
  private void finish(Segment segment) {
    segment.finished = true;
    dirty = true;
    unsynced.signalAll();
  }

  /// Waits until something is appended that is not durable yet.
  ///
  /// @return false when there was nothing within {@code patience}
  public boolean awaitUnsynced(Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = patience.toNanos();
      while (!dirty && !closed && left > 0) {
        left = unsynced.awaitNanos(left);
      }
      return dirty;
    } finally {
      lock.unlock();
    }
  }

  /// Makes durable what was appended before; then the reader sees it and its positions count.
  public void sync() throws IOException {
    syncing.lock();
    try {
      List<Segment> open = new ArrayList<>();
      Map<Long, Long> sizes = new HashMap<>();
      Map<String, Position> positions;
      lock.lock();
      try {
        for (Segment segment : segments.values()) {
          if (segment.out != null) {
            open.add(segment);
            sizes.put(segment.number, segment.size);
          }
        }
        positions = unsyncedPositions;
        unsyncedPositions = new HashMap<>();
        dirty = false;
      } finally {
        lock.unlock();
      }
      try {
        for (Segment segment : open) {
          sync(segment, sizes.getOrDefault(segment.number, 0L));
        }
      } catch (IOException e) {
        putBack(positions);
        throw e;
      }
      listener.durable(List.copyOf(positions.values()));
    } finally {
      syncing.unlock();
    }
  }

  private void putBack(Map<String, Position> positions) {
    lock.lock();
    try {
      positions.forEach(
          (source, position) ->
              unsyncedPositions.merge(
                  source, position, (now, old) -> now.isAtOrAfter(old) ? now : old));
      dirty = true;
    } finally {
      lock.unlock();
    }
  }

  private void sync(Segment segment, long size) throws IOException {
    WritableFile out = segment.out;
    if (out == null) {
      return;
    }
    out.sync();
    if (segment.synced == 0) {
      files.syncDirectory();
    }
    WritableFile done = null;
    lock.lock();
    try {
      segment.synced = size;
      if (segment.finished && segment.size == size) {
        done = out;
        segment.out = null;
      }
      readable.signalAll();
    } finally {
      lock.unlock();
    }
    if (done != null) {
      done.close();
    }
  }

  /// The next durable chunk that was not read since the spool was opened; empty when there was none
  /// within {@code patience}.
  public Optional<SpooledChunk> read(Duration patience) throws IOException, InterruptedException {
    long left = patience.toNanos();
    while (true) {
      Segment segment;
      long offset;
      lock.lockInterruptibly();
      try {
        @Nullable Segment found = readable();
        while (found == null) {
          if (closed || left <= 0) {
            return Optional.empty();
          }
          left = readable.awaitNanos(left);
          found = readable();
        }
        segment = found;
        offset = readOffset;
      } finally {
        lock.unlock();
      }
      Optional<SpooledChunk> chunk = read(segment, offset);
      if (chunk.isPresent()) {
        return chunk;
      }
    }
  }

  private Optional<SpooledChunk> read(Segment segment, long offset) throws IOException {
    long limit;
    long sequence;
    lock.lock();
    try {
      limit = segment.synced;
      sequence = nextSequence;
    } finally {
      lock.unlock();
    }
    Optional<SegmentFiles.Read> read = files.read(segment, offset, limit, sequence);
    lock.lock();
    try {
      if (read.isEmpty()) {
        LOG.atError()
            .addKeyValue("segment", segment.number)
            .addKeyValue("offset", offset)
            .log("spool segment is damaged, the rest of it is lost");
        readOffset = segment.size;
        segment.finished = true;
        return Optional.empty();
      }
      SpooledChunk chunk = read.get().chunk();
      readOffset = read.get().end();
      nextSequence++;
      inFlight.add(new InFlight(sequence, segment.number, readOffset, chunk));
      return Optional.of(chunk);
    } finally {
      lock.unlock();
    }
  }

  /// The segment in which the reader finds something now.
  @GuardedBy("lock")
  private @Nullable Segment readable() {
    Map.Entry<Long, Segment> entry = segments.ceilingEntry(readSegment);
    while (entry != null) {
      Segment segment = entry.getValue();
      if (entry.getKey() != readSegment) {
        readSegment = entry.getKey();
        readOffset = SegmentFiles.HEADER;
      }
      if (readOffset < segment.synced) {
        return segment;
      }
      boolean over = segment.finished && segment.synced == segment.size;
      entry = over ? segments.higherEntry(readSegment) : null;
    }
    return null;
  }

  /// The events of {@code chunk} need not be delivered again.
  public void acknowledge(SpooledChunk chunk) throws IOException {
    AckMark.Place place = null;
    lock.lock();
    try {
      for (InFlight one : inFlight) {
        if (one.sequence == chunk.sequence()) {
          one.acknowledged = true;
          break;
        }
      }
      while (!inFlight.isEmpty() && inFlight.peek().acknowledged) {
        InFlight done = inFlight.remove();
        pendingEvents -= done.count;
        place = new AckMark.Place(done.segment, done.end);
      }
      if (place != null) {
        place = passedOver(place);
        room.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (place != null) {
      mark.move(place);
      deleteSegmentsBefore(place.segment());
    }
  }

  /// At the end of a finished segment, the beginning of the next one is meant.
  @GuardedBy("lock")
  private AckMark.Place passedOver(AckMark.Place place) {
    Segment segment = segments.get(place.segment());
    boolean over =
        segment != null
            && segment.finished
            && segment.synced == segment.size
            && place.offset() >= segment.size;
    return over ? new AckMark.Place(place.segment() + 1, 0) : place;
  }

  private void deleteSegmentsBefore(long number) throws IOException {
    List<Segment> done = new ArrayList<>();
    lock.lock();
    try {
      for (Segment segment : segments.headMap(number).values()) {
        if (segment.out == null) {
          done.add(segment);
        }
      }
      done.forEach(segment -> segments.remove(segment.number));
    } finally {
      lock.unlock();
    }
    if (done.isEmpty()) {
      return;
    }
    listener.beforeDelete();
    mark.save();
    for (Segment segment : done) {
      disk.delete(segment.file);
    }
    lock.lock();
    try {
      done.forEach(segment -> totalBytes -= segment.size);
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Makes durable what is acknowledged, so that a restart delivers less again. Not needed for
  /// correctness.
  public void saveAcknowledged() throws IOException {
    mark.save();
  }

  /// What is in it now.
  ///
  /// @param bytes of its segments
  /// @param events that are not acknowledged
  /// @param oldestMillis when the oldest event being delivered was appended; zero for none
  public record Fill(long bytes, long maxBytes, long events, int segments, long oldestMillis) {}

  public Fill fill() {
    lock.lock();
    try {
      InFlight oldest = inFlight.peek();
      return new Fill(
          totalBytes,
          config.maxBytes(),
          pendingEvents,
          segments.size(),
          oldest == null ? 0 : oldest.millis);
    } finally {
      lock.unlock();
    }
  }

  /// Waits until everything is acknowledged.
  ///
  /// @return whether that was so within {@code patience}
  public boolean awaitEmpty(Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = patience.toNanos();
      while (pendingEvents > 0 && left > 0) {
        left = room.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
      }
      return pendingEvents == 0;
    } finally {
      lock.unlock();
    }
  }

  /// Syncs what is appended and closes the files. Who waits in {@link #append} is interrupted.
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      room.signalAll();
      readable.signalAll();
      unsynced.signalAll();
      segments.values().forEach(segment -> segment.finished = true);
    } finally {
      lock.unlock();
    }
    sync();
    mark.save();
  }
}
