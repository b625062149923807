package io.oriel.wire.exposition;

import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Quoted;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// OpenMetrics text 0.0.1 and 1.0.0, as lax as Prometheus' own parser; seconds become milliseconds
/// here.
final class OpenMetricsParser implements ExpositionParser {
  static final Map<String, MetricType> TYPES =
      Map.of(
          "counter", MetricType.COUNTER,
          "gauge", MetricType.GAUGE,
          "histogram", MetricType.HISTOGRAM,
          "gaugehistogram", MetricType.GAUGE_HISTOGRAM,
          "summary", MetricType.SUMMARY,
          "info", MetricType.INFO,
          "stateset", MetricType.STATESET,
          "unknown", MetricType.UNKNOWN);
  private static final double MAX_SECONDS = Long.MAX_VALUE / 1000.0;

  private final TextCursor in;
  private final SeriesText series;
  private final ParserOptions options;
  private final LabelsBuilder exemplarLabels = new LabelsBuilder();
  private @Nullable CreatedTimes created;
  private int seriesOffset;
  private int seriesLength;
  private double value;
  private boolean asExpected;
  private boolean timestamped;
  private long timestampMillis;
  private double seconds;
  private double lastSeconds;
  private List<Exemplar> exemplars = List.of();
  private String family = "";
  private String typedFamily = "";
  private String unit = "";
  private MetricType type = MetricType.UNKNOWN;
  private String text = "";

  OpenMetricsParser(byte[] bytes, int length, ParserOptions options) {
    this(bytes, length, options, false);
  }

  OpenMetricsParser(byte[] bytes, int length, ParserOptions options, boolean strict) {
    in = new TextCursor(bytes, length);
    series = new SeriesText(in, strict);
    this.options = options;
  }

  @Override
  public Entry next() {
    while (true) {
      if (in.atEnd()) {
        throw in.error("data does not end with # EOF");
      }
      if (in.startsWith("# EOF")) {
        return endOfText();
      }
      if (in.peek() == '#') {
        return metadata();
      }
      sample();
      if (created == null || !created.skips(seriesOffset)) {
        return Entry.SERIES;
      }
    }
  }

  private Entry endOfText() {
    in.at += 5;
    if (in.peek() == '\n') {
      in.at++;
    }
    if (!in.atEnd()) {
      throw in.error("unexpected data after # EOF");
    }
    in.at = in.end;
    // A further call would find the end again instead of complaining about it.
    in.at -= in.bytes[in.end - 1] == '\n' ? 6 : 5;
    return Entry.END;
  }

  private Entry metadata() {
    Entry entry;
    if (in.startsWith("# HELP ")) {
      entry = Entry.HELP;
    } else if (in.startsWith("# TYPE ")) {
      entry = Entry.TYPE;
    } else if (in.startsWith("# UNIT ")) {
      entry = Entry.UNIT;
    } else {
      throw in.unexpected("# HELP, # TYPE, # UNIT, # EOF or a sample");
    }
    in.at += 7;
    family = metadataName();
    if (in.peek() != ' ') {
      throw in.unexpected("a space after the metric name");
    }
    int from = in.at + 1;
    int to = in.lineEnd();
    switch (entry) {
      case TYPE -> declareType(from, to);
      case UNIT -> declareUnit(from, to);
      default -> text = in.unescaped(from, to, true);
    }
    in.at = to;
    endLine();
    if (entry == Entry.TYPE && options.startTimestamps() && CreatedTimes.apply(type)) {
      created = CreatedTimes.scan(in, family);
    }
    return entry;
  }

  private void declareType(int from, int to) {
    String word = in.text(from, to);
    MetricType found = TYPES.get(word);
    if (found == null) {
      in.at = from;
      throw in.error("invalid metric type " + Quoted.of(in.excerpt(from, to)));
    }
    type = found;
    typedFamily = family;
    unit = "";
    created = null;
  }

  private void declareUnit(int from, int to) {
    text = in.text(from, to);
    if (!text.isEmpty() && !family.endsWith("_" + text)) {
      in.at = from;
      throw in.error("unit " + Quoted.of(text) + " not a suffix of metric " + Quoted.of(family));
    }
    unit = text;
  }

  private String metadataName() {
    int start = in.at;
    if (in.peek() == '"') {
      in.skipQuoted();
      return in.unquoted(start, in.at);
    }
    if (!in.skipMetricName()) {
      throw in.unexpected("a metric name");
    }
    return in.text(start, in.at);
  }

  private void sample() {
    int start = in.at;
    asExpected = in.skipExpected();
    boolean named = asExpected || in.skipMetricName();
    if (!asExpected && in.peek() == '{') {
      in.skipBraces();
    } else if (!named) {
      throw in.unexpected("a metric name");
    }
    seriesOffset = start;
    seriesLength = in.at - start;
    value = spacedNumber("a space and a value");
    exemplars = List.of();
    timestamped = in.peek() == ' ' && !in.startsWith(" # {");
    if (timestamped) {
      timestampMillis = timestamp();
      seconds = lastSeconds;
    }
    if (in.startsWith(" # {")) {
      exemplar();
    }
    if (in.peek() != '\n') {
      throw in.unexpected("the end of the line");
    }
    in.at++;
  }

  private double spacedNumber(String want) {
    if (in.peek() != ' ') {
      throw in.unexpected(want);
    }
    in.at++;
    int from = in.at;
    while (in.at < in.end && in.bytes[in.at] != ' ' && in.bytes[in.at] != '\n') {
      in.at++;
    }
    if (from == in.at) {
      throw in.unexpected(want);
    }
    int to = in.at;
    double number = in.number(from, to);
    in.at = to;
    return number;
  }

  /// Seconds, fractional, to milliseconds.
  private long timestamp() {
    int from = in.at + 1;
    double read = spacedNumber("a space and a timestamp");
    if (Double.isNaN(read) || Math.abs(read) > MAX_SECONDS) {
      in.at = from;
      throw in.error("invalid timestamp " + read);
    }
    lastSeconds = read;
    return (long) (read * 1000);
  }

  private void exemplar() {
    in.at += 3;
    series.exemplarLabels(in.at, exemplarLabels);
    double exemplarValue = spacedNumber("a space and the exemplar's value");
    boolean hasTime = in.peek() == ' ';
    long time = hasTime ? timestamp() : 0;
    exemplars = List.of(new Exemplar(exemplarLabels.build(), exemplarValue, time, hasTime));
  }

  private void endLine() {
    if (in.atEnd()) {
      throw in.error("data does not end with # EOF");
    }
    in.at++;
  }

  /// The sample's time as written, in seconds.
  double seconds() {
    return seconds;
  }

  /// A mistake found later in the series read last.
  ExpositionException mistake(String problem) {
    int resume = in.at;
    in.at = seriesOffset;
    ExpositionException e = in.error(problem);
    in.at = resume;
    return e;
  }

  /// A mistake found later in the line before the present one.
  ExpositionException mistakeAbove(String problem) {
    int resume = in.at;
    in.at = Math.max(0, in.at - 1);
    ExpositionException e = in.error(problem);
    in.at = resume;
    return e;
  }

  @Override
  public void expect(byte[] bytes, int from, int to) {
    in.expect(bytes, from, to);
  }

  @Override
  public void expectNothing() {
    in.expectNothing();
  }

  @Override
  public boolean isExpected() {
    return asExpected;
  }

  @Override
  public byte[] seriesBytes() {
    return in.bytes;
  }

  @Override
  public int seriesOffset() {
    return seriesOffset;
  }

  @Override
  public int seriesLength() {
    return seriesLength;
  }

  @Override
  public long seriesHash() {
    return SeriesHash.of(in.bytes, seriesOffset, seriesLength);
  }

  @Override
  public void labels(LabelsBuilder into) {
    int resume = in.at;
    series.labels(seriesOffset, type, into);
    in.at = resume;
    if (options.typeAndUnitLabels()) {
      TypeLabels.add(into, typedFamily, type, unit);
    }
  }

  @Override
  public double value() {
    return value;
  }

  @Override
  public NativeHistogram histogram() {
    throw new IllegalStateException("text carries no native histograms");
  }

  @Override
  public boolean hasTimestamp() {
    return timestamped;
  }

  @Override
  public long timestampMillis() {
    return timestampMillis;
  }

  @Override
  public long startMillis() {
    if (created == null) {
      return 0;
    }
    LabelsBuilder labels = new LabelsBuilder();
    labels(labels);
    labels.remove(LabelName.METRIC).remove(LabelName.BUCKET).remove(LabelName.QUANTILE);
    return created.startMillis(labels.build());
  }

  @Override
  public List<Exemplar> exemplars() {
    return exemplars;
  }

  @Override
  public String family() {
    return family;
  }

  @Override
  public MetricType type() {
    return type;
  }

  @Override
  public String text() {
    return text;
  }
}
