package io.oriel.logs.search;

import io.oriel.search.query.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Whose lines somebody may see.
///
/// @param clusters by name; empty for all
public record LogAccess(Set<String> clusters) {
  private static final String CLUSTER = "cluster";

  public LogAccess {
    clusters = Set.copyOf(clusters);
  }

  /// Every cluster's.
  public static LogAccess everything() {
    return new LogAccess(Set.of());
  }

  /// Indices that hold them, and perhaps others': a name may start like another.
  List<String> indices() {
    if (clusters.isEmpty()) {
      return List.of("logs-*");
    }
    List<String> indices = new ArrayList<>();
    for (String cluster : clusters.stream().sorted().toList()) {
      indices.add("logs-" + cluster);
      indices.add("logs-" + cluster + "-*");
    }
    return indices;
  }

  /// What every one of their documents matches and no other does.
  Query filter() {
    return clusters.isEmpty()
        ? Query.all()
        : Query.terms(CLUSTER, clusters.stream().sorted().toList());
  }
}
