package io.oriel.wire.otlp;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.oriel.model.number.GoFloat;
import java.util.Base64;

/// Attribute values as label text; lists and maps as JSON.
final class OtlpValues {
  private OtlpValues() {}

  static String text(AnyValue value) {
    if (value.getValueCase() == AnyValue.ValueCase.STRING_VALUE) {
      return value.getStringValue();
    }
    StringBuilder out = new StringBuilder();
    append(out, value);
    return out.toString();
  }

  private static void append(StringBuilder out, AnyValue value) {
    switch (value.getValueCase()) {
      case STRING_VALUE -> quote(out, value.getStringValue());
      case BOOL_VALUE -> out.append(value.getBoolValue());
      case INT_VALUE -> out.append(value.getIntValue());
      case DOUBLE_VALUE -> GoFloat.append(out, value.getDoubleValue());
      case BYTES_VALUE ->
          out.append(Base64.getEncoder().encodeToString(value.getBytesValue().toByteArray()));
      case ARRAY_VALUE -> {
        String separator = "[";
        for (AnyValue item : value.getArrayValue().getValuesList()) {
          out.append(separator);
          append(out, item);
          separator = ",";
        }
        out.append(separator.equals("[") ? "[]" : "]");
      }
      case KVLIST_VALUE -> {
        String separator = "{";
        for (KeyValue item : value.getKvlistValue().getValuesList()) {
          out.append(separator);
          quote(out, item.getKey());
          out.append(':');
          append(out, item.getValue());
          separator = ",";
        }
        out.append(separator.equals("{") ? "{}" : "}");
      }
      default -> {}
    }
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\r' -> out.append("\\r");
        default -> {
          if (c < ' ') {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
