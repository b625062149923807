package io.oriel.logs.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// What the fields of a sample hold.
///
/// @param sampled how many lines were looked at
/// @param total how many match
/// @param warnings why a part is missing; empty when nothing is
public record FieldSummary(List<Field> fields, int sampled, long total, List<String> warnings) {
  private static final int TOP = 5;
  private static final int MAX_FIELDS = 2_000;
  private static final int MAX_VALUES = 1_000;
  private static final int MAX_VALUE = 256;

  public FieldSummary {
    fields = List.copyOf(fields);
    warnings = List.copyOf(warnings);
  }

  /// One field.
  ///
  /// @param present in how many of the sampled lines
  /// @param top its most frequent values there
  public record Field(String name, int present, List<LogSearch.ValueCount> top) {
    public Field {
      top = List.copyOf(top);
    }
  }

  /// Counts line by line. Not thread-safe; bounded in fields and in values a field.
  static final class Builder {
    private final Map<String, Counts> counts = new TreeMap<>();
    private int sampled;

    private static final class Counts {
      private int present;
      private final Map<String, Integer> values = new HashMap<>();
    }

    void add(JsonNode document) {
      sampled++;
      Map<String, Set<String>> flat = new HashMap<>();
      flatten("", document, flat);
      flat.forEach(
          (name, values) -> {
            if (counts.size() >= MAX_FIELDS && !counts.containsKey(name)) {
              return;
            }
            Counts field = counts.computeIfAbsent(name, _ -> new Counts());
            field.present++;
            for (String value : values) {
              if (field.values.size() < MAX_VALUES || field.values.containsKey(value)) {
                field.values.merge(value, 1, Integer::sum);
              }
            }
          });
    }

    private static void flatten(String name, JsonNode node, Map<String, Set<String>> into) {
      if (node.isObject()) {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
          flatten(
              name.isEmpty() ? member.getKey() : name + "." + member.getKey(),
              member.getValue(),
              into);
        }
      } else if (node.isArray()) {
        node.forEach(item -> flatten(name, item, into));
      } else if (!node.isNull() && !node.isMissingNode()) {
        String value = node.asString("");
        into.computeIfAbsent(name, _ -> new HashSet<>())
            .add(value.length() <= MAX_VALUE ? value : value.substring(0, MAX_VALUE) + "…");
      }
    }

    FieldSummary build(long total, List<String> warnings) {
      List<Field> fields = new ArrayList<>();
      counts.forEach(
          (name, field) ->
              fields.add(
                  new Field(
                      name,
                      field.present,
                      field.values.entrySet().stream()
                          .sorted(
                              Comparator.comparingInt(
                                      (Map.Entry<String, Integer> value) -> -value.getValue())
                                  .thenComparing(Map.Entry::getKey))
                          .limit(TOP)
                          .map(value -> new LogSearch.ValueCount(value.getKey(), value.getValue()))
                          .toList())));
      return new FieldSummary(fields, sampled, total, warnings);
    }
  }
}
