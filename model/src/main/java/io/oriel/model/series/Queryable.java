package io.oriel.model.series;

import java.io.IOException;

/// Something series can be read from.
public interface Queryable {
  /// Opens a view of the samples from {@code minMillis} to {@code maxMillis}, both inclusive, as
  /// they are now.
  ///
  /// The caller closes it.
  Querier querier(long minMillis, long maxMillis) throws IOException;
}
