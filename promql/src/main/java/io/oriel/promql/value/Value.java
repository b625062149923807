package io.oriel.promql.value;

import io.oriel.model.labels.Labels;
import io.oriel.model.series.SampleColumns;
import java.util.List;

/// What a query yields. Columns and samples in it are shared, not copied: do not change them.
public sealed interface Value {
  /// A number at the time of an instant query.
  record Scalar(long timeMillis, double value) implements Value {}

  /// A string at the time of an instant query.
  record Text(long timeMillis, String value) implements Value {}

  /// Series of one step each.
  record InstantVector(long timeMillis, List<Column> series) implements Value {
    public InstantVector {
      series = List.copyOf(series);
    }
  }

  /// Series over the steps of a range query, sorted by labels.
  record RangeMatrix(Grid grid, List<Column> series) implements Value {
    public RangeMatrix {
      series = List.copyOf(series);
    }
  }

  /// Samples with times of their own, as a bare range selector in an instant query yields; sorted
  /// by labels.
  record SampleMatrix(List<Samples> series) implements Value {
    public SampleMatrix {
      series = List.copyOf(series);
    }
  }

  /// One series of a {@link SampleMatrix}.
  record Samples(Labels labels, SampleColumns samples) {}
}
