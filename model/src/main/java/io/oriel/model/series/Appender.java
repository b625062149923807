package io.oriel.model.series;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.StaleMarker;
import java.io.IOException;

/// One transaction of writes. Nothing is visible to readers before {@link #commit} returns, and
/// then all of it is. Not thread-safe.
///
/// A series is named by a reference, which {@link #series} resolves once and a caller may keep:
/// while the series is in memory, appending by reference builds no label set. When it is gone,
/// appends answer UNKNOWN_SERIES.
public interface Appender extends AutoCloseable {
  /** What {@link #series} returns when a limit forbids a new series; never names one. */
  long NO_SERIES = 0;

  /// The reference of the series with these labels, which is created if need be; {@link #NO_SERIES}
  /// when a series limit forbids it.
  ///
  /// @throws io.oriel.model.error.OrielException of kind INVALID when the labels are empty or not
  ///   well formed
  long series(Labels labels);

  /// Says that the series {@code refs} from {@code from} to {@code to}, exclusive, will be appended
  /// to next, in this order most likely. A storage may fetch what it needs for them in one go.
  /// References that name nothing do no harm.
  default void prepare(long[] refs, int from, int to) {}

  /// Appends a float sample.
  AppendOutcome append(long ref, long timestampMillis, double value);

  /// Appends a histogram sample.
  AppendOutcome append(long ref, long timestampMillis, NativeHistogram histogram);

  /// Appends the zero sample of a counter that started at {@code startMillis} and is about to get a
  /// sample at {@code timestampMillis}; a histogram's zero when {@code histogram}.
  AppendOutcome appendStart(long ref, long timestampMillis, long startMillis, boolean histogram);

  /// Marks the series as ended at {@code timestampMillis}, unless it has newer samples by then:
  /// OUT_OF_ORDER, also where late samples are taken.
  default AppendOutcome appendEnd(long ref, long timestampMillis) {
    return append(ref, timestampMillis, StaleMarker.VALUE);
  }

  /// Keeps an exemplar of the series.
  AppendOutcome append(long ref, Exemplar exemplar);

  /// Notes the metadata of the series.
  void metadata(long ref, MetricMetadata metadata);

  /// Makes the transaction durable and visible. When it throws, nothing of it is visible.
  void commit() throws IOException;

  /// Forgets the transaction; series it created stay until garbage collection.
  void rollback();

  /// Rolls back unless committed or rolled back.
  @Override
  void close();
}
