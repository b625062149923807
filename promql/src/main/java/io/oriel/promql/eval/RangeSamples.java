package io.oriel.promql.eval;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.promql.parse.Expr.Edges;
import io.oriel.promql.plan.PlanNode;
import io.oriel.promql.plan.PlanNode.Repeat;
import io.oriel.promql.plan.PlanNode.Window;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import io.oriel.promql.value.Value.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The samples that a range selector or subquery yields when nothing is applied to it.
public record RangeSamples(Execution execution, Evaluator evaluator) {
  /// The samples of {@code node} at the only step of {@code grid}, by labels.
  public List<Samples> of(PlanNode node, Grid grid) {
    List<Samples> samples =
        switch (node) {
          case Window window -> window(window, grid.startMillis());
          case Repeat repeat -> subquery(repeat, grid);
          case PlanNode other -> throw OrielException.bug("no range: " + other.source());
        };
    samples.sort(Comparator.comparing(Samples::labels));
    return samples;
  }

  private List<Samples> window(Window window, long time) {
    long end = window.when().from(time);
    long start = end - window.rangeMillis();
    Edges edges = window.selector().edges();
    long lookback = execution.limits().lookbackMillis();
    SelectHints hints =
        SelectHints.range(
            start + 1 - (edges == Edges.PLAIN ? 0 : lookback),
            end + (edges == Edges.SMOOTHED ? lookback : 0));
    List<Samples> result = new ArrayList<>();
    try (SeriesCursor cursor = execution.querier().select(hints, window.selector().matchers())) {
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        execution.check();
        execution.countSeries(1);
        SampleColumns all = new SampleColumns();
        series.read(all);
        SampleColumns kept =
            edges == Edges.PLAIN
                ? within(all, start, end)
                : BareEdges.extend(all, start, end, edges == Edges.SMOOTHED);
        execution.countSamples(kept.size());
        if (kept.size() > 0) {
          result.add(new Samples(series.labels(), kept));
        }
      }
      cursor.warnings().forEach(execution.annotations()::add);
    } catch (IOException e) {
      throw new OrielException(Kind.UNAVAILABLE, "expanding series: " + e.getMessage(), e);
    }
    return result;
  }

  /// The samples after {@code start} and up to {@code end}, without stale markers.
  static SampleColumns within(SampleColumns all, long start, long end) {
    SampleColumns kept = new SampleColumns(all.size());
    for (int i = 0; i < all.size(); i++) {
      long time = all.timestamps()[i];
      if (time <= start || time > end) {
        continue;
      }
      NativeHistogram histogram = all.histogram(i);
      if (histogram == null) {
        if (!StaleMarker.is(all.values()[i])) {
          kept.add(time, all.values()[i]);
        }
      } else if (!histogram.isStale()) {
        kept.add(time, histogram);
      }
    }
    return kept;
  }

  private List<Samples> subquery(Repeat repeat, Grid grid) {
    Grid inner = new Selectors(execution, evaluator).innerGrid(repeat, grid);
    List<Samples> result = new ArrayList<>();
    for (Column column : evaluator.columns(repeat.child(), inner)) {
      SampleColumns samples = new SampleColumns();
      Selectors.load(column, inner, samples);
      result.add(new Samples(column.labels(), samples));
    }
    return result;
  }
}
