package io.oriel.federation.query;

import io.oriel.model.series.SampleColumns;

/// Takes the resets out of a counter, across the joins of its chunks.
///
/// A downsampled counter chunk ends with its last raw value, under the time of its last sample once
/// more: it is not a sample but tells what the next chunk goes on from. NaN is dropped, and with it
/// staleness. Histograms stay as they are. (Thanos: pkg/compact/downsample, applied in pkg/query.)
final class CounterTotal {
  private final SampleColumns into;
  private boolean begun;
  private long lastMillis;
  private double lastValue;
  private double total;

  CounterTotal(SampleColumns into) {
    this.into = into;
  }

  /// Adds the rows of the next chunk.
  void add(SampleColumns chunk) {
    for (int i = 0; i < chunk.size(); i++) {
      if (chunk.histogram(i) != null) {
        into.addRow(chunk, i);
      } else if (!Double.isNaN(chunk.values()[i])) {
        add(chunk.timestamps()[i], chunk.values()[i]);
      }
    }
  }

  private void add(long millis, double value) {
    if (!begun || millis > lastMillis) {
      boolean grew = begun && value >= lastValue;
      total = begun ? total + (grew ? value - lastValue : value) : value;
      begun = true;
      lastMillis = millis;
      into.add(millis, total);
    }
    if (millis == lastMillis) {
      lastValue = value;
    }
  }
}
