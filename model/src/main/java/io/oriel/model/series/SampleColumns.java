package io.oriel.model.series;

import io.oriel.model.metric.NativeHistogram;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Samples as columns: one array of times, one of float values and, only when there is a histogram
/// among them, one of histograms. Made to be reused. Not thread-safe.
///
/// Row {@code i} is a histogram when `histograms() != null && histograms()[i] != null`, else a
/// float. The arrays are the live ones, longer than {@link #size}, and are replaced when rows are
/// added: ask again after an append.
public final class SampleColumns {
  private long[] timestamps;
  private double[] values;
  private @Nullable NativeHistogram @Nullable [] histograms;
  private long @Nullable [] starts;
  private int size;
  private boolean anyHistogram;
  private boolean anyStart;

  public SampleColumns() {
    this(128);
  }

  public SampleColumns(int capacity) {
    timestamps = new long[capacity];
    values = new double[capacity];
  }

  /// Forgets all rows and keeps the arrays.
  public void clear() {
    if (anyHistogram && histograms != null) {
      Arrays.fill(histograms, 0, size, null);
    }
    if (anyStart && starts != null) {
      Arrays.fill(starts, 0, size, 0);
    }
    size = 0;
    anyHistogram = false;
    anyStart = false;
  }

  public int size() {
    return size;
  }

  /// Unix milliseconds.
  public long[] timestamps() {
    return timestamps;
  }

  /// The float values; meaningless in rows that hold a histogram.
  public double[] values() {
    return values;
  }

  /// The histograms, or null when no row holds one.
  public @Nullable NativeHistogram @Nullable [] histograms() {
    return anyHistogram ? histograms : null;
  }

  /// Start timestamps in Unix milliseconds, zero where unknown; null when no row has one.
  public long @Nullable [] starts() {
    return anyStart ? starts : null;
  }

  /// The histogram in row {@code i}, or null when it is a float.
  public @Nullable NativeHistogram histogram(int i) {
    return anyHistogram && histograms != null ? histograms[i] : null;
  }

  /// Appends a float.
  public void add(long timestampMillis, double value) {
    if (size == timestamps.length) {
      grow(size + 1);
    }
    timestamps[size] = timestampMillis;
    values[size++] = value;
  }

  /// Appends a histogram.
  public void add(long timestampMillis, NativeHistogram histogram) {
    add(timestampMillis, histogram.sum());
    if (histograms == null) {
      histograms = new NativeHistogram[timestamps.length];
    }
    histograms[size - 1] = histogram;
    anyHistogram = true;
  }

  /// Appends row {@code i} of {@code other}, start timestamp included.
  public void addRow(SampleColumns other, int i) {
    NativeHistogram histogram = other.histogram(i);
    if (histogram == null) {
      add(other.timestamps[i], other.values[i]);
    } else {
      add(other.timestamps[i], histogram);
    }
    if (other.anyStart && other.starts != null && other.starts[i] != 0) {
      markStart(other.starts[i]);
    }
  }

  /// Says when the counter of the last row started counting.
  public void markStart(long startMillis) {
    if (starts == null) {
      starts = new long[timestamps.length];
    }
    starts[size - 1] = startMillis;
    anyStart = true;
  }

  /// Makes room for {@code more} rows without further growth, so that a decoder may write {@link
  /// #timestamps} and {@link #values} directly and then call {@link #addedDirectly}.
  public void reserve(int more) {
    if (size + more > timestamps.length) {
      grow(size + more);
    }
  }

  /// Counts {@code rows} float rows that were written straight into the arrays.
  public void addedDirectly(int rows) {
    size += rows;
  }

  /// Keeps the first {@code rows} rows.
  public void truncate(int rows) {
    if (anyHistogram && histograms != null) {
      Arrays.fill(histograms, rows, size, null);
    }
    if (anyStart && starts != null) {
      Arrays.fill(starts, rows, size, 0);
    }
    size = rows;
  }

  private void grow(int wanted) {
    int capacity = Math.max(wanted, timestamps.length + (timestamps.length >> 1) + 16);
    timestamps = Arrays.copyOf(timestamps, capacity);
    values = Arrays.copyOf(values, capacity);
    if (histograms != null) {
      histograms = Arrays.copyOf(histograms, capacity);
    }
    if (starts != null) {
      starts = Arrays.copyOf(starts, capacity);
    }
  }
}
