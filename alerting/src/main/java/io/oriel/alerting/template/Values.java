package io.oriel.alerting.template;

import io.oriel.model.labels.Quoted;
import io.oriel.model.number.GoFloat;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How Go sees our values: what is empty, how they print, what their types are called.
final class Values {
  /** What Go prints for a map's missing member. */
  static final String NO_VALUE = "<no value>";

  private Values() {}

  static boolean isTrue(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean b -> b;
      case Long l -> l != 0;
      case Double d -> d != 0;
      case String s -> !s.isEmpty();
      case List<?> l -> !l.isEmpty();
      case Map<?, ?> m -> !m.isEmpty();
      default -> true;
    };
  }

  /// As `fmt.Print` does.
  static String print(@Nullable Object value) {
    return switch (value) {
      case null -> NO_VALUE;
      case Double d -> GoFloat.formatShort(d);
      case Instant i -> i.toString();
      case List<?> list -> printList(list);
      case Map<?, ?> map -> printMap(map);
      default -> value.toString();
    };
  }

  private static String printList(List<?> list) {
    StringBuilder out = new StringBuilder("[");
    for (Object item : list) {
      out.append(out.length() == 1 ? "" : " ").append(print(item));
    }
    return out.append(']').toString();
  }

  private static String printMap(Map<?, ?> map) {
    Map<String, @Nullable Object> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put(print(key), value));
    StringBuilder out = new StringBuilder("map[");
    sorted.forEach(
        (key, value) ->
            out.append(out.length() == 4 ? "" : " ").append(key).append(':').append(print(value)));
    return out.append(']').toString();
  }

  /// Go's name of the value's type.
  static String type(@Nullable Object value) {
    return switch (value) {
      case null -> "nil";
      case Boolean _ -> "bool";
      case Long _ -> "int";
      case Double _ -> "float64";
      case String _ -> "string";
      case Instant _ -> "time.Time";
      case List<?> _ -> "[]interface {}";
      case Map<?, ?> _ -> "map[string]interface {}";
      default -> value.getClass().getSimpleName();
    };
  }

  /// The member {@code name} of {@code value}.
  static @Nullable Object member(@Nullable Object value, String name, Arguments arguments) {
    if (value instanceof TemplateObject object) {
      return object.member(name, arguments);
    }
    if (arguments.size() > 0) {
      throw new IllegalArgumentException(name + " has arguments but cannot be invoked as function");
    }
    if (value instanceof Map<?, ?> map) {
      return map.containsKey(name) ? map.get(name) : absent(map);
    }
    if (value == null) {
      throw new IllegalArgumentException("nil data; no entry for key " + Quoted.of(name));
    }
    throw new IllegalArgumentException("can't evaluate field " + name + " in type " + type(value));
  }

  /// The zero value of a map's members: empty text where all members are text, else nothing.
  private static @Nullable Object absent(Map<?, ?> map) {
    return map.values().stream().allMatch(String.class::isInstance) ? "" : null;
  }
}
