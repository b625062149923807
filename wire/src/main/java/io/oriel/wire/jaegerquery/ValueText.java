package io.oriel.wire.jaegerquery;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Lists and maps as the JSON text that Jaeger makes of them, since it has neither.
public final class ValueText {
  private ValueText() {}

  /// The text.
  public static String of(AttributeValue value) {
    JsonWriter json = new JsonWriter(128);
    write(json, value);
    return new String(json.toBytes(), StandardCharsets.UTF_8);
  }

  private static void write(JsonWriter json, AttributeValue value) {
    switch (value) {
      case AttributeValue.Text text -> json.string(text.value());
      case AttributeValue.Truth truth -> json.bool(truth.value());
      case AttributeValue.Whole whole -> json.number(whole.value());
      case AttributeValue.Real real -> {
        if (Double.isFinite(real.value())) {
          json.number(real.value());
        } else {
          json.string(Double.toString(real.value()));
        }
      }
      case AttributeValue.Bytes bytes ->
          json.string(Base64.getEncoder().encodeToString(bytes.toArray()));
      case AttributeValue.ListOf list -> {
        json.beginArray();
        list.values().forEach(item -> write(json, item));
        json.endArray();
      }
      case AttributeValue.MapOf map -> {
        json.beginObject();
        map.members().forEach((name, member) -> write(json.name(name), member));
        json.endObject();
      }
      case AttributeValue.Absent _ -> json.nothing();
    }
  }
}
