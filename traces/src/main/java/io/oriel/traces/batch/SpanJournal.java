package io.oriel.traces.batch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.disk.Disk;
import io.oriel.disk.WritableFile;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.error.RetryLater;
import io.oriel.model.trace.Span;
import io.oriel.wire.otlp.OtlpTraces;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Spans on disk from before their sender is answered until they are stored or dropped, so that a
/// collector that is killed loses none that it acknowledged. Thread-safe.
///
/// A batch whose sender waits is durable when {@link #append} returns; batches that come together
/// share a sync. What is not settled when the journal is opened again is given out by {@link
/// #recover}.
public final class SpanJournal implements AutoCloseable {
  /*
   * 1. Segments of frames, see JournalFiles. A batch has a number that is never used twice; once it
   *    is settled a mark with the number is appended, without a sync: marks that a power cut takes
   *    make batches come twice, which their documents' ids make harmless.
   * 2. A segment is deleted when it and all before it are settled. So a mark, which is never in an
   *    earlier segment than its batch, is there as long as the batch is.
   * 3. A segment is synced to its end before the next one is begun, so only the last one can be torn.
   * 4. Lock order: `syncing`, then `lock`. Files are closed under `syncing` only, so that none is
   *    closed while it is synced.
   */
  private static final Logger LOG = LoggerFactory.getLogger(SpanJournal.class);
  private static final Duration SOON = Duration.ofSeconds(1);

  private final JournalFiles files;
  private final Bounds bounds;
  private final ReentrantLock syncing = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final LongAdder failures = new LongAdder();
  private final LongAdder damaged = new LongAdder();

  @GuardedBy("lock")
  private final TreeMap<Long, JournalSegment> segments = new TreeMap<>();

  @GuardedBy("lock")
  private final List<WritableFile> retired = new ArrayList<>();

  /** What was there when the journal was opened; empty once it is given out. */
  @GuardedBy("lock")
  private List<Batch> left = new ArrayList<>();

  @GuardedBy("lock")
  private long bytes;

  /** Of the batch that was appended last. */
  @GuardedBy("lock")
  private long lastBatch;

  @GuardedBy("lock")
  private boolean closed;

  /** Up to which batches are durable. */
  @GuardedBy("syncing")
  private long syncedBatch;

  /** Up to which batches a sync was refused, whatever later ones say. */
  @GuardedBy("syncing")
  private long refusedBatch;

  /// How much is on disk at most.
  ///
  /// @param bytes of all segments; batches beyond are refused
  /// @param segmentBytes after which a new segment is begun
  public record Bounds(long bytes, int segmentBytes) {
    private static final int SEGMENT = 8 << 20;
    private static final int ROOM = 4;

    public Bounds {
      if (segmentBytes < 1 || bytes < 2L * segmentBytes) {
        throw OrielException.invalid(
            "span journal: got " + bytes + " bytes, want at least two segments of " + segmentBytes);
      }
    }

    /// For a collector that holds so many bytes: on disk they are protobuf whatever they came as,
    /// and stay until all older ones are settled.
    public static Bounds holding(long bytes) {
      return new Bounds(ROOM * bytes + 2L * SEGMENT, SEGMENT);
    }
  }

  /// A batch on disk.
  private final class Batch implements Receipt {
    private final JournalSegment segment;
    private final long number;
    private final JournalFiles.Place place;
    private final AtomicInteger open;

    Batch(JournalSegment segment, long number, JournalFiles.Place place, int spans) {
      this.segment = segment;
      this.number = number;
      this.place = place;
      this.open = new AtomicInteger(spans);
    }

    @Override
    public void settle(int spans) {
      if (open.addAndGet(-spans) == 0) {
        settled(this);
      }
    }
  }

  /// What is found on opening, segment by segment.
  private final class Scan implements JournalFiles.Visitor {
    private final TreeMap<Long, Batch> owed = new TreeMap<>();
    private JournalSegment segment = new JournalSegment(0, Path.of(""));
    private long last;

    @Override
    public void batch(long number, JournalFiles.Place place) {
      owed.put(number, new Batch(segment, number, place, 0));
      last = Math.max(last, number);
    }

    @Override
    public void settled(long number) {
      owed.remove(number);
      last = Math.max(last, number);
    }
  }

  /// Takes what was left.
  public interface Left {
    /// @return false to stop; the batch stays on disk
    boolean take(SpanBatch batch) throws InterruptedException;
  }

  private SpanJournal(JournalFiles files, Bounds bounds) {
    this.files = files;
    this.bounds = bounds;
  }

  /// Opens the journal in {@code directory}, which has to be this process' alone.
  ///
  /// @throws OrielException of kind CORRUPT when a file there is none of ours
  public static SpanJournal open(Disk disk, Path directory, Bounds bounds) throws IOException {
    disk.createDirectories(directory);
    SpanJournal journal = new SpanJournal(new JournalFiles(disk, directory), bounds);
    journal.scan();
    return journal;
  }

  private void scan() throws IOException {
    lock.lock();
    try {
      Scan scan = new Scan();
      for (JournalSegment segment : files.list()) {
        scan.segment = segment;
        int torn = files.scan(segment, scan);
        if (torn > 0) {
          damaged.add(torn);
          LOG.atWarn()
              .addKeyValue("file", segment.file)
              .addKeyValue("bytes", torn)
              .log("the end of a span journal's segment is torn or damaged, leaving it out");
        }
        segment.finished = true;
        segment.named = true;
        segments.put(segment.number, segment);
        bytes += segment.size;
      }
      scan.owed.values().forEach(batch -> batch.segment.owed++);
      left.addAll(scan.owed.values());
      lastBatch = scan.last;
      deleteSettled();
    } finally {
      lock.unlock();
    }
  }

  /// Puts a batch on disk; when this returns it is durable, if its sender waits for that.
  ///
  /// @return to be told of every span of the batch, once it is stored or dropped
  /// @throws RetryLater when there is no room, or the disk refuses; nothing is kept then
  public Receipt append(SpanBatch batch) {
    byte[] frame = JournalFiles.batchFrame(OtlpTraces.write(batch.spans()));
    Batch appended;
    lock.lock();
    try {
      appended = append(frame, batch.size());
    } catch (IOException e) {
      throw refused(e);
    } finally {
      lock.unlock();
    }
    if (batch.answer() == SpanBatch.Answer.AWAITED) {
      try {
        sync(appended.number);
      } catch (IOException e) {
        settled(appended);
        throw refused(e);
      }
    }
    return appended;
  }

  private RetryLater refused(IOException e) {
    failures.increment();
    return new RetryLater(
        Kind.UNAVAILABLE, SOON, "cannot write the span journal: " + e.getMessage());
  }

  @GuardedBy("lock")
  private Batch append(byte[] frame, int spans) throws IOException {
    if (closed) {
      throw new RetryLater(Kind.UNAVAILABLE, SOON, "the collector is stopping");
    }
    if (bytes + frame.length > bounds.bytes() && owes()) {
      throw new RetryLater(
          Kind.LIMITED,
          SOON,
          "span journal is full: " + bytes + " of " + bounds.bytes() + " bytes");
    }
    long number = lastBatch + 1;
    JournalFiles.number(frame, number);
    JournalSegment segment = write(frame);
    lastBatch = number;
    segment.owed++;
    return new Batch(segment, number, JournalFiles.Place.NOWHERE, spans);
  }

  @GuardedBy("lock")
  private boolean owes() {
    return segments.values().stream().anyMatch(segment -> segment.owed > 0);
  }

  @GuardedBy("lock")
  private JournalSegment write(byte[] frame) throws IOException {
    JournalSegment segment = current();
    WritableFile out = opened(segment);
    try {
      out.write(frame);
    } catch (IOException e) {
      cutBack(segment, out);
      throw e;
    }
    segment.size += frame.length;
    bytes += frame.length;
    segment.finished = segment.size >= bounds.segmentBytes();
    return segment;
  }

  private static WritableFile opened(JournalSegment segment) {
    WritableFile out = segment.out;
    if (out == null) {
      throw OrielException.bug("the span journal's segment being written is closed");
    }
    return out;
  }

  @GuardedBy("lock")
  private void cutBack(JournalSegment segment, WritableFile out) {
    try {
      out.truncate(segment.size);
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("file", segment.file)
          .addKeyValue("reason", e.getMessage())
          .log("cannot cut off half a batch, going on in a new segment");
      segment.finished = true;
    }
  }

  @GuardedBy("lock")
  private JournalSegment current() throws IOException {
    @Nullable JournalSegment last = segments.isEmpty() ? null : segments.lastEntry().getValue();
    if (last != null && !last.finished) {
      return last;
    }
    if (last != null && last.out != null) {
      finish(last, last.out);
    }
    JournalSegment next = files.create(last == null ? 1 : last.number + 1);
    segments.put(next.number, next);
    bytes += next.size;
    deleteSettled();
    return next;
  }

  /// A power cut must not keep the next segment's beginning and lose this one's end.
  @GuardedBy("lock")
  private void finish(JournalSegment segment, WritableFile out) throws IOException {
    out.sync();
    name(segment);
    segment.out = null;
    retired.add(out);
    if (syncing.tryLock()) {
      try {
        closeRetired();
      } finally {
        syncing.unlock();
      }
    }
  }

  /// To be called with {@code syncing} held.
  @GuardedBy("lock")
  private void closeRetired() throws IOException {
    for (WritableFile file : retired) {
      file.close();
    }
    retired.clear();
  }

  @GuardedBy("lock")
  private void name(JournalSegment segment) throws IOException {
    if (!segment.named) {
      files.syncDirectory();
      segment.named = true;
    }
  }

  /// Returns once the batch and all before it are durable. Whoever comes while another syncs is
  /// served by the next sync, together with all who came meanwhile.
  private void sync(long number) throws IOException {
    syncing.lock();
    try {
      if (refusedBatch >= number) {
        throw new IOException("the disk refused to sync");
      }
      if (syncedBatch >= number) {
        return;
      }
      long upTo;
      @Nullable JournalSegment segment;
      @Nullable WritableFile out;
      lock.lock();
      try {
        upTo = lastBatch;
        segment = segments.isEmpty() ? null : segments.lastEntry().getValue();
        out = segment == null ? null : segment.out;
        closeRetired();
      } finally {
        lock.unlock();
      }
      if (segment != null && out != null) {
        try {
          sync(segment, out);
        } catch (IOException e) {
          refusedBatch = upTo;
          throw e;
        }
      }
      syncedBatch = upTo;
    } finally {
      syncing.unlock();
    }
  }

  private void sync(JournalSegment segment, WritableFile out) throws IOException {
    try {
      out.sync();
      lock.lock();
      try {
        name(segment);
      } finally {
        lock.unlock();
      }
    } catch (IOException e) {
      lock.lock();
      try {
        // what it holds cannot be told any more: a second sync may succeed without having written
        segment.finished = true;
      } finally {
        lock.unlock();
      }
      throw e;
    }
  }

  private void settled(Batch batch) {
    lock.lock();
    try {
      batch.segment.owed--;
      if (!closed) {
        write(JournalFiles.markFrame(batch.number));
      }
      deleteSettled();
    } catch (IOException e) {
      failures.increment();
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("batch not marked as settled");
    } finally {
      lock.unlock();
    }
  }

  /// Deletes segments from the first on that are settled and not being written.
  @GuardedBy("lock")
  private void deleteSettled() throws IOException {
    while (!segments.isEmpty()) {
      JournalSegment first = segments.firstEntry().getValue();
      if (first.owed > 0 || !first.finished || first.out != null) {
        return;
      }
      files.delete(first);
      segments.remove(first.number);
      bytes -= first.size;
    }
  }

  /// Gives out what was left when the journal was opened, oldest first, once. The receipts are to
  /// be told as those of {@link #append} are.
  public void recover(Left taker) throws IOException, InterruptedException {
    List<Batch> batches;
    lock.lock();
    try {
      batches = left;
      left = new ArrayList<>();
    } finally {
      lock.unlock();
    }
    for (Batch batch : batches) {
      byte[] payload = files.read(batch.segment, batch.place);
      List<Span> spans;
      try {
        spans = OtlpTraces.read(payload).spans();
      } catch (OrielException e) {
        LOG.atError().addKeyValue("reason", e.reason()).log("batch in the span journal unreadable");
        damaged.add(payload.length);
        spans = List.of();
      }
      if (spans.isEmpty()) {
        settled(batch);
        continue;
      }
      batch.open.set(spans.size());
      SpanBatch again = new SpanBatch(spans, payload.length, SpanBatch.Answer.NONE, batch);
      if (!taker.take(again)) {
        return;
      }
    }
  }

  /// Bytes on disk.
  public long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /// Batches on disk that are not settled.
  public int batches() {
    lock.lock();
    try {
      return segments.values().stream().mapToInt(segment -> segment.owed).sum();
    } finally {
      lock.unlock();
    }
  }

  /// Shows how it is.
  public void register(PrometheusRegistry registry) {
    DeliveryMetrics.gauge(registry, "oriel_collector_journal_bytes", "Bytes on disk.", this::bytes);
    DeliveryMetrics.gauge(
        registry, "oriel_collector_journal_capacity_bytes", "Most bytes.", bounds::bytes);
    DeliveryMetrics.gauge(
        registry,
        "oriel_collector_journal_batches",
        "Batches on disk that the engine does not have yet.",
        this::batches);
    DeliveryMetrics.counted(
        registry,
        "oriel_collector_journal_failures",
        "Writes that the disk refused; senders were told to come again.",
        failures::sum);
    DeliveryMetrics.counted(
        registry,
        "oriel_collector_journal_damaged_bytes",
        "Bytes found torn or damaged at the start.",
        damaged::sum);
  }

  /// Takes no more. What is not settled stays on disk for whoever opens it next.
  @Override
  public void close() throws IOException {
    syncing.lock();
    lock.lock();
    try {
      closed = true;
      for (JournalSegment segment : segments.values()) {
        if (segment.out != null) {
          finish(segment, segment.out);
        }
        segment.finished = true;
      }
      closeRetired();
      deleteSettled();
    } finally {
      lock.unlock();
      syncing.unlock();
    }
  }
}
