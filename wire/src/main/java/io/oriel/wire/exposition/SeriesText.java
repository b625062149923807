package io.oriel.wire.exposition;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Quoted;
import io.oriel.model.metric.MetricType;
import io.oriel.model.number.GoFloat;

/// Reads the text that names a series: `name{a="1"}` or, for names beyond the legacy rule,
/// `{"na.me","a.b"="1"}`.
final class SeriesText {
  private final TextCursor in;
  private final boolean strict;

  /// @param strict whether blanks and a trailing comma between the braces are mistakes
  SeriesText(TextCursor in, boolean strict) {
    this.in = in;
    this.strict = strict;
  }

  /// Puts the labels of the series at {@code from} into {@code into}; values of `le` and `quantile`
  /// are normalised for {@code type}.
  void labels(int from, MetricType type, LabelsBuilder into) {
    into.reset();
    in.at = from;
    String name = "";
    if (in.skipMetricName()) {
      name = in.text(from, in.at);
    }
    skipBlanks();
    if (in.peek() == '{') {
      in.at++;
      name = braces(name, true, type, into);
    }
    if (name.isEmpty()) {
      in.at = from;
      throw in.error("metric name not found");
    }
    into.set(LabelName.METRIC, name);
  }

  /// Puts the labels of an exemplar, whose opening brace is at {@code from}, into {@code into}.
  void exemplarLabels(int from, LabelsBuilder into) {
    into.reset();
    in.at = from + 1;
    braces("", false, MetricType.UNKNOWN, into);
  }

  private String braces(
      String outerName, boolean nameAllowed, MetricType type, LabelsBuilder into) {
    String name = outerName;
    boolean first = true;
    while (true) {
      skipBlanks();
      if (in.peek() == '}') {
        in.at++;
        return name;
      }
      if (!first) {
        if (in.peek() != ',') {
          throw in.unexpected("\",\" or \"}\"");
        }
        in.at++;
        skipBlanks();
        if (in.peek() == '}' && !strict) {
          in.at++;
          return name;
        }
      }
      first = false;
      int start = in.at;
      String label = word();
      skipBlanks();
      if (in.peek() != '=') {
        if (!nameAllowed || !name.isEmpty() || in.bytes[start] != '"') {
          throw in.unexpected("\"=\"");
        }
        name = label;
        continue;
      }
      in.at++;
      skipBlanks();
      value(start, label, type, into);
    }
  }

  private String word() {
    int start = in.at;
    if (in.peek() == '"') {
      in.skipQuoted();
      String text = in.unquoted(start, in.at);
      if (!LabelName.isUtf8(text)) {
        in.at = start;
        throw in.error("invalid name " + Quoted.of(text));
      }
      return text;
    }
    if (!in.skipLabelName()) {
      throw in.unexpected("a label name");
    }
    return in.text(start, in.at);
  }

  private void value(int nameAt, String label, MetricType type, LabelsBuilder into) {
    if (in.peek() != '"') {
      throw in.unexpected("a label value in double quotes");
    }
    int start = in.at;
    in.skipQuoted();
    String value = in.unquoted(start, in.at);
    if (value.indexOf('\uFFFD') >= 0 && !isUtf8(start, in.at)) {
      in.at = start;
      throw in.error("label value is not valid UTF-8");
    }
    if (into.has(label)) {
      in.at = nameAt;
      throw in.error("label name " + Quoted.of(label) + " is not unique");
    }
    into.set(label, normalised(type, label, value));
  }

  private void skipBlanks() {
    if (!strict) {
      in.skipBlanks();
    }
  }

  private boolean isUtf8(int from, int to) {
    return java.util.Arrays.equals(
        in.bytes,
        from,
        to,
        in.text(from, to).getBytes(java.nio.charset.StandardCharsets.UTF_8),
        0,
        to - from);
  }

  static String normalised(MetricType type, String label, String value) {
    boolean number =
        (type == MetricType.SUMMARY && label.equals(LabelName.QUANTILE))
            || (type == MetricType.HISTOGRAM && label.equals(LabelName.BUCKET));
    if (!number) {
      return value;
    }
    try {
      return OpenMetricsFloat.format(GoFloat.parse(value));
    } catch (OrielException _) {
      return value;
    }
  }
}
