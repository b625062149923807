package io.oriel.promql.eval;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.Querier;
import io.oriel.promql.Feature;
import io.oriel.promql.function.Annotations;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One run of one query: what it may use, what it has used, and whether it should go on.
/// Thread-safe.
public final class Execution {
  /** What a column costs beyond its values: the object, its labels' reference, a list slot. */
  private static final int COLUMN_BYTES = 96;

  private static final AtomicLongArray UNCOUNTED = new AtomicLongArray(0);

  /** A histogram without its buckets. */
  private static final int HISTOGRAM_BYTES = 160;

  /// What a query may use.
  ///
  /// @param lookbackMillis how old the newest sample of an instant selector may be
  /// @param defaultStepMillis the step of subqueries that name none
  /// @param maxSamples samples in memory at once, zero for no limit
  /// @param maxBytes bytes of results and intermediate results in memory at once, zero for no limit
  /// @param deadlineNanos when it must be done, on the clock of {@code nanos}
  public record Limits(
      long lookbackMillis,
      long defaultStepMillis,
      long maxSamples,
      long maxBytes,
      long deadlineNanos) {}

  /// Threads that compute.
  ///
  /// @param executor runs helpers of the thread that evaluates; may be slow to start them
  /// @param parallelism how many threads work on a query at most, the evaluating one included
  public record Workers(Executor executor, int parallelism) {}

  private final Querier querier;
  private final Limits limits;
  private final Set<Feature> features;
  private final Workers workers;
  private final Annotations annotations;
  private final LongSupplier nanos;
  private final AtomicLong samples = new AtomicLong();
  private final AtomicLong peakSamples = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong peakBytes = new AtomicLong();
  private final AtomicLong totalSamples = new AtomicLong();
  private final AtomicLong seriesRead = new AtomicLong();
  private final AtomicLongArray perStep;
  private final Grid queryGrid;
  private volatile boolean cancelled;

  public Execution(
      Querier querier,
      Limits limits,
      Collection<Feature> features,
      Workers workers,
      Annotations annotations,
      LongSupplier nanos,
      Grid grid) {
    this.querier = querier;
    this.limits = limits;
    this.features = Set.copyOf(features);
    this.workers = workers;
    this.annotations = annotations;
    this.nanos = nanos;
    this.perStep =
        new AtomicLongArray(this.features.contains(Feature.PER_STEP_STATS) ? grid.count() : 0);
    this.queryGrid = grid;
  }

  Querier querier() {
    return querier;
  }

  Limits limits() {
    return limits;
  }

  boolean has(Feature feature) {
    return features.contains(feature);
  }

  Workers workers() {
    return workers;
  }

  Annotations annotations() {
    return annotations;
  }

  long nanos() {
    return nanos.getAsLong();
  }

  /// Makes the query stop soon.
  public void cancel() {
    cancelled = true;
  }

  /// Throws when the query should stop.
  void check() {
    if (cancelled) {
      throw new OrielException(Kind.CANCELLED, "query was canceled in expression evaluation");
    }
    if (nanos.getAsLong() - limits.deadlineNanos() > 0) {
      throw new OrielException(Kind.TIMEOUT, "query timed out in expression evaluation");
    }
  }

  /// Counts a column that stays in memory.
  void keep(Column column) {
    int held = column.count();
    long size = COLUMN_BYTES + 8L * column.steps() + histogramBytes(column);
    long now = samples.addAndGet(held);
    peakSamples.accumulateAndGet(now, Math::max);
    if (limits.maxSamples() > 0 && now > limits.maxSamples()) {
      throw new LimitExceeded("query.max-samples", limits.maxSamples(), now);
    }
    now = bytes.addAndGet(size);
    peakBytes.accumulateAndGet(now, Math::max);
    if (limits.maxBytes() > 0 && now > limits.maxBytes()) {
      throw new LimitExceeded("query.max-memory", limits.maxBytes(), now);
    }
  }

  /// Counts off columns that are no longer needed.
  void release(Collection<Column> columns) {
    for (Column column : columns) {
      samples.addAndGet(-column.count());
      bytes.addAndGet(-(COLUMN_BYTES + 8L * column.steps() + histogramBytes(column)));
    }
  }

  private static long histogramBytes(Column column) {
    @Nullable NativeHistogram[] histograms = column.histograms();
    if (histograms == null) {
      return 0;
    }
    long size = 4L * histograms.length;
    for (NativeHistogram histogram : histograms) {
      if (histogram != null) {
        size += HISTOGRAM_BYTES + 8L * (histogram.positive().size() + histogram.negative().size());
      }
    }
    return size;
  }

  /// Counts samples that were looked at.
  void countSamples(long looked) {
    totalSamples.addAndGet(looked);
  }

  /// Counts series that were read.
  void countSeries(int read) {
    seriesRead.addAndGet(read);
  }

  /// Where samples per step of {@code grid} are counted; empty unless asked for. The steps of
  /// subqueries are not those of the query and are not counted.
  AtomicLongArray perStep(Grid grid) {
    return grid.equals(queryGrid) ? perStep : UNCOUNTED;
  }

  /// Samples looked at, counted once for each step they were looked at for.
  public long totalSamples() {
    return totalSamples.get();
  }

  /// Most samples in memory at once.
  public long peakSamples() {
    return peakSamples.get();
  }

  /// Most bytes of results in memory at once.
  public long peakBytes() {
    return peakBytes.get();
  }

  /// How many series were read from storage.
  public long seriesRead() {
    return seriesRead.get();
  }

  /// Samples looked at for step {@code i}; zero unless counting per step is on.
  public long samplesAt(int i) {
    return i < perStep.length() ? perStep.get(i) : 0;
  }
}
