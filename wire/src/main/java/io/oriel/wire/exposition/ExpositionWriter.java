package io.oriel.wire.exposition;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import java.util.List;

/// Writes an exposition. Not thread-safe.
///
/// The caller keeps the samples of a family together and calls {@link #finish} once.
public sealed interface ExpositionWriter permits TextWriter, ProtobufWriter {
  /// A writer for {@code protocol}.
  ///
  /// @param escaping how to write names beyond the legacy rule
  static ExpositionWriter of(ScrapeProtocol protocol, NameEscaping escaping) {
    return protocol.format() == ScrapeProtocol.Format.PROTOBUF
        ? new ProtobufWriter(escaping)
        : new TextWriter(protocol, escaping);
  }

  /// Announces a family; empty help and unit stay unsaid.
  void family(String name, MetricMetadata metadata);

  /// Writes a sample without a time.
  void sample(Labels labels, double value);

  /// Writes a sample taken at {@code timestampMillis}, Unix milliseconds.
  default void sample(Labels labels, double value, long timestampMillis) {
    sample(labels, List.of(), value, timestampMillis);
  }

  /// Writes a sample with {@code more} labels behind its own.
  ///
  /// @param more names and values in turn, written as they are, empty values too
  void sample(Labels labels, List<String> more, double value, long timestampMillis);

  /// Writes a native histogram: with exponential buckets if the format has them, with custom bounds
  /// as a classic histogram.
  ///
  /// @param more as in {@link #sample(Labels, List, double, long)}
  /// @return whether the format can hold it; if not, nothing is written
  boolean histogram(
      Labels labels, List<String> more, NativeHistogram histogram, long timestampMillis);

  /// Ends the exposition.
  ///
  /// @return all of it; text is UTF-8
  byte[] finish();
}
