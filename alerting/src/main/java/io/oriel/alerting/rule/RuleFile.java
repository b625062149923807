package io.oriel.alerting.rule;

import io.oriel.model.labels.Labels;
import java.util.List;
import java.util.Optional;

/// A rule file: groups of rules.
///
/// @param path the file as it was named
public record RuleFile(String path, List<Group> groups) {
  public RuleFile {
    groups = List.copyOf(groups);
  }

  /// Rules that are evaluated together, in order.
  ///
  /// @param intervalMillis distance of evaluations; absent for the global interval
  /// @param queryOffsetMillis how far back the expressions look; absent for the global offset
  /// @param limit most results that one rule may have; zero for no limit
  /// @param labels labels that every rule gets, its own taking precedence
  public record Group(
      String name,
      Optional<Long> intervalMillis,
      Optional<Long> queryOffsetMillis,
      int limit,
      Labels labels,
      List<RuleConfig> rules) {
    public Group {
      rules = List.copyOf(rules);
    }
  }
}
