package io.oriel.wire.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Exemplar.ValueCase;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.metric.Exemplar;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/// OpenTelemetry's exemplars as ours: trace and span by upstream's label names, attributes only
/// while all of it fits OpenMetrics' length.
final class OtlpExemplars {
  /** What OpenMetrics allows in all names and values of one exemplar. */
  private static final int MAX_CODE_POINTS = 128;

  private static final String TRACE_ID = "trace_id";
  private static final String SPAN_ID = "span_id";

  private OtlpExemplars() {}

  /// Those of one point, by value, so that buckets can take theirs in turn.
  ///
  /// @throws OrielException of kind INVALID when one has no value
  static List<Exemplar> byValue(List<io.opentelemetry.proto.metrics.v1.Exemplar> from) {
    if (from.isEmpty()) {
      return List.of();
    }
    List<Exemplar> found = new ArrayList<>(from.size());
    for (io.opentelemetry.proto.metrics.v1.Exemplar one : from) {
      found.add(exemplar(one));
    }
    found.sort(Comparator.comparingDouble(Exemplar::value));
    return found;
  }

  private static Exemplar exemplar(io.opentelemetry.proto.metrics.v1.Exemplar from) {
    if (from.getValueCase() == ValueCase.VALUE_NOT_SET) {
      throw OrielException.invalid("unsupported exemplar value type: Empty");
    }
    LabelsBuilder labels = new LabelsBuilder();
    int length = id(labels, TRACE_ID, from.getTraceId()) + id(labels, SPAN_ID, from.getSpanId());
    for (KeyValue attribute : from.getFilteredAttributesList()) {
      length += length(attribute.getKey()) + length(OtlpValues.text(attribute.getValue()));
    }
    if (length <= MAX_CODE_POINTS) {
      for (KeyValue attribute : from.getFilteredAttributesList()) {
        if (!attribute.getKey().isEmpty()) {
          labels.set(attribute.getKey(), OtlpValues.text(attribute.getValue()));
        }
      }
    }
    long time = OtlpMetrics.millis(from.getTimeUnixNano());
    double value = from.hasAsInt() ? (double) from.getAsInt() : from.getAsDouble();
    return new Exemplar(labels.build(), value, time, time != 0);
  }

  private static int id(LabelsBuilder labels, String name, ByteString id) {
    boolean set = false;
    for (int i = 0; i < id.size(); i++) {
      set |= id.byteAt(i) != 0;
    }
    if (!set) {
      return 0;
    }
    String text = HexFormat.of().formatHex(id.toByteArray());
    labels.set(name, text);
    return length(name) + text.length();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
