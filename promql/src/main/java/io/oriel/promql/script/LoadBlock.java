package io.oriel.promql.script;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.number.GoFloat;
import io.oriel.model.time.DurationSyntax;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A `load` command: adds series to the storage, and for `load_with_nhcb` also the native
/// histograms with custom buckets that the classic ones among them are.
final class LoadBlock {
  private final long stepMillis;
  private final boolean withNative;
  private final List<SeriesLine> lines = new ArrayList<>();
  private final Map<Integer, List<SequenceValue>> starts = new HashMap<>();
  private List<SequenceValue> pendingStarts = List.of();

  LoadBlock(String step, boolean withNative) {
    this.stepMillis = DurationSyntax.parseMillis(step);
    this.withNative = withNative;
  }

  void add(String line) {
    int blank = line.indexOf(' ') < 0 ? line.indexOf('\t') : line.indexOf(' ');
    if (blank > 0 && line.substring(0, blank).endsWith("@st")) {
      pendingStarts = StartSequence.parse(line.substring(blank));
      return;
    }
    SeriesLine series = SeriesLine.parse(line);
    if (!pendingStarts.isEmpty()) {
      if (pendingStarts.size() != series.values().size()) {
        throw OrielException.invalid(
            "@st line has "
                + pendingStarts.size()
                + " values but sample line has "
                + series.values().size());
      }
      starts.put(lines.size(), pendingStarts);
      pendingStarts = List.of();
    }
    lines.add(series);
  }

  void into(MemoryStorage storage) {
    for (int k = 0; k < lines.size(); k++) {
      SeriesLine line = lines.get(k);
      List<SequenceValue> offsets = starts.getOrDefault(k, List.of());
      for (int i = 0; i < line.values().size(); i++) {
        long time = i * stepMillis;
        boolean started = i < offsets.size() && !offsets.get(i).omitted();
        long start = started ? time + (long) offsets.get(i).value() : 0;
        storage.add(line.labels(), time, line.values().get(i), start);
      }
    }
    if (withNative) {
      addNative(storage);
    }
  }

  /// A classic histogram at one time.
  private static final class Classic {
    final TreeMap<Double, Double> cumulative = new TreeMap<>();
    double count = Double.NaN;
    double sum;

    NativeHistogram convert() {
      double last = cumulative.isEmpty() ? 0 : cumulative.lastEntry().getValue();
      double total = Double.isNaN(count) ? last : count;
      cumulative.putIfAbsent(Double.POSITIVE_INFINITY, total);
      double[] bounds = new double[cumulative.size() - 1];
      double[] counts = new double[cumulative.size()];
      double before = 0;
      int i = 0;
      for (Map.Entry<Double, Double> bucket : cumulative.entrySet()) {
        if (i < bounds.length) {
          bounds[i] = bucket.getKey();
        }
        counts[i++] = bucket.getValue() - before;
        before = bucket.getValue();
      }
      return NativeHistogram.builder()
          .schema(NativeHistogram.CUSTOM_BUCKETS)
          .count(total)
          .sum(sum)
          .customBounds(bounds)
          .positive(Buckets.of(new int[] {0}, new int[] {counts.length}, counts))
          .build();
    }
  }

  private void addNative(MemoryStorage storage) {
    Map<Labels, Map<Integer, Classic>> classics = new HashMap<>();
    for (SeriesLine line : lines) {
      String name = line.labels().metricName();
      for (String suffix : List.of("_bucket", "_count", "_sum")) {
        if (name.endsWith(suffix)) {
          String base = name.substring(0, name.length() - suffix.length());
          collect(classics, line, base, suffix);
        }
      }
    }
    classics.forEach(
        (labels, times) ->
            times.forEach(
                (i, classic) ->
                    storage.add(
                        labels,
                        i * stepMillis,
                        new SequenceValue(false, 0, classic.convert(), false),
                        0)));
  }

  private static void collect(
      Map<Labels, Map<Integer, Classic>> classics, SeriesLine line, String base, String suffix) {
    String bound = line.labels().get(LabelName.BUCKET);
    if (suffix.equals("_bucket") && bound.isEmpty()) {
      return;
    }
    Labels labels = line.labels().without(List.of(LabelName.BUCKET)).with(LabelName.METRIC, base);
    for (int i = 0; i < line.values().size(); i++) {
      SequenceValue value = line.values().get(i);
      if (value.omitted() || value.histogram() != null) {
        continue;
      }
      Classic classic =
          classics
              .computeIfAbsent(labels, _ -> new TreeMap<>())
              .computeIfAbsent(i, _ -> new Classic());
      switch (suffix) {
        case "_bucket" -> classic.cumulative.put(GoFloat.parse(bound), value.value());
        case "_count" -> classic.count = value.value();
        default -> classic.sum = value.value();
      }
    }
  }
}
