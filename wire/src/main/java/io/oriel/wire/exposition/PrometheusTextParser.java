package io.oriel.wire.exposition;

import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Quoted;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import java.util.List;
import java.util.Map;

/// Prometheus text format 0.0.4, and 1.0.0 with quoted names, as lax as Prometheus' own parser.
final class PrometheusTextParser implements ExpositionParser {
  private static final Map<String, MetricType> TYPES =
      Map.of(
          "counter", MetricType.COUNTER,
          "gauge", MetricType.GAUGE,
          "histogram", MetricType.HISTOGRAM,
          "summary", MetricType.SUMMARY,
          "untyped", MetricType.UNKNOWN);

  private final TextCursor in;
  private final SeriesText series;
  private final boolean typeLabels;
  private int seriesOffset;
  private int seriesLength;
  private double value;
  private boolean asExpected;
  private boolean timestamped;
  private long timestampMillis;
  private String family = "";
  private String typedFamily = "";
  private MetricType type = MetricType.UNKNOWN;
  private String text = "";

  PrometheusTextParser(byte[] bytes, int length, ParserOptions options) {
    in = new TextCursor(bytes, length);
    series = new SeriesText(in, false);
    typeLabels = options.typeAndUnitLabels();
  }

  @Override
  public Entry next() {
    while (true) {
      in.skipBlanks();
      int c = in.peek();
      if (c < 0 && in.atEnd()) {
        return Entry.END;
      }
      if (c == '\n') {
        in.at++;
      } else if (c == '#') {
        return comment();
      } else {
        sample();
        return Entry.SERIES;
      }
    }
  }

  private Entry comment() {
    in.at++;
    int blank = in.at;
    in.skipBlanks();
    boolean separated = in.at > blank;
    if (separated && keyword("HELP")) {
      family = metadataName();
      text = helpText();
      return Entry.HELP;
    }
    if (separated && keyword("TYPE")) {
      family = metadataName();
      typedFamily = family;
      type = typeWord();
      return Entry.TYPE;
    }
    endLine();
    return Entry.COMMENT;
  }

  private boolean keyword(String word) {
    int after = in.at + word.length();
    boolean blank = after < in.end && (in.bytes[after] == ' ' || in.bytes[after] == '\t');
    if (!in.startsWith(word) || !blank) {
      return false;
    }
    in.at = after;
    in.skipBlanks();
    return true;
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

  private String helpText() {
    int to = in.lineEnd();
    if (in.at < to && in.peek() != ' ' && in.peek() != '\t') {
      throw in.unexpected("a blank after the metric name");
    }
    in.skipBlanks();
    int from = Math.min(in.at, to);
    String help = in.unescaped(from, to, false);
    in.at = to;
    endLine();
    return help;
  }

  private MetricType typeWord() {
    in.skipBlanks();
    int from = in.at;
    int to = in.tokenEnd();
    MetricType found = TYPES.get(in.text(from, to));
    if (found == null) {
      throw in.error("invalid metric type " + Quoted.of(in.excerpt(from, to)));
    }
    in.at = to;
    in.skipBlanks();
    if (!in.atEnd() && in.peek() != '\n') {
      throw in.unexpected("the end of the line");
    }
    endLine();
    return found;
  }

  private void sample() {
    int start = in.at;
    asExpected = in.skipExpected();
    boolean named = asExpected || in.skipMetricName();
    int end = in.at;
    in.skipBlanks();
    if (in.peek() == '{' && !(asExpected && in.bytes[end - 1] == '}')) {
      asExpected = false;
      in.skipBraces();
      end = in.at;
      in.skipBlanks();
    } else if (!named) {
      throw in.unexpected("a metric name");
    }
    seriesOffset = start;
    seriesLength = end - start;
    int from = in.at;
    int to = in.tokenEnd();
    if (from == to) {
      throw in.unexpected("a value");
    }
    value = in.number(from, to);
    in.at = to;
    in.skipBlanks();
    timestamped = !in.atEnd() && in.peek() != '\n';
    if (timestamped) {
      timestamp();
    }
    endLine();
  }

  private void timestamp() {
    int to = in.tokenEnd();
    int i = in.at;
    boolean negative = in.bytes[i] == '-';
    i += negative ? 1 : 0;
    long millis = 0;
    if (i == to || to - i > 18) {
      throw in.unexpected("a timestamp in milliseconds");
    }
    for (; i < to; i++) {
      int d = in.bytes[i] - '0';
      if (d < 0 || d > 9) {
        throw in.unexpected("a timestamp in milliseconds");
      }
      millis = millis * 10 + d;
    }
    timestampMillis = negative ? -millis : millis;
    in.at = to;
    in.skipBlanks();
    if (!in.atEnd() && in.peek() != '\n') {
      throw in.unexpected("the end of the line");
    }
  }

  private void endLine() {
    in.at = Math.min(in.end, in.lineEnd() + 1);
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
    if (typeLabels) {
      TypeLabels.add(into, typedFamily, type, "");
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
    return 0;
  }

  @Override
  public List<Exemplar> exemplars() {
    return List.of();
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
