package io.oriel.metrics.queue;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import org.jspecify.annotations.Nullable;

/// One thing to be sent, with the labels it goes out under.
sealed interface Item {
  Outgoing series();

  /// Unix milliseconds.
  long timeMillis();

  /// A series as the receiver knows it.
  ///
  /// @param metadata null when the log told none
  record Outgoing(Labels labels, @Nullable MetricMetadata metadata) {}

  record Sample(Outgoing series, long timeMillis, double value) implements Item {}

  record Histogram(Outgoing series, long timeMillis, NativeHistogram histogram) implements Item {}

  record Example(Outgoing series, Exemplar exemplar) implements Item {
    @Override
    public long timeMillis() {
      return exemplar.timestampMillis();
    }
  }
}
