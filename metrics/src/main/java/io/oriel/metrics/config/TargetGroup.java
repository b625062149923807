package io.oriel.metrics.config;

import io.oriel.model.labels.Labels;
import java.util.List;

/// Targets that were found together and share labels.
///
/// @param source tells the groups of one provider apart; a later group replaces the earlier one of
///   the same source
/// @param targets each target's own labels, `__address__` among them
/// @param labels the labels of all of them; a target's own win
public record TargetGroup(String source, List<Labels> targets, Labels labels) {
  public TargetGroup {
    targets = List.copyOf(targets);
  }
}
