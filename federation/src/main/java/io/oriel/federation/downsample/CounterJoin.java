package io.oriel.federation.downsample;

import io.oriel.model.series.SampleColumns;

/// Joins the counter aggregates of one series' chunks to a counter without resets. Chunks are given
/// in order of time; where they overlap, the earlier one counts. Not thread-safe.
///
/// A sample under the time of the one before it is not a sample: it is the last raw value of the
/// chunk, against which the next chunk's first value is held to find a reset between them.
public final class CounterJoin {
  private boolean any;
  private long lastTime;
  private double lastValue;
  private double total;

  /// Appends what {@code chunk} adds to {@code into}; NaN is left out.
  ///
  /// @param chunk all samples of a chunk's counter, as they are stored
  public void add(SampleColumns chunk, SampleColumns into) {
    long[] times = chunk.timestamps();
    double[] values = chunk.values();
    for (int i = 0; i < chunk.size(); i++) {
      double value = values[i];
      if (Double.isNaN(value)) {
        continue;
      }
      if (!any) {
        any = true;
        total = value;
      } else if (times[i] > lastTime) {
        total += value >= lastValue ? value - lastValue : value;
      } else {
        lastValue = times[i] == lastTime ? value : lastValue;
        continue;
      }
      lastTime = times[i];
      lastValue = value;
      into.add(lastTime, total);
    }
  }

  /// The last raw value; zero when there was none.
  public double lastValue() {
    return lastValue;
  }
}
