package io.oriel.promql.value;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One series over the steps of a query: per step a float, a histogram, or nothing. Mutable while
/// the engine fills it, not to be changed afterwards. Not thread-safe.
///
/// Absence is one NaN with a payload of its own in {@link #values}, which no other NaN equals; so a
/// column is one array of doubles, and an array of histograms only when there are any.
public final class Column {
  private static final long ABSENT_BITS = 0x7ff8_ab5e_07ab_5e07L;

  /** Marks a step without a float; recognise it with {@link #isAbsent}, never with `==`. */
  public static final double ABSENT = Double.longBitsToDouble(ABSENT_BITS);

  private final double[] values;
  private Labels labels = Labels.empty();
  private @Nullable NativeHistogram @Nullable [] histograms;
  private boolean nameDropped;
  private int ordinal;

  /// A column of {@code steps} steps, whose values are to be filled.
  public Column(int steps) {
    values = new double[steps];
  }

  /// Whether {@code value} marks a step without a float.
  public static boolean isAbsent(double value) {
    return Double.doubleToRawLongBits(value) == ABSENT_BITS;
  }

  public Labels labels() {
    return labels;
  }

  public Column labels(Labels newLabels) {
    labels = newLabels;
    return this;
  }

  /// Whether the metric name no longer describes the values and is removed at the end.
  public boolean isNameDropped() {
    return nameDropped;
  }

  public Column nameDropped(boolean dropped) {
    nameDropped = dropped;
    return this;
  }

  /// Its place among the series of its vector, before any sorting.
  public int ordinal() {
    return ordinal;
  }

  public Column ordinal(int place) {
    ordinal = place;
    return this;
  }

  /// How many steps there are.
  public int steps() {
    return values.length;
  }

  /// The floats: the live array; {@link #ABSENT} where there is a histogram or nothing.
  public double[] values() {
    return values;
  }

  /// The histograms: the live array, or null when there are none.
  public @Nullable NativeHistogram @Nullable [] histograms() {
    return histograms;
  }

  public double value(int step) {
    return values[step];
  }

  /// The histogram at {@code step}, or null when there is none.
  public @Nullable NativeHistogram histogram(int step) {
    return histograms == null ? null : histograms[step];
  }

  /// Whether there is a float at {@code step}.
  public boolean hasFloat(int step) {
    return !isAbsent(values[step]);
  }

  /// Whether there is a float or a histogram at {@code step}.
  public boolean isPresent(int step) {
    return !isAbsent(values[step]) || histogram(step) != null;
  }

  /// Puts a histogram at {@code step}.
  public void set(int step, NativeHistogram histogram) {
    if (histograms == null) {
      histograms = new NativeHistogram[values.length];
    }
    histograms[step] = histogram;
    values[step] = ABSENT;
  }

  /// Puts a float at {@code step}.
  public void set(int step, double value) {
    values[step] = value;
    if (histograms != null) {
      histograms[step] = null;
    }
  }

  /// Leaves nothing at {@code step}.
  public void remove(int step) {
    set(step, ABSENT);
  }

  /// Leaves nothing at any step.
  public Column clear() {
    Arrays.fill(values, ABSENT);
    histograms = null;
    return this;
  }

  /// Forgets histograms; the floats are left as they are.
  public void dropHistograms() {
    histograms = null;
  }

  /// Takes over what {@code other} holds at {@code step}.
  public void copy(Column other, int step) {
    NativeHistogram histogram = other.histogram(step);
    if (histogram != null) {
      set(step, histogram);
    } else {
      set(step, other.values[step]);
    }
  }

  /// A column with the same identity and nothing in it.
  public Column sibling() {
    return new Column(values.length)
        .labels(labels)
        .nameDropped(nameDropped)
        .ordinal(ordinal)
        .clear();
  }

  /// How many steps hold something.
  public int count() {
    int n = 0;
    for (int i = 0; i < values.length; i++) {
      if (isPresent(i)) {
        n++;
      }
    }
    return n;
  }

  /// Whether no step holds anything.
  public boolean isEmpty() {
    for (double value : values) {
      if (!isAbsent(value)) {
        return false;
      }
    }
    if (histograms != null) {
      for (NativeHistogram histogram : histograms) {
        if (histogram != null) {
          return false;
        }
      }
    }
    return true;
  }
}
