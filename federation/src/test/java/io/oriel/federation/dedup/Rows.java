package io.oriel.federation.dedup;

import io.oriel.model.series.SampleColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Samples for tests.
final class Rows {
  private Rows() {}

  /// Floats from alternating seconds and values.
  static SampleColumns of(double... secondsAndValues) {
    SampleColumns rows = new SampleColumns();
    for (int i = 0; i < secondsAndValues.length; i += 2) {
      rows.add((long) (secondsAndValues[i] * 1000), secondsAndValues[i + 1]);
    }
    return rows;
  }

  /// As `seconds=value`, for messages and comparison.
  static List<String> text(SampleColumns rows) {
    List<String> text = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Object value = rows.histogram(i) == null ? (Object) rows.values()[i] : rows.histogram(i);
      text.add(rows.timestamps()[i] / 1000.0 + "=" + value);
    }
    return text;
  }

  /// A replica scraped every {@code interval} ms with jitter and outages; values tell where they
  /// come from.
  static SampleColumns scraped(SplittableRandom random, long interval, int scrapes, double base) {
    SampleColumns rows = new SampleColumns();
    long phase = random.nextLong(interval);
    int outage = 0;
    for (int i = 0; i < scrapes; i++) {
      if (outage == 0 && random.nextInt(20) == 0) {
        outage = 1 + random.nextInt(8);
      }
      if (outage > 0) {
        outage--;
        continue;
      }
      rows.add(phase + i * interval + random.nextLong(interval / 20), base + i);
    }
    return rows;
  }
}
