package io.oriel.tsdb.query;

import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Answer;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.series.Warning;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Several sources as one view; of two samples of one time, the earlier source's stays.
public final class MergedQuerier implements Querier {
  private final List<Querier> sources;

  /// @param sources oldest first; takes ownership
  public MergedQuerier(List<Querier> sources) {
    this.sources = List.copyOf(sources);
  }

  @Override
  public SeriesCursor select(SelectHints hints, List<Matcher> matchers) throws IOException {
    if (sources.size() == 1) {
      SeriesCursor only = sources.getFirst().select(hints, matchers);
      return hints.limit() > 0 ? new LimitedCursor(only, hints.limit()) : only;
    }
    List<SeriesCursor> cursors = new ArrayList<>();
    for (Querier source : sources) {
      cursors.add(source.select(hints.withSorted(true), matchers));
    }
    SeriesCursor all = new MergeCursor(cursors);
    return hints.limit() > 0 ? new LimitedCursor(all, hints.limit()) : all;
  }

  @Override
  public Answer<List<String>> labelValues(String name, int limit, List<Matcher> matchers)
      throws IOException {
    TreeSet<String> all = new TreeSet<>(Utf8Order.COMPARATOR);
    for (Querier source : sources) {
      all.addAll(source.labelValues(name, 0, matchers).value());
    }
    return limited(all, limit);
  }

  @Override
  public Answer<List<String>> labelNames(int limit, List<Matcher> matchers) throws IOException {
    TreeSet<String> all = new TreeSet<>(Utf8Order.COMPARATOR);
    for (Querier source : sources) {
      all.addAll(source.labelNames(0, matchers).value());
    }
    return limited(all, limit);
  }

  private static Answer<List<String>> limited(Collection<String> all, int limit) {
    return limit <= 0 || all.size() <= limit
        ? Answer.of(List.copyOf(all))
        : new Answer<>(
            all.stream().limit(limit).toList(),
            List.of(Warning.warning("results truncated due to limit")));
  }

  @Override
  public void close() {
    sources.forEach(Querier::close);
  }

  private static final class LimitedCursor implements SeriesCursor {
    private final SeriesCursor all;
    private int left;

    LimitedCursor(SeriesCursor all, int limit) {
      this.all = all;
      this.left = limit;
    }

    @Override
    public @Nullable Series next() throws IOException {
      return left-- > 0 ? all.next() : null;
    }

    @Override
    public List<Warning> warnings() {
      return all.warnings();
    }

    @Override
    public void close() {
      all.close();
    }
  }
}
