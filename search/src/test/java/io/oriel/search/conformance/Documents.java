package io.oriel.search.conformance;

import io.oriel.search.Rest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.json.JsonMapper;

/// What the three kinds of scripts have in common: YAML in, JSON out, partial comparison.
final class Documents {
  static final JsonMapper JSON = JsonMapper.builder().build();

  private Documents() {}

  static List<Object> all(Path file) {
    try {
      List<Object> documents = new ArrayList<>();
      new Load(LoadSettings.builder().setAllowDuplicateKeys(true).build())
          .loadAllFromString(Files.readString(file))
          .forEach(documents::add);
      return documents;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked") // YAML maps have string keys here
  static Map<String, Object> map(@Nullable Object node) {
    return node == null ? Map.of() : (Map<String, Object>) node;
  }

  static List<?> list(@Nullable Object node) {
    return node instanceof List<?> list ? list : node == null ? List.of() : List.of(node);
  }

  static String text(@Nullable Object body, boolean lines) {
    if (body == null) {
      return "";
    }
    if (body instanceof String text) {
      return lines && !text.endsWith("\n") ? text + "\n" : text;
    }
    if (lines && body instanceof List<?> items) {
      StringBuilder out = new StringBuilder();
      for (Object item : items) {
        out.append(item instanceof String text ? text : JSON.writeValueAsString(item)).append('\n');
      }
      return out.toString();
    }
    return JSON.writeValueAsString(body);
  }

  static Object parsed(String text) {
    if (text.startsWith("---")) {
      return new Load(LoadSettings.builder().build()).loadFromString(text);
    }
    try {
      return JSON.readValue(text, Object.class);
    } catch (tools.jackson.core.JacksonException _) {
      return text;
    }
  }

  /// Complains unless {@code got} has all that {@code want} says; lists may go on behind it, as
  /// both upstream runners have it.
  static void compare(String where, @Nullable Object want, @Nullable Object got) {
    if (want instanceof Map<?, ?> map) {
      Object rule = map.get("$expect");
      if (rule != null) {
        PythonRule.check(where, rule.toString(), got);
        return;
      }
      if (!(got instanceof Map<?, ?> found)) {
        throw new AssertionError(where + ": got " + got + ", want an object");
      }
      map.forEach((key, value) -> compare(where + "." + key, value, found.get(key.toString())));
    } else if (want instanceof List<?> list) {
      if (!(got instanceof List<?> found) || found.size() < list.size()) {
        throw new AssertionError(where + ": got " + got + ", want " + want);
      }
      for (int i = 0; i < list.size(); i++) {
        compare(where + "[" + i + "]", list.get(i), found.get(i));
      }
    } else if (!same(want, got)) {
      throw new AssertionError(where + ": got " + got + ", want " + want);
    }
  }

  static boolean same(@Nullable Object want, @Nullable Object got) {
    if (want instanceof Number a && got instanceof Number b) {
      return a.doubleValue() == b.doubleValue();
    }
    if (want instanceof String text && text.length() > 1 && text.startsWith("/")) {
      String regex = text.strip();
      if (regex.endsWith("/")) {
        return Pattern.compile(regex.substring(1, regex.length() - 1), Pattern.COMMENTS)
            .matcher(String.valueOf(got))
            .find();
      }
    }
    return Objects.equals(want, got) || String.valueOf(want).equals(String.valueOf(got));
  }

  /// Leaves nothing behind of what a script made.
  static void wipe(Rest rest) {
    rest.post("/_tasks/_cancel?actions=*reindex,*byquery&wait_for_completion=true", "");
    rest.delete("/_search/scroll/_all");
    rest.delete("/_search/point_in_time/_all");
    rest.delete("/_data_stream/*");
    rest.delete("/*?expand_wildcards=open,closed,hidden&ignore_unavailable=true");
    for (String name : names(rest, "/_index_template", "index_templates")) {
      rest.delete("/_index_template/" + name);
    }
    for (String name : names(rest, "/_component_template", "component_templates")) {
      rest.delete("/_component_template/" + name);
    }
    rest.delete("/_template/*");
    rest.put("/_cluster/settings", "{\"transient\":{\"*\":null},\"persistent\":{\"*\":null}}");
  }

  private static List<String> names(Rest rest, String path, String list) {
    List<String> names = new ArrayList<>();
    rest.get(path).json().path(list).forEach(item -> names.add(item.path("name").asString()));
    return names;
  }
}
