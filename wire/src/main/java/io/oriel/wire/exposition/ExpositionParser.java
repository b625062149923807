package io.oriel.wire.exposition;

import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import java.util.List;

/// Reads one exposition, entry by entry. Not thread-safe, single use.
///
/// After {@link #next} the getters of that kind of entry hold until the following call.
public sealed interface ExpositionParser
    permits PrometheusTextParser, OpenMetricsParser, ProtobufParser, CustomBucketParser {
  /// What {@link #next} came upon.
  enum Entry {
    /** A float sample. */
    SERIES,
    /** A native histogram sample. */
    HISTOGRAM,
    TYPE,
    HELP,
    UNIT,
    /** Text for people; nothing to read. */
    COMMENT,
    /** Nothing follows. */
    END
  }

  /// Moves to the next entry.
  ///
  /// @throws ExpositionException when the text breaks the format; the parser is then useless
  Entry next();

  /// Says which series is likely to come next, by the bytes that name it: those of {@code bytes}
  /// from {@code from} to {@code to}, exclusive. Text is then compared instead of taken apart.
  /// Holds until said otherwise; the bytes must stay as they are.
  void expect(byte[] bytes, int from, int to);

  /// Takes the last {@link #expect} back.
  void expectNothing();

  /// Whether the series is the expected one. It may be so without saying so.
  boolean isExpected();

  /// The array that holds the bytes which name the series; only until the next call.
  byte[] seriesBytes();

  /// Where in {@link #seriesBytes} the series starts.
  int seriesOffset();

  int seriesLength();

  /// A hash of the bytes that name the series: equal bytes have equal hashes within this process.
  long seriesHash();

  /// The labels of the series, `__name__` included, put into {@code into}, which is reset first.
  ///
  /// @throws ExpositionException when the series is not well formed
  void labels(LabelsBuilder into);

  /// The value of a SERIES.
  double value();

  /// The value of a HISTOGRAM.
  NativeHistogram histogram();

  boolean hasTimestamp();

  /// Unix milliseconds; meaningless unless {@link #hasTimestamp}.
  long timestampMillis();

  /// When the series began to count, in Unix milliseconds; zero when not told.
  long startMillis();

  /// The exemplars of the sample, most often none.
  List<Exemplar> exemplars();

  /// The family that TYPE, HELP and UNIT speak of; of a sample the family it belongs to, as far as
  /// metadata tells.
  String family();

  /// The type that TYPE declares.
  MetricType type();

  /// The text of HELP, or the word of UNIT.
  String text();
}
