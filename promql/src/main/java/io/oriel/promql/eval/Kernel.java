package io.oriel.promql.eval;

import io.oriel.model.labels.Labels;
import io.oriel.model.series.SampleColumns;
import io.oriel.promql.value.Column;

/// Computes one series over all steps from its samples. Confined to one thread; a source opens one
/// per thread.
interface Kernel {
  /// Fills every step of {@code out}.
  ///
  /// @param labels identity of the series the samples belong to
  /// @return how many samples were looked at, counted once per step
  long run(SampleColumns in, Labels labels, Column out);
}
