package io.oriel.tsdb.head;

import io.oriel.model.metric.NativeHistogram;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Threads that put replayed samples into their series while the log is being read. Every worker
/// sees every batch and takes the series whose reference is its own modulo the number of workers,
/// so the samples of one series stay in order. Batches go round; none is made during the replay.
final class ReplayWorkers implements AutoCloseable {
  private static final int WORKERS = 2;
  private static final int BATCHES = 8;
  private static final int ROWS = 8192;

  /** Rows whose series fit the processor's cache together. */
  private static final int STRIDE = 512;

  private final Head head;
  private final BlockingQueue<Batch> empty = new ArrayBlockingQueue<>(BATCHES);
  private final List<Worker> workers = new ArrayList<>();
  private volatile @Nullable RuntimeException failure;
  private @Nullable Batch filling;

  ReplayWorkers(Head head) {
    this.head = head;
    for (int i = 0; i < BATCHES; i++) {
      empty.add(new Batch());
    }
    for (int i = 0; i < WORKERS; i++) {
      Worker worker = new Worker(i);
      workers.add(worker);
      worker.thread.start();
    }
  }

  private static final class Batch {
    private final int[] refs = new int[ROWS];
    private final long[] times = new long[ROWS];
    private final double[] values = new double[ROWS];
    private final @Nullable NativeHistogram[] histograms = new NativeHistogram[ROWS];
    private final AtomicInteger pending = new AtomicInteger();
    private int size;
    private boolean last;
  }

  /// Adds a sample. Series must have been added to the head before.
  void add(int ref, long time, double value, @Nullable NativeHistogram histogram)
      throws InterruptedIOException {
    Batch batch = filling;
    if (batch == null) {
      batch = take(empty);
      batch.size = 0;
      filling = batch;
    }
    int at = batch.size++;
    batch.refs[at] = ref;
    batch.times[at] = time;
    batch.values[at] = value;
    batch.histograms[at] = histogram;
    if (batch.size == ROWS) {
      pass(batch);
    }
  }

  private void pass(Batch batch) throws InterruptedIOException {
    filling = null;
    batch.pending.set(WORKERS);
    for (Worker worker : workers) {
      try {
        worker.waiting.put(batch);
      } catch (InterruptedException _) {
        throw interrupted();
      }
    }
  }

  private static <T> T take(BlockingQueue<T> queue) throws InterruptedIOException {
    try {
      return queue.take();
    } catch (InterruptedException _) {
      throw interrupted();
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while the log was replayed");
  }

  /// Returns when all samples are in place; the workers are gone then.
  ///
  /// @throws RuntimeException what went wrong in a worker
  void finish() throws IOException {
    Batch batch = filling;
    if (batch == null) {
      batch = take(empty);
      batch.size = 0;
    }
    batch.last = true;
    pass(batch);
    for (Worker worker : workers) {
      try {
        worker.thread.join();
      } catch (InterruptedException _) {
        throw interrupted();
      }
      if (worker.maxTime != Long.MIN_VALUE) {
        head.covers(worker.minTime);
        head.covers(worker.maxTime);
      }
    }
    RuntimeException broken = failure;
    if (broken != null) {
      throw broken;
    }
  }

  @Override
  public void close() {
    workers.forEach(worker -> worker.thread.interrupt());
  }

  private final class Worker implements Runnable {
    private final int number;
    private final BlockingQueue<Batch> waiting = new ArrayBlockingQueue<>(BATCHES);
    private final Thread thread;
    private long minTime = Long.MAX_VALUE;
    private long maxTime = Long.MIN_VALUE;

    /** Means nothing; what is read for the cache goes here. */
    @SuppressWarnings("UnusedVariable")
    private int touched;

    Worker(int number) {
      this.number = number;
      this.thread =
          Thread.ofPlatform().daemon().name("oriel/tsdb/replay/" + number).unstarted(this);
    }

    @Override
    public void run() {
      boolean more = true;
      while (more) {
        Batch batch;
        try {
          batch = waiting.take();
        } catch (InterruptedException _) {
          return;
        }
        more = !batch.last;
        try {
          if (failure == null) {
            apply(batch);
          }
        } catch (RuntimeException e) {
          failure = e;
        }
        if (batch.pending.decrementAndGet() == 0) {
          empty.add(batch);
        }
      }
    }

    private void apply(Batch batch) {
      for (int from = 0; from < batch.size; from += STRIDE) {
        int to = Math.min(batch.size, from + STRIDE);
        touch(batch, from, to);
        apply(batch, from, to);
      }
    }

    /// A batch goes round all series, most often: without this each append would wait for memory.
    private void touch(Batch batch, int from, int to) {
      for (int i = from; i < to; i++) {
        int ref = batch.refs[i];
        HeadSeries series = ref % WORKERS == number ? head.table.get(ref) : null;
        touched += series == null ? 0 : series.touch();
      }
    }

    private void apply(Batch batch, int from, int to) {
      for (int i = from; i < to; i++) {
        int ref = batch.refs[i];
        if (ref % WORKERS == number) {
          HeadSeries series = head.table.get(ref);
          if (series == null) {
            head.replayLosses().unknownSeries();
          } else {
            restore(series, batch.times[i], batch.values[i], batch.histograms[i]);
          }
        }
      }
    }

    private void restore(
        HeadSeries series, long time, double value, @Nullable NativeHistogram histogram) {
      long last = series.lastTime();
      if (time <= last) {
        if (time == last) {
          series.restoreLast(Double.doubleToRawLongBits(value), histogram != null);
        }
        return;
      }
      if (histogram == null) {
        series.append(Commit.RESTORED, head.sealing(), time, value);
      } else {
        series.append(Commit.RESTORED, head.sealing(), time, histogram);
      }
      minTime = Math.min(minTime, time);
      maxTime = Math.max(maxTime, time);
    }
  }
}
