package io.oriel.promql.script;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.HistogramAccumulator;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.StaleMarker;
import io.oriel.promql.parse.NumberSyntax;
import io.oriel.promql.parse.Parser;
import java.util.ArrayList;
import java.util.List;

/// A series with its values, as in `metric{label="value"} 1 2+3x4 _ stale {{schema:0 …}}`.
///
/// The notation is that of Prometheus' test scripts and of rule unit tests. A repetition `axn`
/// stands for n + 1 values.
public record SeriesLine(Labels labels, List<SequenceValue> values) {
  private static final int MAX_VALUES = 10_000_000;

  public SeriesLine {
    values = List.copyOf(values);
  }

  /// Reads a line.
  ///
  /// @throws OrielException of kind INVALID when it is none
  public static SeriesLine parse(String line) {
    int end = endOfMetric(line);
    Labels labels = parseLabels(line.substring(0, end));
    return new SeriesLine(labels, values(line.substring(end)));
  }

  /// The labels that a metric in selector notation has; only equalities are allowed.
  public static Labels parseLabels(String metric) {
    LabelsBuilder labels = new LabelsBuilder();
    if (metric.isEmpty() || metric.equals("{}")) {
      return Labels.empty();
    }
    for (Matcher matcher : Parser.parseSelector(metric).matchers()) {
      if (matcher.type() != Matcher.Type.EQUAL) {
        throw OrielException.invalid("label set: got " + matcher + ", want only equalities");
      }
      labels.set(matcher.name(), matcher.value());
    }
    return labels.build();
  }

  /// Values alone, as in rule unit tests.
  public static List<SequenceValue> values(String text) {
    List<SequenceValue> values = new ArrayList<>();
    for (String item : items(text)) {
      if (item.startsWith("_")) {
        long times = item.equals("_") ? 1 : count(item, item.substring(2));
        for (long i = 0; i < times; i++) {
          values.add(SequenceValue.OMITTED);
        }
      } else if (item.startsWith("{{")) {
        histograms(item, values);
      } else {
        floats(item, values);
      }
    }
    return values;
  }

  /// One past the metric at the start of {@code line}.
  static int endOfMetric(String line) {
    boolean braces = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote != 0) {
        if (c == '\\' && quote != '`') {
          i++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (braces && (c == '"' || c == '\'' || c == '`')) {
        quote = c;
      } else if (c == '{') {
        if (line.startsWith("{{", i)) {
          return i;
        }
        braces = true;
      } else if (c == '}') {
        return i + 1;
      } else if (!braces && Character.isWhitespace(c) && !bracesFollow(line, i)) {
        return i;
      }
    }
    return line.length();
  }

  private static boolean bracesFollow(String line, int from) {
    String rest = line.substring(from).stripLeading();
    return rest.startsWith("{") && !rest.startsWith("{{");
  }

  private static List<String> items(String text) {
    List<String> items = new ArrayList<>();
    int start = -1;
    int depth = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : ' ';
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      boolean blank = Character.isWhitespace(c) && depth == 0;
      if (blank && start >= 0) {
        items.add(text.substring(start, i));
        start = -1;
      } else if (!blank && start < 0) {
        start = i;
      }
    }
    if (start >= 0) {
      items.add(text.substring(start));
    }
    return items;
  }

  private static void floats(String item, List<SequenceValue> into) {
    int times = item.indexOf('x');
    String body = times < 0 ? item : item.substring(0, times);
    long count = times < 0 ? 0 : count(item, item.substring(times + 1));
    if (body.equals("stale")) {
      for (long i = 0; i <= count; i++) {
        into.add(SequenceValue.of(StaleMarker.VALUE));
      }
      return;
    }
    int sign = times < 0 ? -1 : incrementSign(body);
    double value = number(item, sign < 0 ? body : body.substring(0, sign));
    double increment = sign < 0 ? 0 : number(item, body.substring(sign));
    for (long i = 0; i <= count; i++) {
      into.add(SequenceValue.of(value));
      value += increment;
    }
  }

  /// Where the increment starts: a sign that neither leads nor belongs to an exponent.
  private static int incrementSign(String body) {
    for (int i = 1; i < body.length(); i++) {
      char c = body.charAt(i);
      char before = Character.toLowerCase(body.charAt(i - 1));
      if ((c == '+' || c == '-') && before != 'e') {
        return i;
      }
    }
    return -1;
  }

  static double number(String item, String text) {
    boolean minus = text.startsWith("-");
    String digits = minus || text.startsWith("+") ? text.substring(1) : text;
    try {
      double value = NumberSyntax.number(digits);
      return minus ? -value : value;
    } catch (OrielException _) {
      throw OrielException.invalid(
          "series values: got \"" + item + "\", want a number or \"stale\"");
    }
  }

  private static long count(String item, String text) {
    if (!text.matches("[0-9]{1,8}") || Long.parseLong(text) > MAX_VALUES) {
      throw OrielException.invalid(
          "series values: repetition in \"" + item + "\", want a count up to " + MAX_VALUES);
    }
    return Long.parseLong(text);
  }

  private static void histograms(String item, List<SequenceValue> into) {
    int end = item.indexOf("}}") + 2;
    if (end < 2) {
      throw OrielException.invalid("series values: unclosed histogram \"" + item + "\"");
    }
    HistogramNotation first = HistogramNotation.parse(item.substring(2, end - 2));
    String rest = item.substring(end);
    if (rest.isEmpty() || rest.startsWith("x")) {
      long count = rest.isEmpty() ? 0 : count(item, rest.substring(1));
      for (long i = 0; i <= count; i++) {
        into.add(first.value(first.histogram()));
      }
      return;
    }
    int last = rest.indexOf("}}") + 2;
    if (last < 2 || !rest.startsWith("{{", 1) || !rest.startsWith("x", last)) {
      throw OrielException.invalid("series values: got \"" + item + "\", want {{…}}+{{…}}xN");
    }
    double factor = rest.charAt(0) == '-' ? -1 : 1;
    HistogramNotation step = HistogramNotation.parse(rest.substring(3, last - 2));
    long count = count(item, rest.substring(last + 1));
    NativeHistogram current = first.histogram();
    for (long i = 0; i <= count; i++) {
      into.add(step.value(current));
      HistogramAccumulator next = new HistogramAccumulator(current);
      if (!next.accepts(step.histogram()) || current.schema() > step.histogram().schema()) {
        throw OrielException.invalid(
            "error combining histograms: cannot merge from schema "
                + step.histogram().schema()
                + " to "
                + current.schema());
      }
      next.add(step.histogram(), factor);
      current = next.build();
    }
  }
}
