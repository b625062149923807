package io.oriel.promql.peer;

import io.oriel.model.number.GoFloat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// The matrix in an answer of `query_range`: by labels, values by time in milliseconds. Understands
/// as much JSON as Prometheus writes.
final class ApiMatrix {
  private final String json;
  private int at;

  private ApiMatrix(String json) {
    this.json = json;
  }

  /// The matrix; empty when the answer is an error.
  static Map<Map<String, String>, Map<Long, Double>> parse(String json) {
    Map<?, ?> answer = (Map<?, ?>) new ApiMatrix(json).value();
    Map<Map<String, String>, Map<Long, Double>> matrix = new HashMap<>();
    if (answer.get("data") instanceof Map<?, ?> data) {
      for (Object element : (List<?>) member(data, "result")) {
        Map<?, ?> series = (Map<?, ?>) element;
        Map<String, String> labels = new TreeMap<>();
        ((Map<?, ?>) member(series, "metric"))
            .forEach((k, v) -> labels.put((String) k, (String) v));
        Map<Long, Double> points = new TreeMap<>();
        for (Object point : (List<?>) member(series, "values")) {
          List<?> pair = (List<?>) point;
          points.put(
              Math.round(Double.parseDouble((String) pair.get(0)) * 1000),
              GoFloat.parse((String) pair.get(1)));
        }
        matrix.put(labels, points);
      }
    }
    return matrix;
  }

  private static Object member(Map<?, ?> object, String name) {
    return Objects.requireNonNull(object.get(name), name);
  }

  /// Whether the answer is an error.
  static boolean isError(String json) {
    return json.startsWith("{\"status\":\"error\"");
  }

  /// A map, a list, or the text of anything else.
  private Object value() {
    return switch (json.charAt(at)) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      default -> bare();
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> members = new LinkedHashMap<>();
    at++;
    while (json.charAt(at) != '}') {
      String name = string();
      at++;
      members.put(name, value());
      skipComma();
    }
    at++;
    return members;
  }

  private List<Object> array() {
    List<Object> elements = new ArrayList<>();
    at++;
    while (json.charAt(at) != ']') {
      elements.add(value());
      skipComma();
    }
    at++;
    return elements;
  }

  private void skipComma() {
    if (json.charAt(at) == ',') {
      at++;
    }
  }

  private String string() {
    StringBuilder text = new StringBuilder();
    at++;
    for (; json.charAt(at) != '"'; at++) {
      if (json.charAt(at) == '\\') {
        at++;
      }
      text.append(json.charAt(at));
    }
    at++;
    return text.toString();
  }

  private String bare() {
    int from = at;
    while (",]}".indexOf(json.charAt(at)) < 0) {
      at++;
    }
    return json.substring(from, at);
  }
}
