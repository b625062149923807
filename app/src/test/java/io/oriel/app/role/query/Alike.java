package io.oriel.app.role.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Compares answers of two query APIs.
public final class Alike {
  private static final double TOLERANCE = 1e-9;

  private Alike() {}

  /// Both succeeded with the same series and points.
  public static void assertAlike(String query, JsonNode one, JsonNode other) {
    assertEquals("success", one.path("status").asString(), () -> query + ": " + one);
    assertEquals("success", other.path("status").asString(), () -> query + ": " + other);
    Map<String, JsonNode> left = bySeries(one);
    Map<String, JsonNode> right = bySeries(other);
    assertEquals(left.keySet(), right.keySet(), query);
    assertFalse(left.isEmpty(), query);
    left.forEach(
        (series, points) ->
            assertClose(query + " " + series, points, right.getOrDefault(series, points)));
  }

  private static Map<String, JsonNode> bySeries(JsonNode answer) {
    Map<String, JsonNode> series = new TreeMap<>();
    for (JsonNode each : answer.at("/data/result")) {
      TreeMap<String, String> labels = new TreeMap<>();
      each.path("metric").forEachEntry((name, value) -> labels.put(name, value.asString()));
      series.put(labels.toString(), each);
    }
    return series;
  }

  /// The same but for the last digits of numbers, which depend on the order of additions.
  private static void assertClose(String where, JsonNode one, JsonNode other) {
    if (one.isContainer()) {
      assertEquals(one.size(), other.size(), () -> where + ": " + one + " and " + other);
      if (one.isArray()) {
        for (int i = 0; i < one.size(); i++) {
          assertClose(where, one.get(i), other.get(i));
        }
      } else {
        one.forEachEntry((name, value) -> assertClose(where, value, other.path(name)));
      }
      return;
    }
    String left = one.asString();
    String right = other.asString();
    if (!left.equals(right)) {
      double a = Double.parseDouble(left);
      double b = Double.parseDouble(right);
      assertTrue(
          Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b)),
          () -> where + ": " + left + " and " + right);
    }
  }
}
