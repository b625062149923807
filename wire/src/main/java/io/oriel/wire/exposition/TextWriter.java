package io.oriel.wire.exposition;

import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Quoted;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.number.GoFloat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Writes an exposition in one of the text formats.
final class TextWriter implements ExpositionWriter {
  private final StringBuilder out = new StringBuilder();
  private final boolean openMetrics;
  private final NameEscaping escaping;

  TextWriter(ScrapeProtocol protocol, NameEscaping escaping) {
    this.openMetrics = protocol.format() == ScrapeProtocol.Format.OPENMETRICS;
    this.escaping = escaping;
  }

  @Override
  public void family(String name, MetricMetadata metadata) {
    String written = name(escaping.escape(name));
    if (!metadata.help().isEmpty()) {
      out.append("# HELP ").append(written).append(' ');
      escape(metadata.help(), openMetrics);
      out.append('\n');
    }
    boolean unknown = metadata.type() == MetricType.UNKNOWN;
    out.append("# TYPE ").append(written).append(' ');
    out.append(unknown && !openMetrics ? "untyped" : textType(metadata.type())).append('\n');
    if (openMetrics && !metadata.unit().isEmpty() && name.endsWith("_" + metadata.unit())) {
      out.append("# UNIT ").append(written).append(' ').append(metadata.unit()).append('\n');
    }
  }

  private String textType(MetricType type) {
    boolean known =
        openMetrics
            || switch (type) {
              case COUNTER, GAUGE, SUMMARY, HISTOGRAM -> true;
              case UNKNOWN, GAUGE_HISTOGRAM, INFO, STATESET -> false;
            };
    return known ? type.word() : "untyped";
  }

  @Override
  public void sample(Labels labels, double value) {
    series(labels.metricName(), labels, List.of());
    out.append(' ');
    GoFloat.append(out, value);
    out.append('\n');
  }

  @Override
  public void sample(Labels labels, List<String> more, double value, long timestampMillis) {
    line(labels.metricName(), labels, more, value, timestampMillis);
  }

  private void line(
      String name, Labels labels, List<String> more, double value, long timestampMillis) {
    series(name, labels, more);
    out.append(' ');
    GoFloat.append(out, value);
    out.append(' ');
    if (openMetrics) {
      GoFloat.append(out, timestampMillis / 1000.0);
    } else {
      out.append(timestampMillis);
    }
    out.append('\n');
  }

  /// Text has no words for exponential buckets; those with custom bounds are a classic histogram.
  @Override
  public boolean histogram(
      Labels labels, List<String> more, NativeHistogram histogram, long timestampMillis) {
    if (!histogram.hasCustomBuckets()) {
      return false;
    }
    String name = labels.metricName();
    BucketSums sums = new BucketSums(histogram);
    for (int i = 0; i <= histogram.customBoundCount(); i++) {
      boolean last = i == histogram.customBoundCount();
      List<String> bucket = new ArrayList<>(more);
      bucket.add(LabelName.BUCKET);
      bucket.add(last ? "+Inf" : bound(histogram.customBound(i)));
      double count = last ? histogram.count() : sums.upTo(i);
      line(name + "_bucket", labels, bucket, count, timestampMillis);
    }
    line(name + "_sum", labels, more, histogram.sum(), timestampMillis);
    line(name + "_count", labels, more, histogram.count(), timestampMillis);
    return true;
  }

  /// OpenMetrics wants a bound to look like a float.
  private String bound(double bound) {
    String text = GoFloat.format(bound);
    return openMetrics && text.indexOf('.') < 0 ? text + ".0" : text;
  }

  @Override
  public byte[] finish() {
    if (openMetrics) {
      out.append("# EOF\n");
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void series(String plainName, Labels labels, List<String> more) {
    String name = escaping.escape(plainName);
    boolean quoted = !LabelName.isLegacyMetric(name);
    boolean braces = quoted || labels.size() > 1 || !more.isEmpty();
    if (!quoted) {
      out.append(name);
    }
    if (!braces) {
      return;
    }
    out.append('{');
    String separator = "";
    if (quoted) {
      quote(name);
      separator = ",";
    }
    for (int i = 0; i < labels.size(); i++) {
      if (!labels.name(i).equals(LabelName.METRIC)) {
        label(separator, labels.name(i), labels.value(i));
        separator = ",";
      }
    }
    for (int i = 0; i < more.size(); i += 2) {
      label(separator, more.get(i), more.get(i + 1));
      separator = ",";
    }
    out.append('}');
  }

  private void label(String separator, String plainName, String value) {
    String name = escaping.escape(plainName);
    out.append(separator).append(LabelName.isLegacy(name) ? name : Quoted.of(name)).append('=');
    quote(value);
  }

  private static String name(String name) {
    return LabelName.isLegacyMetric(name) ? name : Quoted.of(name);
  }

  private void quote(String text) {
    out.append('"');
    escape(text, true);
    out.append('"');
  }

  private void escape(String text, boolean quotes) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '"' -> out.append(quotes ? "\\\"" : "\"");
        default -> out.append(c);
      }
    }
  }
}
