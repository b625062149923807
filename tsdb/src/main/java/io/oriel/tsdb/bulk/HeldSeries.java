package io.oriel.tsdb.bulk;

import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Answer;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.series.Warning;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The series of one range while they are gathered; then a source for the writer of its block. Only
/// what that writer asks is answered: everything, in order.
final class HeldSeries implements Querier {
  private final Map<Labels, SampleColumns> held = new HashMap<>();
  private Labels lastLabels = Labels.empty();
  private SampleColumns last = new SampleColumns();
  private long minMillis = Long.MAX_VALUE;
  private long maxMillis = Long.MIN_VALUE;

  void add(Labels labels, long timestampMillis, double value) {
    if (held.isEmpty() || !labels.equals(lastLabels)) {
      last = held.computeIfAbsent(labels, _ -> new SampleColumns());
      lastLabels = labels;
    }
    last.add(timestampMillis, value);
    minMillis = Math.min(minMillis, timestampMillis);
    maxMillis = Math.max(maxMillis, timestampMillis);
  }

  /// Time of the first sample.
  long minMillis() {
    return minMillis;
  }

  /// Time of the last sample, inclusive.
  long maxMillis() {
    return maxMillis;
  }

  @Override
  public SeriesCursor select(SelectHints hints, List<Matcher> matchers) {
    Iterator<Map.Entry<Labels, SampleColumns>> all = new TreeMap<>(held).entrySet().iterator();
    return new SeriesCursor() {
      @Override
      public @Nullable Series next() {
        if (!all.hasNext()) {
          return null;
        }
        Map.Entry<Labels, SampleColumns> entry = all.next();
        return new HeldOne(entry.getKey(), entry.getValue());
      }

      @Override
      public List<Warning> warnings() {
        return List.of();
      }

      @Override
      public void close() {}
    };
  }

  private record HeldOne(Labels labels, SampleColumns rows) implements Series {
    @Override
    public void read(SampleColumns into) {
      long[] times = rows.timestamps();
      double[] values = rows.values();
      int size = rows.size();
      int[] order =
          isSorted(times, size)
              ? IntStream.range(0, size).toArray()
              : IntStream.range(0, size)
                  .boxed()
                  .sorted((a, b) -> Long.compare(times[a], times[b]))
                  .mapToInt(Integer::intValue)
                  .toArray();
      for (int i = 0; i < size; i++) {
        boolean replaced = i + 1 < size && times[order[i + 1]] == times[order[i]];
        if (!replaced) {
          into.add(times[order[i]], values[order[i]]);
        }
      }
    }

    private static boolean isSorted(long[] times, int size) {
      for (int i = 1; i < size; i++) {
        if (times[i] < times[i - 1]) {
          return false;
        }
      }
      return true;
    }

    @Override
    public List<EncodedChunk> chunks() {
      throw new UnsupportedOperationException("samples being imported are not encoded");
    }
  }

  @Override
  public Answer<List<String>> labelValues(String name, int limit, List<Matcher> matchers) {
    throw new UnsupportedOperationException("series being imported are not indexed");
  }

  @Override
  public Answer<List<String>> labelNames(int limit, List<Matcher> matchers) {
    throw new UnsupportedOperationException("series being imported are not indexed");
  }

  @Override
  public void close() {}
}
