package io.oriel.logs.search;

import io.oriel.model.matcher.StarPattern;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which fields there are, and of which type. Immutable.
final class FieldCatalog {
  private final SortedMap<String, String> types;

  /// @param types the engine's type by full name: `keyword`, `text`, `date`
  FieldCatalog(Map<String, String> types) {
    this.types = new TreeMap<>(types);
  }

  /// A catalog of nothing: every field is taken as it is named.
  static FieldCatalog unknown() {
    return new FieldCatalog(Map.of());
  }

  /// The type of a field; empty for one that is not there.
  String type(String field) {
    return types.getOrDefault(field, "");
  }

  boolean isDate(String field) {
    return type(field).startsWith("date");
  }

  /// Whether its values are single words to the engine, case and all.
  boolean isKeyword(String field) {
    return switch (type(field)) {
      case "keyword", "constant_keyword", "wildcard", "flat_object", "flattened", "ip", "version" ->
          true;
      default -> false;
    };
  }

  /// Those that a name with stars means; the name itself when there is no star in it.
  List<String> matching(String pattern) {
    if (pattern.indexOf('*') < 0) {
      return List.of(pattern);
    }
    List<String> found = new ArrayList<>();
    for (String field : types.keySet()) {
      if (StarPattern.matches(pattern, field)) {
        found.add(field);
      }
    }
    return found;
  }

  SortedMap<String, String> types() {
    return Collections.unmodifiableSortedMap(types);
  }
}
