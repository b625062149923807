package io.oriel.metrics.scrape;

import io.oriel.metrics.config.ScrapeConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a job would make of discovered targets, without scraping them.
///
/// @param discovered the labels before relabelling
/// @param labels those after relabelling, with `__address__` and its like; empty when it drops the
///   target
/// @param error why it could not be scraped; empty when it could
public record TargetCheck(Labels discovered, Labels labels, String error) {
  /// Checks every target of {@code groups}, equal ones once.
  public static List<TargetCheck> of(ScrapeConfig config, List<TargetGroup> groups) {
    TargetFactory factory = new TargetFactory(config);
    Set<TargetCheck> found = new LinkedHashSet<>();
    for (TargetGroup group : groups) {
      for (Labels target : group.targets()) {
        Labels discovered = factory.discovered(group, target);
        try {
          boolean kept = factory.target(discovered).isPresent();
          Labels labels = kept ? factory.relabelled(discovered) : Labels.empty();
          found.add(new TargetCheck(discovered, labels, ""));
        } catch (OrielException e) {
          found.add(new TargetCheck(discovered, Labels.empty(), e.reason()));
        }
      }
    }
    return new ArrayList<>(found);
  }
}
