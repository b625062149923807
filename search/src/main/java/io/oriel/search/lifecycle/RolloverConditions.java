package io.oriel.search.lifecycle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.core.common.unit.ByteSizeValue;

/// When an index is full: any of the maxima is reached and all of the minima are.
///
/// @param conditions in the unit of the name: documents, bytes or milliseconds
record RolloverConditions(Map<String, Long> conditions) {
  static final String AGE = "age";
  static final String DOCS = "docs";
  static final String SIZE = "size";
  static final String SHARD_SIZE = "primary_shard_size";
  static final String SHARD_DOCS = "primary_shard_docs";
  static final List<String> MEASURES = List.of(AGE, DOCS, SIZE, SHARD_SIZE, SHARD_DOCS);

  /// What an index measures now, in the units of the conditions.
  record Measured(
      long ageMillis, long docs, long bytes, long largestShardBytes, long mostShardDocs) {
    long of(String measure) {
      return switch (measure) {
        case AGE -> ageMillis;
        case DOCS -> docs;
        case SIZE -> bytes;
        case SHARD_SIZE -> largestShardBytes;
        default -> mostShardDocs;
      };
    }
  }

  RolloverConditions {
    conditions = Map.copyOf(conditions);
  }

  /// Reads {@code body} by upstream's names, as in `max_age: 30d`.
  static RolloverConditions parse(Map<String, String> body) {
    Map<String, Long> conditions = new LinkedHashMap<>();
    body.forEach(
        (name, value) -> {
          String measure =
              name.startsWith("max_") || name.startsWith("min_") ? name.substring(4) : "";
          if (!MEASURES.contains(measure)) {
            throw new IllegalArgumentException("[rollover] unknown field [" + name + "]");
          }
          conditions.put(name, number(name, measure, value));
        });
    if (conditions.keySet().stream().noneMatch(name -> name.startsWith("max_"))) {
      throw new IllegalArgumentException(
          "at least one max_* rollover condition must be set when using min_* conditions, or none"
              + " at all");
    }
    return new RolloverConditions(conditions);
  }

  private static long number(String name, String measure, String value) {
    return switch (measure) {
      case AGE -> TimeValue.parseTimeValue(value, name).millis();
      case SIZE, SHARD_SIZE -> ByteSizeValue.parseBytesSizeValue(value, name).getBytes();
      default -> {
        long docs = Long.parseLong(value);
        if (docs < 0) {
          throw new IllegalArgumentException("[" + name + "] must not be negative: " + value);
        }
        yield docs;
      }
    };
  }

  /// Whether it is full.
  ///
  /// @param wantsDocuments whether an empty index is not full unless `min_docs` says otherwise
  boolean areMet(Measured now, boolean wantsDocuments) {
    if (wantsDocuments && !conditions.containsKey("min_docs") && now.docs() == 0) {
      return false;
    }
    boolean anyMax = false;
    for (Map.Entry<String, Long> condition : conditions.entrySet()) {
      long measured = now.of(condition.getKey().substring(4));
      boolean reached = measured >= condition.getValue();
      if (condition.getKey().startsWith("max_")) {
        anyMax |= reached;
      } else if (!reached) {
        return false;
      }
    }
    return anyMax;
  }

  /// The names of the maxima that are reached.
  List<String> met(Measured now) {
    List<String> met = new ArrayList<>();
    conditions.forEach(
        (name, value) -> {
          if (name.startsWith("max_") && now.of(name.substring(4)) >= value) {
            met.add(name);
          }
        });
    return met;
  }
}
