package io.oriel.promql.script;

import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Answer;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.series.Warning;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A small storage for test scripts and rule unit tests. Not thread-safe for writes.
public final class MemoryStorage implements Queryable {
  private final TreeMap<Labels, MemorySeries> series = new TreeMap<>();

  /// Adds a sample, in place of one that is there; omitted values add nothing.
  ///
  /// @param startMillis when the counter started, zero when unknown
  public void add(Labels labels, long timeMillis, SequenceValue value, long startMillis) {
    if (!value.omitted()) {
      series.computeIfAbsent(labels, MemorySeries::new).put(timeMillis, value, startMillis);
    }
  }

  /// Forgets everything.
  public void clear() {
    series.clear();
  }

  @Override
  public Querier querier(long minMillis, long maxMillis) {
    return new Querier() {
      @Override
      public SeriesCursor select(SelectHints hints, List<Matcher> matchers) {
        long min = Math.max(minMillis, hints.startMillis());
        long max = Math.min(maxMillis, hints.endMillis());
        return cursor(matching(matchers, min, max).map(s -> s.between(min, max)).iterator());
      }

      @Override
      public Answer<List<String>> labelValues(String name, int limit, List<Matcher> matchers) {
        return Answer.of(
            limited(
                matching(matchers, minMillis, maxMillis)
                    .map(s -> s.labels().get(name))
                    .filter(value -> !value.isEmpty()),
                limit));
      }

      @Override
      public Answer<List<String>> labelNames(int limit, List<Matcher> matchers) {
        return Answer.of(
            limited(
                matching(matchers, minMillis, maxMillis)
                    .flatMap(s -> s.labels().toMap().keySet().stream()),
                limit));
      }

      @Override
      public void close() {}
    };
  }

  private Stream<MemorySeries> matching(List<Matcher> matchers, long min, long max) {
    return series.values().stream()
        .filter(s -> Matcher.all(matchers, s.labels()) && !s.isEmpty(min, max));
  }

  private static List<String> limited(Stream<String> strings, int limit) {
    Stream<String> sorted = strings.distinct().sorted(Utf8Order.COMPARATOR);
    return (limit == 0 ? sorted : sorted.limit(limit)).toList();
  }

  private static SeriesCursor cursor(Iterator<Series> all) {
    return new SeriesCursor() {
      @Override
      public @Nullable Series next() {
        return all.hasNext() ? all.next() : null;
      }

      @Override
      public List<Warning> warnings() {
        return List.of();
      }

      @Override
      public void close() {}
    };
  }
}
