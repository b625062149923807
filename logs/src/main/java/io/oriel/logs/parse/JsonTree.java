package io.oriel.logs.parse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// JSON as maps, lists, texts, numbers and truth values; null members are left out.
public final class JsonTree {
  private static final JsonFactory JSON = JsonFactory.builder().build();

  private JsonTree() {}

  /// What a text holds: an object, or why it is none.
  public record Parsed(Optional<Map<String, Object>> object, String error) {}

  /// Reads {@code text}, which must be one object and nothing else.
  public static Parsed parse(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return parse(utf8, 0, utf8.length);
  }

  static Parsed parse(byte[] bytes, int from, int to) {
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), bytes, from, to - from)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return new Parsed(Optional.empty(), "not an object");
      }
      Map<String, Object> object = object(in);
      return in.nextToken() == null
          ? new Parsed(Optional.of(object), "")
          : new Parsed(Optional.empty(), "text after the object");
    } catch (JacksonException e) {
      return new Parsed(Optional.empty(), String.valueOf(e.getOriginalMessage()));
    }
  }

  /// What a text holds: an object or an array, or why it is neither.
  ///
  /// @param value a map or a list
  public record Structure(Optional<Object> value, String error) {}

  /// Reads {@code text}, which must be one object or one array and nothing else.
  public static Structure structure(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      JsonToken first = in.nextToken();
      Object value = first != null && first.isStructStart() ? value(in, first) : null;
      if (value == null) {
        return new Structure(Optional.empty(), "neither an object nor an array");
      }
      return in.nextToken() == null
          ? new Structure(Optional.of(value), "")
          : new Structure(Optional.empty(), "text after its end");
    } catch (JacksonException e) {
      return new Structure(Optional.empty(), String.valueOf(e.getOriginalMessage()));
    }
  }

  private static Map<String, Object> object(JsonParser in) {
    Map<String, Object> object = new LinkedHashMap<>();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      Object value = value(in, in.nextToken());
      if (value != null) {
        object.put(name, value);
      }
    }
    return object;
  }

  private static @Nullable Object value(JsonParser in, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> object(in);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        for (JsonToken next = in.nextToken();
            next != JsonToken.END_ARRAY && next != null;
            next = in.nextToken()) {
          Object item = value(in, next);
          if (item != null) {
            list.add(item);
          }
        }
        yield list;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> in.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> in.getString();
    };
  }
}
