package io.oriel.federation.frontend;

import io.oriel.model.json.JsonWriter;
import io.oriel.model.labels.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The series of a range query's answer, with every point as the query role wrote it. Immutable
/// once made.
///
/// @param series floats and native histograms by labels, each in time order
/// @param warnings without repetition
/// @param infos without repetition
record RangeAnswer(SortedMap<Labels, Points> series, List<String> warnings, List<String> infos) {
  /** What a point takes beside its text. */
  private static final int POINT_BYTES = 64;

  private static final int SERIES_BYTES = 256;

  static final RangeAnswer EMPTY = new RangeAnswer(new TreeMap<>(), List.of(), List.of());

  /// @param json `[time,"value"]` or `[time,{…}]`, as written
  record Point(long millis, String json) {}

  record Points(List<Point> values, List<Point> histograms) {
    Points() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    private Points between(long start, long end) {
      return new Points(cut(values, start, end), cut(histograms, start, end));
    }

    private static List<Point> cut(List<Point> points, long start, long end) {
      return points.stream().filter(at -> at.millis() >= start && at.millis() <= end).toList();
    }

    private boolean isEmpty() {
      return values.isEmpty() && histograms.isEmpty();
    }
  }

  boolean isClean() {
    return warnings.isEmpty() && infos.isEmpty();
  }

  /// The points from {@code start} to {@code end}, both inclusive, without notes.
  RangeAnswer between(long start, long end) {
    SortedMap<Labels, Points> kept = new TreeMap<>();
    series.forEach(
        (labels, points) -> {
          Points part = points.between(start, end);
          if (!part.isEmpty()) {
            kept.put(labels, part);
          }
        });
    return new RangeAnswer(kept, List.of(), List.of());
  }

  /// All of {@code parts}, which follow one another in time or have no series in common.
  static RangeAnswer joined(List<RangeAnswer> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    SortedMap<Labels, Points> all = new TreeMap<>();
    Set<String> warnings = new LinkedHashSet<>();
    Set<String> infos = new LinkedHashSet<>();
    for (RangeAnswer part : parts) {
      part.series.forEach(
          (labels, points) -> {
            Points into = all.computeIfAbsent(labels, _ -> new Points());
            into.values().addAll(points.values());
            into.histograms().addAll(points.histograms());
          });
      warnings.addAll(part.warnings);
      infos.addAll(part.infos);
    }
    return new RangeAnswer(all, List.copyOf(warnings), List.copyOf(infos));
  }

  /// About how much memory it takes.
  long weight() {
    long bytes = 0;
    for (Map.Entry<Labels, Points> one : series.entrySet()) {
      bytes += SERIES_BYTES + one.getKey().toString().length();
      for (Point point : one.getValue().values()) {
        bytes += POINT_BYTES + point.json().length();
      }
      for (Point point : one.getValue().histograms()) {
        bytes += POINT_BYTES + point.json().length();
      }
    }
    return bytes;
  }

  /// As the query API writes it.
  byte[] toJson() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 << 10);
    put(out, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[");
    String between = "";
    for (Map.Entry<Labels, Points> one : series.entrySet()) {
      put(out, between + "{\"metric\":");
      out.writeBytes(new JsonWriter().labels(one.getKey()).toBytes());
      put(out, "values", one.getValue().values());
      put(out, "histograms", one.getValue().histograms());
      put(out, "}");
      between = ",";
    }
    put(out, "]}");
    notes(out, "warnings", warnings);
    notes(out, "infos", infos);
    put(out, "}");
    return out.toByteArray();
  }

  private static void put(ByteArrayOutputStream out, String name, List<Point> points) {
    if (points.isEmpty()) {
      return;
    }
    put(out, ",\"" + name + "\":[");
    for (int i = 0; i < points.size(); i++) {
      put(out, i == 0 ? "" : ",");
      put(out, points.get(i).json());
    }
    put(out, "]");
  }

  private static void notes(ByteArrayOutputStream out, String name, List<String> notes) {
    if (!notes.isEmpty()) {
      JsonWriter json = new JsonWriter().beginArray();
      notes.forEach(json::string);
      put(out, ",\"" + name + "\":");
      out.writeBytes(json.endArray().toBytes());
    }
  }

  private static void put(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
