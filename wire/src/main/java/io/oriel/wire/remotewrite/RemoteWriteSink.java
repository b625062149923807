package io.oriel.wire.remotewrite;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;

/// Takes what a remote write request holds, series by series: first {@link #series}, then its
/// samples, in the order of the message.
public interface RemoteWriteSink {
  /// The samples that follow belong to {@code labels}.
  ///
  /// @throws io.oriel.model.error.OrielException when they are not acceptable; reading stops
  void series(Labels labels);

  /// @param startMillis when the counter began, zero when not told
  void sample(long timestampMillis, double value, long startMillis);

  /// @param startMillis when the counter began, zero when not told
  void histogram(long timestampMillis, NativeHistogram histogram, long startMillis);

  void exemplar(Exemplar exemplar);

  /// Metadata of {@code family}; in version 2 of the present series.
  void metadata(String family, MetricMetadata metadata);

  /// Something that cannot be understood was left out, and reading goes on behind it.
  ///
  /// @param problem fit to be shown to the sender
  /// @param samples how many samples and histograms went with it
  void skipped(String problem, int samples);
}
