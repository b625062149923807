package io.oriel.federation.store;

import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Answer;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.series.Warning;
import io.oriel.tsdb.chunk.SampleEncoder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Series in memory, as chunks of 120 samples.
public final class TestSeries implements Queryable {
  private final TreeMap<Labels, SampleColumns> series = new TreeMap<>();

  /// Adds a float.
  public TestSeries add(Labels labels, long millis, double value) {
    series.computeIfAbsent(labels, _ -> new SampleColumns()).add(millis, value);
    return this;
  }

  @Override
  public Querier querier(long minMillis, long maxMillis) {
    return new View(minMillis, maxMillis);
  }

  private final class View implements Querier {
    private final long min;
    private final long max;

    View(long min, long max) {
      this.min = min;
      this.max = max;
    }

    private Stream<Map.Entry<Labels, SampleColumns>> found(List<Matcher> matchers) {
      return series.entrySet().stream()
          .filter(each -> Matcher.all(matchers, each.getKey()))
          .filter(each -> rows(each.getValue()).size() > 0);
    }

    private SampleColumns rows(SampleColumns all) {
      SampleColumns rows = new SampleColumns();
      for (int i = 0; i < all.size(); i++) {
        if (all.timestamps()[i] >= min && all.timestamps()[i] <= max) {
          rows.addRow(all, i);
        }
      }
      return rows;
    }

    @Override
    public SeriesCursor select(SelectHints hints, List<Matcher> matchers) {
      Iterator<Map.Entry<Labels, SampleColumns>> all = found(matchers).iterator();
      return new SeriesCursor() {
        @Override
        public @Nullable Series next() {
          if (!all.hasNext()) {
            return null;
          }
          Map.Entry<Labels, SampleColumns> next = all.next();
          return new One(next.getKey(), rows(next.getValue()));
        }

        @Override
        public List<Warning> warnings() {
          return List.of();
        }

        @Override
        public void close() {
          // nothing is held
        }
      };
    }

    @Override
    public Answer<List<String>> labelValues(String name, int limit, List<Matcher> matchers) {
      TreeSet<String> values = new TreeSet<>();
      found(matchers).map(each -> each.getKey().get(name)).forEach(values::add);
      values.remove("");
      return Answer.of(List.copyOf(values));
    }

    @Override
    public Answer<List<String>> labelNames(int limit, List<Matcher> matchers) {
      TreeSet<String> names = new TreeSet<>();
      found(matchers).forEach(each -> names.addAll(each.getKey().toMap().keySet()));
      return Answer.of(List.copyOf(names));
    }

    @Override
    public void close() {
      // nothing is held
    }
  }

  private record One(Labels labels, SampleColumns rows) implements Series {
    @Override
    public void read(SampleColumns into) {
      for (int i = 0; i < rows.size(); i++) {
        into.addRow(rows, i);
      }
    }

    @Override
    public List<EncodedChunk> chunks() {
      return new ArrayList<>(SampleEncoder.encode(rows));
    }
  }
}
