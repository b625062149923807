package io.oriel.federation.api;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.series.ExemplarQueryable.SeriesExemplars;
import io.oriel.wire.storeapi.RuleGroup;
import io.oriel.wire.storeapi.RuleGroup.Alert;
import io.oriel.wire.storeapi.RuleGroup.Recording;
import io.oriel.wire.storeapi.RuleGroup.Rule;
import io.oriel.wire.storeapi.TargetDiscovery;
import io.oriel.wire.storeapi.TargetDiscovery.ActiveTarget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What replicas and clusters say of the same thing becomes one.
final class Merging {
  private Merging() {}

  private record GroupKey(String file, String name) implements Comparable<GroupKey> {
    @Override
    public int compareTo(GroupKey other) {
      int order = file.compareTo(other.file);
      return order != 0 ? order : name.compareTo(other.name);
    }
  }

  private record RuleKey(
      Class<?> kind, String name, String query, Labels labels, double forSeconds) {}

  /// Groups of one file and name become one; of equal rules the most urgent alert stays, and of
  /// those the one evaluated last.
  static List<RuleGroup> rules(List<RuleGroup> groups, Collection<String> replicaLabels) {
    Map<GroupKey, List<RuleGroup>> same = new TreeMap<>();
    for (RuleGroup group : groups) {
      same.computeIfAbsent(new GroupKey(group.file(), group.name()), _ -> new ArrayList<>())
          .add(group);
    }
    List<RuleGroup> merged = new ArrayList<>();
    for (List<RuleGroup> each : same.values()) {
      Map<RuleKey, Rule> rules = new LinkedHashMap<>();
      for (RuleGroup group : each) {
        for (Rule rule : group.rules()) {
          Rule shown = rule.withLabels(rule.labels().without(replicaLabels));
          rules.merge(key(shown), shown, Merging::better);
        }
      }
      RuleGroup newest =
          each.stream().max(Comparator.comparing(RuleGroup::lastEvaluation)).orElseThrow();
      merged.add(newest.withRules(List.copyOf(rules.values())));
    }
    return merged;
  }

  private static RuleKey key(Rule rule) {
    double forSeconds =
        switch (rule) {
          case Alert alert -> alert.forSeconds();
          case Recording _ -> 0;
        };
    return new RuleKey(rule.getClass(), rule.name(), rule.query(), rule.labels(), forSeconds);
  }

  private static Rule better(Rule one, Rule other) {
    int order =
        one instanceof Alert a && other instanceof Alert b ? a.state().compareTo(b.state()) : 0;
    if (order == 0) {
      order = outcome(one).lastEvaluation().compareTo(outcome(other).lastEvaluation());
    }
    return order >= 0 ? one : other;
  }

  static RuleGroup.Outcome outcome(Rule rule) {
    return switch (rule) {
      case Alert alert -> alert.outcome();
      case Recording recording -> recording.outcome();
    };
  }

  private record TargetKey(Labels discovered, Labels labels, String pool, String url) {}

  /// Of equal targets the one scraped last stays.
  static TargetDiscovery targets(List<TargetDiscovery> parts, Collection<String> replicaLabels) {
    Map<TargetKey, ActiveTarget> active = new LinkedHashMap<>();
    LinkedHashSet<Labels> dropped = new LinkedHashSet<>();
    for (TargetDiscovery part : parts) {
      for (ActiveTarget target : part.active()) {
        ActiveTarget shown = shown(target, replicaLabels);
        TargetKey key =
            new TargetKey(
                shown.discoveredLabels(), shown.labels(), shown.scrapePool(), shown.scrapeUrl());
        active.merge(
            key,
            shown,
            (one, other) -> one.lastScrape().isBefore(other.lastScrape()) ? other : one);
      }
      part.dropped().forEach(labels -> dropped.add(labels.without(replicaLabels)));
    }
    return new TargetDiscovery(List.copyOf(active.values()), List.copyOf(dropped));
  }

  private static ActiveTarget shown(ActiveTarget target, Collection<String> replicaLabels) {
    return target.withLabels(
        target.discoveredLabels().without(replicaLabels), target.labels().without(replicaLabels));
  }

  /// Every different metadata of each metric once.
  static Map<String, List<MetricMetadata>> metadata(List<Map<String, List<MetricMetadata>>> parts) {
    Map<String, LinkedHashSet<MetricMetadata>> all = new TreeMap<>();
    for (Map<String, List<MetricMetadata>> part : parts) {
      part.forEach(
          (metric, metas) -> all.computeIfAbsent(metric, _ -> new LinkedHashSet<>()).addAll(metas));
    }
    Map<String, List<MetricMetadata>> merged = new TreeMap<>();
    all.forEach((metric, metas) -> merged.put(metric, List.copyOf(metas)));
    return merged;
  }

  /// Every different exemplar of each series once, by time.
  static List<SeriesExemplars> exemplars(
      List<SeriesExemplars> parts, Collection<String> replicaLabels) {
    Map<Labels, LinkedHashSet<Exemplar>> all = new TreeMap<>();
    for (SeriesExemplars part : parts) {
      all.computeIfAbsent(part.series().without(replicaLabels), _ -> new LinkedHashSet<>())
          .addAll(part.exemplars());
    }
    List<SeriesExemplars> merged = new ArrayList<>();
    all.forEach(
        (series, exemplars) -> {
          List<Exemplar> sorted = new ArrayList<>(exemplars);
          sorted.sort(Comparator.comparingLong(Exemplar::timestampMillis));
          merged.add(new SeriesExemplars(series, sorted));
        });
    return merged;
  }
}
