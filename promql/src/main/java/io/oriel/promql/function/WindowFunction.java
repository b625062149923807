package io.oriel.promql.function;

import io.oriel.promql.value.Column;

/// A function over the samples of a window that is not empty. Safe to use from several threads.
public interface WindowFunction {
  /// Puts the result for {@code window} into {@code out} at {@code step}, or leaves nothing there.
  ///
  /// @param parameters the values of the scalar arguments at this step
  void apply(SampleWindow window, double[] parameters, Column out, int step);
}
