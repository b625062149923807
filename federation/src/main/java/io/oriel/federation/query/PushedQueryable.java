package io.oriel.federation.query;

import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.Answer;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.series.Warning;
import io.oriel.promql.value.Grid;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.oriel.wire.storeapi.QueryResponse.ResultSeries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Series that endpoints have evaluated, beside those that are fetched.
///
/// Evaluated series have a sample at some steps of the query and a stale marker at the others, so
/// that no step sees the value of the step before.
///
/// @param answers by the value of {@link Distribution#PUSHED}
record PushedQueryable(Queryable base, Map<String, List<RemoteAnswer>> answers, Grid grid)
    implements Queryable {
  @Override
  public Querier querier(long minMillis, long maxMillis) throws IOException {
    return new View(base.querier(minMillis, maxMillis));
  }

  private final class View implements Querier {
    private final Querier fetched;

    View(Querier fetched) {
      this.fetched = fetched;
    }

    @Override
    public SeriesCursor select(SelectHints hints, List<Matcher> matchers) throws IOException {
      for (Matcher matcher : matchers) {
        if (matcher.name().equals(Distribution.PUSHED)) {
          return new Cursor(series(answers.getOrDefault(matcher.value(), List.of())).iterator());
        }
      }
      return fetched.select(hints, matchers);
    }

    private List<Series> series(List<RemoteAnswer> parts) {
      List<Series> all = new ArrayList<>();
      for (RemoteAnswer part : parts) {
        for (ResultSeries series : part.series()) {
          all.add(new Evaluated(series.labels(), series.samples(), grid));
        }
      }
      return all;
    }

    @Override
    public Answer<List<String>> labelValues(String name, int limit, List<Matcher> matchers)
        throws IOException {
      return fetched.labelValues(name, limit, matchers);
    }

    @Override
    public Answer<List<String>> labelNames(int limit, List<Matcher> matchers) throws IOException {
      return fetched.labelNames(limit, matchers);
    }

    @Override
    public void close() {
      fetched.close();
    }
  }

  private record Evaluated(Labels labels, SampleColumns samples, Grid grid) implements Series {
    @Override
    public void read(SampleColumns into) {
      int row = 0;
      for (int step = 0; step < grid.count(); step++) {
        long time = grid.time(step);
        while (row < samples.size() && samples.timestamps()[row] < time) {
          row++;
        }
        if (row < samples.size() && samples.timestamps()[row] == time) {
          into.addRow(samples, row);
        } else {
          into.add(time, StaleMarker.VALUE);
        }
      }
    }

    @Override
    public List<EncodedChunk> chunks() {
      SampleColumns rows = new SampleColumns();
      read(rows);
      return SampleEncoder.encode(rows);
    }
  }

  private record Cursor(Iterator<Series> all) implements SeriesCursor {
    @Override
    public @Nullable Series next() {
      return all.hasNext() ? all.next() : null;
    }

    @Override
    public List<Warning> warnings() {
      return List.of();
    }

    @Override
    public void close() {
      // nothing is held
    }
  }
}
