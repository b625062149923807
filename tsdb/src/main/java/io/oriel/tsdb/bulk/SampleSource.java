package io.oriel.tsdb.bulk;

import io.oriel.model.labels.Labels;
import java.io.IOException;

/// Samples that can be read again and again.
@FunctionalInterface
public interface SampleSource {
  /// Takes samples.
  @FunctionalInterface
  interface Sink {
    void sample(Labels labels, long timestampMillis, double value);
  }

  /// Puts all samples into {@code sink}, the same ones each time, in any order.
  ///
  /// @throws io.oriel.model.error.OrielException when the source is not well formed
  void read(Sink sink) throws IOException;
}
