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
/// @param labels those of the target; empty when relabelling drops it
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
          Labels labels = factory.target(discovered).map(Target::labels).orElse(Labels.empty());
          found.add(new TargetCheck(discovered, labels, ""));
        } catch (OrielException e) {
          found.add(new TargetCheck(discovered, Labels.empty(), e.reason()));
        }
      }
    }
    return new ArrayList<>(found);
  }
}
