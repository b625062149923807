package io.oriel.wire.exposition;

import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.metric.MetricType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The `_created` samples of one OpenMetrics family, found by looking ahead, because they may stand
/// after the samples whose start they tell.
final class CreatedTimes {
  private final Map<Labels, Long> millis = new HashMap<>();
  private final Set<Integer> offsets = new HashSet<>();

  private CreatedTimes() {}

  /// Whether samples of {@code type} have a start.
  static boolean apply(MetricType type) {
    return type == MetricType.COUNTER || type == MetricType.HISTOGRAM || type == MetricType.SUMMARY;
  }

  /// Looks through the samples that follow {@code in}'s position and leaves it where it was.
  static CreatedTimes scan(TextCursor in, String family) {
    CreatedTimes found = new CreatedTimes();
    int resume = in.at;
    LabelsBuilder labels = new LabelsBuilder();
    SeriesText series = new SeriesText(in, false);
    while (!in.atEnd() && in.peek() != '#') {
      int start = in.at;
      boolean named = in.skipMetricName();
      String name = in.text(start, in.at);
      if ((named && !name.startsWith(family)) || (!named && in.peek() != '{')) {
        break;
      }
      if (!named || name.equals(family + "_created")) {
        found.note(in, start, series, labels, family);
      }
      in.at = Math.min(in.end, in.lineEnd() + 1);
    }
    in.at = resume;
    return found;
  }

  private void note(
      TextCursor in, int start, SeriesText series, LabelsBuilder labels, String family) {
    try {
      series.labels(start, MetricType.UNKNOWN, labels);
      if (!labels.get(LabelName.METRIC).equals(family + "_created") || in.peek() != ' ') {
        return;
      }
      in.at++;
      double seconds = in.number(in.at, in.tokenEnd());
      millis.put(labels.remove(LabelName.METRIC).build(), (long) (seconds * 1000));
      offsets.add(start);
    } catch (ExpositionException _) {
      // The same line fails again, with its place, when its turn comes.
    }
  }

  /// Whether the sample at this offset only told a start.
  boolean skips(int offset) {
    return offsets.contains(offset);
  }

  long startMillis(Labels labels) {
    return millis.getOrDefault(labels, 0L);
  }
}
