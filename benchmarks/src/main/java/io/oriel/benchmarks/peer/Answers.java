package io.oriel.benchmarks.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Two answers of the query API, compared series by series; floats may differ by 1e-9 of their
/// size.
final class Answers {
  private static final JsonFactory JSON = new JsonFactory();
  private static final double TOLERANCE = 1e-9;

  private final Map<String, List<String>> a;
  private final Map<String, List<String>> b;

  Answers(byte[] a, byte[] b) {
    this.a = series(a);
    this.b = series(b);
  }

  /// What differs first; empty when nothing does.
  String difference() {
    if (!a.keySet().equals(b.keySet())) {
      return "series differ: " + a.size() + " and " + b.size();
    }
    for (Map.Entry<String, List<String>> series : a.entrySet()) {
      List<String> left = series.getValue();
      List<String> right = b.getOrDefault(series.getKey(), List.of());
      if (left.size() != right.size()) {
        return series.getKey() + ": " + left.size() + " and " + right.size() + " points";
      }
      for (int i = 0; i < left.size(); i++) {
        if (!near(left.get(i), right.get(i))) {
          return series.getKey() + ": " + left.get(i) + " and " + right.get(i);
        }
      }
    }
    return "";
  }

  private static boolean near(String a, String b) {
    if (a.equals(b)) {
      return true;
    }
    try {
      double x = Double.parseDouble(a);
      double y = Double.parseDouble(b);
      return Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y));
    } catch (NumberFormatException _) {
      return false;
    }
  }

  /// Values and times by labels.
  private static Map<String, List<String>> series(byte[] json) {
    Map<String, List<String>> found = new TreeMap<>();
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json)) {
      for (JsonToken t = in.nextToken(); t != null; t = in.nextToken()) {
        if (t == JsonToken.PROPERTY_NAME && in.currentName().equals("metric")) {
          in.nextToken();
          String labels = labels(in);
          in.nextToken();
          found.put(labels, points(in));
        }
      }
    }
    return found;
  }

  private static String labels(JsonParser in) {
    TreeMap<String, String> labels = new TreeMap<>();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      in.nextToken();
      labels.put(name, in.getString());
    }
    return labels.toString();
  }

  private static List<String> points(JsonParser in) {
    List<String> points = new ArrayList<>();
    int depth = 0;
    while (true) {
      JsonToken token = in.nextToken();
      if (token == JsonToken.START_ARRAY) {
        depth++;
      } else if (token == JsonToken.END_ARRAY) {
        depth--;
        if (depth == 0) {
          return points;
        }
      } else {
        points.add(in.getString());
      }
    }
  }
}
