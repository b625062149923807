package io.oriel.alerting.template;

import io.oriel.model.labels.Utf8Order;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The functions that every Go template has, but for `and` and `or`, which are part of the language
/// here.
final class Builtins {
  private static final Map<String, TemplateFunction> ALL = build();

  private Builtins() {}

  static Map<String, TemplateFunction> all() {
    return ALL;
  }

  private static Map<String, TemplateFunction> build() {
    Map<String, TemplateFunction> all = new HashMap<>();
    all.put("not", arguments -> !Values.isTrue(only(arguments)));
    all.put("eq", Builtins::equalsAny);
    all.put("ne", arguments -> !same(pair(arguments).get(0), arguments.get(1)));
    all.put("lt", arguments -> compare(arguments, order -> order < 0));
    all.put("le", arguments -> compare(arguments, order -> order <= 0));
    all.put("gt", arguments -> compare(arguments, order -> order > 0));
    all.put("ge", arguments -> compare(arguments, order -> order >= 0));
    all.put("len", arguments -> length(only(arguments)));
    all.put("index", Builtins::index);
    all.put("slice", Builtins::slice);
    all.put("print", arguments -> printed(arguments, false));
    all.put("println", arguments -> printed(arguments, true));
    all.put("printf", Builtins::printf);
    all.put("html", arguments -> Escapes.html(printed(arguments, false)));
    all.put("js", arguments -> Escapes.javascript(printed(arguments, false)));
    all.put(
        "urlquery",
        arguments -> URLEncoder.encode(printed(arguments, false), StandardCharsets.UTF_8));
    return Map.copyOf(all);
  }

  private static @Nullable Object only(Arguments arguments) {
    arguments.exactly(1);
    return arguments.get(0);
  }

  private static Arguments pair(Arguments arguments) {
    return arguments.exactly(2);
  }

  private static boolean equalsAny(Arguments arguments) {
    arguments.atLeast(2);
    for (int i = 1; i < arguments.size(); i++) {
      if (same(arguments.get(0), arguments.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return a == null && b == null;
    }
    if (a instanceof Double x && b instanceof Double y) {
      return x.doubleValue() == y.doubleValue();
    }
    if (!a.getClass().equals(b.getClass())) {
      throw new IllegalArgumentException("incompatible types for comparison");
    }
    return a.equals(b);
  }

  private static boolean compare(Arguments arguments, IntPredicate wanted) {
    Object a = pair(arguments).get(0);
    Object b = arguments.get(1);
    if (a instanceof Double x && b instanceof Double y) {
      return !x.isNaN() && !y.isNaN() && wanted.test(Double.compare(x + 0.0, y + 0.0));
    }
    if (a instanceof Long x && b instanceof Long y) {
      return wanted.test(x.compareTo(y));
    }
    if (a instanceof String x && b instanceof String y) {
      return wanted.test(Utf8Order.compare(x, y));
    }
    throw new IllegalArgumentException("incompatible types for comparison");
  }

  private static long length(@Nullable Object value) {
    return switch (value) {
      case String text -> text.getBytes(StandardCharsets.UTF_8).length;
      case List<?> list -> list.size();
      case Map<?, ?> map -> map.size();
      case null, default -> throw new IllegalArgumentException("len of type " + Values.type(value));
    };
  }

  private static @Nullable Object index(Arguments arguments) {
    arguments.atLeast(1);
    Object value = arguments.get(0);
    for (int i = 1; i < arguments.size(); i++) {
      if (value instanceof Map<?, ?>) {
        value = Values.member(value, Values.print(arguments.get(i)), Arguments.none());
      } else if (value instanceof List<?> list) {
        value = list.get(bound(arguments.integer(i), list.size() - 1));
      } else {
        throw new IllegalArgumentException("can't index item of type " + Values.type(value));
      }
    }
    return value;
  }

  private static Object slice(Arguments arguments) {
    arguments.between(1, 3);
    Object value = arguments.get(0);
    int size = (int) length(value);
    int from = arguments.size() > 1 ? bound(arguments.integer(1), size) : 0;
    int to = arguments.size() > 2 ? bound(arguments.integer(2), size) : size;
    if (from > to) {
      throw new IllegalArgumentException("invalid slice index: " + from + " > " + to);
    }
    if (value instanceof List<?> list) {
      return list.subList(from, to);
    }
    if (value instanceof String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
    throw new IllegalArgumentException("can't slice item of type " + Values.type(value));
  }

  private static int bound(long index, int max) {
    if (index < 0 || index > max) {
      throw new IllegalArgumentException("index out of range: " + index);
    }
    return (int) index;
  }

  /// `fmt.Sprint`: a space between operands of which neither is text; `Sprintln`: one everywhere,
  /// and a line's end.
  private static String printed(Arguments arguments, boolean lines) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < arguments.size(); i++) {
      Object value = arguments.get(i);
      boolean apart =
          lines
              || !(value instanceof String || arguments.get(Math.max(0, i - 1)) instanceof String);
      out.append(i > 0 && apart ? " " : "").append(Values.print(value));
    }
    return lines ? out.append('\n').toString() : out.toString();
  }

  private static String printf(Arguments arguments) {
    arguments.atLeast(1);
    return GoPrintf.format(arguments.text(0), arguments.from(1));
  }
}
