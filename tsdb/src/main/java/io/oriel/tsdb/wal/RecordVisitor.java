package io.oriel.tsdb.wal;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;

/// Is told what a log says, in its order. Times are Unix milliseconds; references name series of
/// this log only.
public interface RecordVisitor {
  /// A reference stands for these labels from here on.
  default void series(long ref, Labels labels) {}

  default void sample(long ref, long timestampMillis, double value) {}

  /// The float samples of one record, as columns that are reused after the call.
  default void samples(long[] refs, long[] timestampsMillis, double[] values, int count) {
    for (int i = 0; i < count; i++) {
      sample(refs[i], timestampsMillis[i], values[i]);
    }
  }

  default void histogram(long ref, long timestampMillis, NativeHistogram histogram) {}

  default void exemplar(long ref, Exemplar exemplar) {}

  default void metadata(long ref, MetricMetadata metadata) {}

  /// A range was deleted, both ends inclusive.
  default void tombstone(long ref, long minMillis, long maxMillis) {}

  /// The samples of a series that were told before are in the chunk on disk with this reference.
  default void marker(long ref, long chunk) {}

  /// A record of a type that this version does not know was skipped.
  default void unknown(int type) {}
}
