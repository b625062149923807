package io.oriel.promql.function;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.SampleColumns;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.Expr.Edges;
import org.jspecify.annotations.Nullable;

/// The samples of one series that a range function sees at one step. Loaded once per series and
/// then moved; floats and histograms lie in arrays of their own. Confined to one thread.
public final class SampleWindow {
  final Annotations annotations;
  final Expr source;
  final long rangeMillis;
  final Edges edges;

  long[] floatTimes = new long[0];
  double[] floats = new double[0];
  long @Nullable [] floatStarts;
  int firstFloat;
  int endFloat;
  long[] histogramTimes = new long[0];
  NativeHistogram[] histograms = new NativeHistogram[0];
  long @Nullable [] histogramStarts;
  int firstHistogram;
  int endHistogram;

  /** The evaluation time, and the edges of the range as asked for (start exclusive). */
  long time;

  long rangeStart;
  long rangeEnd;
  private int allFloats;
  private int allHistograms;
  private Labels labels = Labels.empty();
  private final boolean withStarts;

  /// A window for the range argument {@code source} of a function.
  ///
  /// @param withStarts whether the function looks at start timestamps
  public SampleWindow(
      Annotations annotations, Expr source, long rangeMillis, Edges edges, boolean withStarts) {
    this.annotations = annotations;
    this.source = source;
    this.rangeMillis = rangeMillis;
    this.edges = edges;
    this.withStarts = withStarts;
  }

  /// Starts over with the samples of another series. Stale markers fall away. The samples are
  /// looked at until the next load.
  public void load(SampleColumns samples, Labels seriesLabels) {
    labels = seriesLabels;
    firstFloat = 0;
    endFloat = 0;
    firstHistogram = 0;
    endHistogram = 0;
    allHistograms = 0;
    floatStarts = null;
    histogramStarts = null;
    if (samples.histograms() == null && (!withStarts || samples.starts() == null)) {
      floatTimes = samples.timestamps();
      floats = samples.values();
      allFloats = withoutStale(floatTimes, floats, samples.size());
    } else {
      split(samples);
    }
  }

  private static int withoutStale(long[] times, double[] values, int size) {
    int i = 0;
    while (i < size && !(Double.isNaN(values[i]) && StaleMarker.is(values[i]))) {
      i++;
    }
    int kept = i;
    for (; i < size; i++) {
      if (!StaleMarker.is(values[i])) {
        times[kept] = times[i];
        values[kept++] = values[i];
      }
    }
    return kept;
  }

  private void split(SampleColumns samples) {
    int size = samples.size();
    long[] starts = withStarts ? samples.starts() : null;
    floatTimes = new long[size];
    floats = new double[size];
    histogramTimes = new long[size];
    histograms = new NativeHistogram[size];
    floatStarts = starts == null ? null : new long[size];
    histogramStarts = starts == null ? null : new long[size];
    allFloats = 0;
    for (int i = 0; i < size; i++) {
      NativeHistogram histogram = samples.histogram(i);
      if (histogram == null) {
        if (!StaleMarker.is(samples.values()[i])) {
          floatTimes[allFloats] = samples.timestamps()[i];
          floats[allFloats] = samples.values()[i];
          if (starts != null && floatStarts != null) {
            floatStarts[allFloats] = starts[i];
          }
          allFloats++;
        }
      } else if (!histogram.isStale()) {
        histogramTimes[allHistograms] = samples.timestamps()[i];
        histograms[allHistograms] = histogram;
        if (starts != null && histogramStarts != null) {
          histogramStarts[allHistograms] = starts[i];
        }
        allHistograms++;
      }
    }
  }

  /// Moves to the samples after {@code from} and up to {@code to}, for a range that ends at {@code
  /// end}. Must not go back.
  public void move(long evaluationTime, long end, long from, long to) {
    time = evaluationTime;
    rangeEnd = end;
    rangeStart = end - rangeMillis;
    while (endFloat < allFloats && floatTimes[endFloat] <= to) {
      endFloat++;
    }
    while (firstFloat < endFloat && floatTimes[firstFloat] <= from) {
      firstFloat++;
    }
    while (endHistogram < allHistograms && histogramTimes[endHistogram] <= to) {
      endHistogram++;
    }
    while (firstHistogram < endHistogram && histogramTimes[firstHistogram] <= from) {
      firstHistogram++;
    }
  }

  /// How many samples the window holds.
  public int size() {
    return floatCount() + histogramCount();
  }

  int floatCount() {
    return endFloat - firstFloat;
  }

  int histogramCount() {
    return endHistogram - firstHistogram;
  }

  /// Whether the series has histograms anywhere.
  public boolean anyHistograms() {
    return allHistograms > 0;
  }

  String metric() {
    return labels.metricName();
  }
}
