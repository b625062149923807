package io.oriel.alerting.rule;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Answer;
import io.oriel.model.series.Queryable;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.QueryOptions;
import io.oriel.promql.QueryResult;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Value;
import java.util.ArrayList;
import java.util.List;

/// Rules' questions, put to the engine.
public final class EngineQueries implements RuleQuery {
  private final QueryEngine engine;
  private final Queryable storage;

  public EngineQueries(QueryEngine engine, Queryable storage) {
    this.engine = engine;
    this.storage = storage;
  }

  @Override
  public Answer<List<RuleSample>> at(String expression, long timeMillis) {
    QueryResult result =
        engine.instant(storage, expression, timeMillis, QueryOptions.DEFAULT).run();
    return new Answer<>(samples(result.value()), result.warnings());
  }

  private static List<RuleSample> samples(Value value) {
    return switch (value) {
      case Value.Scalar scalar -> List.of(new RuleSample(Labels.empty(), scalar.value(), null));
      case Value.InstantVector vector -> {
        List<RuleSample> samples = new ArrayList<>(vector.series().size());
        for (Column column : vector.series()) {
          samples.add(new RuleSample(column.labels(), column.value(0), column.histogram(0)));
        }
        yield samples;
      }
      case Value.Text _, Value.RangeMatrix _, Value.SampleMatrix _ ->
          throw OrielException.invalid("rule result is not a vector or scalar");
    };
  }
}
