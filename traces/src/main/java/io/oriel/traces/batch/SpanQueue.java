package io.oriel.traces.batch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.error.Kind;
import io.oriel.model.error.RetryLater;
import io.oriel.traces.index.SpanItemMaker;
import io.oriel.traces.index.SpanItems;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Holds spans until the engine has them; refuses when full. Thread-safe.
///
/// What it holds are the bytes that go to the engine: decoded spans are some three times as much,
/// in objects that a collector of garbage has to follow as long as they wait. So they are encoded
/// by the thread that brings them, before they grow old.
///
/// A batch is let into an empty queue whatever its size, so the bound is the capacity and one
/// request more.
public final class SpanQueue implements SpanSink {
  private static final Duration SOON = Duration.ofSeconds(1);

  /// How much it holds.
  ///
  /// @param bytes as they go to the engine
  public record Bounds(int spans, long bytes) {
    /// Upstream's 2000 spans would be a tenth of a second; this is some seconds of a busy cluster.
    public static Bounds standard() {
      return new Bounds(100_000, 128L << 20);
    }
  }

  /// A batch's items, who is to be told of them, and when they came.
  record Entry(SpanItems items, Receipt receipt, long sinceNanos) {
    int spans() {
      return items.spans();
    }

    /// Whether somebody keeps its spans until they are settled, also when this process ends.
    boolean isKept() {
      return !receipt.equals(Receipt.NONE);
    }

    /// All of its spans are stored, or dropped for good.
    void settle() {
      receipt.settle(spans());
    }
  }

  private final Bounds bounds;
  private final SpanItemMaker maker;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final ArrayDeque<Entry> waiting = new ArrayDeque<>();

  @GuardedBy("lock")
  private int waitingSpans;

  @GuardedBy("lock")
  private long waitingBytes;

  @GuardedBy("lock")
  private int heldSpans;

  @GuardedBy("lock")
  private long heldBytes;

  @GuardedBy("lock")
  private boolean closed;

  /// @param maker is told when items that it made are not taken
  public SpanQueue(Bounds bounds, SpanItemMaker maker, LongSupplier nanoTime) {
    this.bounds = bounds;
    this.maker = maker;
    this.nanoTime = nanoTime;
  }

  @Override
  public void take(SpanBatch batch) {
    if (batch.size() == 0) {
      return;
    }
    check(batch.size(), batch.bytes());
    SpanItems items = maker.of(batch.spans());
    try {
      put(new Entry(items, batch.receipt(), nanoTime.getAsLong()));
    } catch (RetryLater e) {
      maker.forget(items);
      throw e;
    }
  }

  private void put(Entry entry) {
    int bytes = entry.items().sizeBytes();
    lock.lock();
    try {
      refuse(entry.spans(), bytes);
      heldSpans += entry.spans();
      heldBytes += bytes;
      waitingSpans += entry.spans();
      waitingBytes += bytes;
      waiting.add(entry);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void check(int spans, long bytes) {
    lock.lock();
    try {
      refuse(spans, bytes);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void refuse(int spans, long bytes) {
    if (closed) {
      throw new RetryLater(Kind.UNAVAILABLE, SOON, "the collector is stopping");
    }
    boolean fits =
        heldSpans == 0
            || heldSpans + spans <= bounds.spans() && heldBytes + bytes <= bounds.bytes();
    if (!fits) {
      throw new RetryLater(
          Kind.LIMITED,
          SOON,
          "span queue is full: "
              + heldSpans
              + " of "
              + bounds.spans()
              + " spans, "
              + heldBytes
              + " of "
              + bounds.bytes()
              + " bytes");
    }
  }

  /// Takes batches out, at least one, up to {@code maxSpans} and {@code maxBytes} together unless
  /// the first is more; waits for more than that no longer than {@code linger} after the first
  /// came. They stay within the bound until {@link #release}.
  ///
  /// @return empty when the queue is closed and nothing is left
  List<Entry> poll(int maxSpans, long maxBytes, Duration linger) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty()) {
        if (closed) {
          return List.of();
        }
        changed.await();
      }
      long rest = linger.toNanos() - (nanoTime.getAsLong() - waiting.getFirst().sinceNanos());
      while (rest > 0 && !closed && waitingSpans < maxSpans && waitingBytes < maxBytes) {
        rest = changed.awaitNanos(rest);
        if (waiting.isEmpty()) {
          return poll(maxSpans, maxBytes, linger);
        }
      }
      List<Entry> taken = new ArrayList<>();
      int spans = 0;
      long bytes = 0;
      while (!waiting.isEmpty()) {
        SpanItems next = waiting.getFirst().items();
        boolean fits = spans + next.spans() <= maxSpans && bytes + next.sizeBytes() <= maxBytes;
        if (!fits && !taken.isEmpty()) {
          break;
        }
        taken.add(waiting.removeFirst());
        spans += next.spans();
        bytes += next.sizeBytes();
      }
      waitingSpans -= spans;
      waitingBytes -= bytes;
      if (!waiting.isEmpty()) {
        changed.signal();
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /// Gives up what was taken out: it is stored or dropped.
  void release(Entry entry) {
    lock.lock();
    try {
      heldSpans -= entry.spans();
      heldBytes -= entry.items().sizeBytes();
    } finally {
      lock.unlock();
    }
  }

  /// Takes nothing more in; what is there can still be taken out.
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// How many spans it holds, those on their way to the engine among them.
  public int heldSpans() {
    lock.lock();
    try {
      return heldSpans;
    } finally {
      lock.unlock();
    }
  }

  public long heldBytes() {
    lock.lock();
    try {
      return heldBytes;
    } finally {
      lock.unlock();
    }
  }

  /// Whether even a single span of no size is refused, for want of room or because it is closed.
  public boolean isFull() {
    lock.lock();
    try {
      return closed
          || heldSpans > 0 && (heldSpans >= bounds.spans() || heldBytes >= bounds.bytes());
    } finally {
      lock.unlock();
    }
  }

  public Bounds bounds() {
    return bounds;
  }
}
