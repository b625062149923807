package io.oriel.model.series;

import io.oriel.model.matcher.Matcher;
import java.io.IOException;
import java.util.List;

/// A consistent view of one time range. Its methods may be called from several threads; the cursors
/// they return may not. Everything it hands out is valid until it is closed.
public interface Querier extends AutoCloseable {
  /// The series that satisfy all {@code matchers} and may have samples in the range of {@code
  /// hints}.
  ///
  /// Sorted by labels when the hints ask for it. The caller closes the cursor.
  SeriesCursor select(SelectHints hints, List<Matcher> matchers) throws IOException;

  /// The values of label {@code name} over the series that satisfy all {@code matchers}, sorted in
  /// UTF-8 order, without duplicates; at most {@code limit} of them unless it is zero.
  Answer<List<String>> labelValues(String name, int limit, List<Matcher> matchers)
      throws IOException;

  /// The label names over the series that satisfy all {@code matchers}, sorted in UTF-8 order,
  /// without duplicates; at most {@code limit} of them unless it is zero.
  Answer<List<String>> labelNames(int limit, List<Matcher> matchers) throws IOException;

  @Override
  void close();
}
