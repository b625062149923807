package io.oriel.wire.exposition;

import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Quoted;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.number.GoFloat;
import java.nio.charset.StandardCharsets;

/// Writes an exposition in one of the text formats. Not thread-safe.
///
/// The caller keeps the samples of a family together and calls {@link #finish} once.
public final class ExpositionWriter {
  private final StringBuilder out = new StringBuilder();
  private final boolean openMetrics;
  private final NameEscaping escaping;

  /// @param protocol a text format; for protobuf the text format 0.0.4 is written
  public ExpositionWriter(ScrapeProtocol protocol, NameEscaping escaping) {
    this.openMetrics = protocol.format() == ScrapeProtocol.Format.OPENMETRICS;
    this.escaping = escaping;
  }

  /// Announces a family; empty help and unit stay unsaid.
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

  /// Writes a sample without a time.
  public void sample(Labels labels, double value) {
    series(labels);
    out.append(' ');
    GoFloat.append(out, value);
    out.append('\n');
  }

  /// Writes a sample taken at {@code timestampMillis}, Unix milliseconds.
  public void sample(Labels labels, double value, long timestampMillis) {
    series(labels);
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

  /// Ends the exposition.
  ///
  /// @return all of it, as UTF-8
  public byte[] finish() {
    if (openMetrics) {
      out.append("# EOF\n");
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void series(Labels labels) {
    String name = escaping.escape(labels.metricName());
    boolean quoted = !LabelName.isLegacyMetric(name);
    boolean braces = quoted || labels.size() > 1;
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
        String label = escaping.escape(labels.name(i));
        out.append(separator).append(LabelName.isLegacy(label) ? label : Quoted.of(label));
        out.append('=');
        quote(labels.value(i));
        separator = ",";
      }
    }
    out.append('}');
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
