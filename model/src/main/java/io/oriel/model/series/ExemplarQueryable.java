package io.oriel.model.series;

import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.Exemplar;
import java.io.IOException;
import java.util.List;

/// Something exemplars can be read from.
public interface ExemplarQueryable {
  /// One series' exemplars, oldest first.
  record SeriesExemplars(Labels series, List<Exemplar> exemplars) {
    public SeriesExemplars {
      exemplars = List.copyOf(exemplars);
    }
  }

  /// The exemplars from {@code startMillis} to {@code endMillis}, both inclusive, of the series
  /// that satisfy all matchers of any one of {@code selectors}; sorted by series labels.
  List<SeriesExemplars> exemplars(long startMillis, long endMillis, List<List<Matcher>> selectors)
      throws IOException;
}
