package io.oriel.app.role.metrics;

import io.oriel.alerting.rule.Alert;
import io.oriel.alerting.rule.RuleConfig;
import io.oriel.alerting.rule.RuleGroupStatus;
import io.oriel.alerting.rule.RuleStatus;
import io.oriel.federation.store.Facts;
import io.oriel.metrics.scrape.Scrapes;
import io.oriel.metrics.scrape.TargetStatus;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.number.GoFloat;
import io.oriel.model.series.ExemplarQueryable;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.RuleGroup;
import io.oriel.wire.storeapi.RulesRequest;
import io.oriel.wire.storeapi.TargetDiscovery;
import io.oriel.wire.storeapi.TargetDiscovery.ActiveTarget;
import io.oriel.wire.storeapi.TargetDiscovery.Health;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// What a metrics role tells a query above it, from its own rules, targets and exemplars.
final class MetricsFacts implements Facts {
  /** Go's zero time, which stands for never. */
  private static final Instant NEVER = Instant.parse("0001-01-01T00:00:00Z");

  private final Supplier<List<RuleGroupStatus>> rules;
  private final Scrapes scrapes;
  private final ExemplarQueryable exemplars;

  MetricsFacts(
      Supplier<List<RuleGroupStatus>> rules, Scrapes scrapes, ExemplarQueryable exemplars) {
    this.rules = rules;
    this.scrapes = scrapes;
    this.exemplars = exemplars;
  }

  @Override
  public List<RuleGroup> rules(RulesRequest.Type type) {
    return rules.get().stream().map(group -> group(group, type)).toList();
  }

  private static RuleGroup group(RuleGroupStatus group, RulesRequest.Type type) {
    List<RuleGroup.Rule> shown = new ArrayList<>();
    for (RuleStatus rule : group.rules()) {
      switch (rule.config()) {
        case RuleConfig.Alerting alerting when type != RulesRequest.Type.RECORD ->
            shown.add(alert(alerting, rule));
        case RuleConfig.Recording recording when type != RulesRequest.Type.ALERT ->
            shown.add(
                new RuleGroup.Recording(
                    recording.name(), recording.expression(), recording.labels(), outcome(rule)));
        default -> {
          // of the other type
        }
      }
    }
    return new RuleGroup(
        group.name(),
        group.file(),
        shown,
        group.intervalMillis() / 1000.0,
        group.evaluationSeconds(),
        time(group.lastEvaluationMillis()),
        group.limit(),
        PartialResponse.ABORT);
  }

  private static RuleGroup.Alert alert(RuleConfig.Alerting config, RuleStatus rule) {
    return new RuleGroup.Alert(
        state(rule.state()),
        config.name(),
        config.expression(),
        config.forMillis() / 1000.0,
        config.keepFiringForMillis() / 1000.0,
        config.labels(),
        Labels.copyOf(config.annotations()),
        rule.alerts().stream().map(MetricsFacts::instance).toList(),
        outcome(rule));
  }

  private static RuleGroup.AlertInstance instance(Alert alert) {
    return new RuleGroup.AlertInstance(
        alert.labels(),
        Labels.copyOf(alert.annotations()),
        state(alert.state()),
        Optional.of(time(alert.activeAtMillis())),
        GoFloat.formatExponent(alert.value()));
  }

  private static RuleGroup.AlertState state(Alert.State state) {
    return switch (state) {
      case INACTIVE -> RuleGroup.AlertState.INACTIVE;
      case PENDING -> RuleGroup.AlertState.PENDING;
      case FIRING -> RuleGroup.AlertState.FIRING;
    };
  }

  private static RuleGroup.Outcome outcome(RuleStatus rule) {
    return new RuleGroup.Outcome(
        rule.health().word(),
        rule.lastError(),
        rule.evaluationSeconds(),
        time(rule.lastEvaluationMillis()));
  }

  private static Instant time(long millis) {
    return millis == 0 ? NEVER : Instant.ofEpochMilli(millis);
  }

  @Override
  public TargetDiscovery targets(TargetDiscovery.State state) {
    List<ActiveTarget> active = new ArrayList<>();
    List<Labels> dropped = new ArrayList<>();
    if (state != TargetDiscovery.State.DROPPED) {
      scrapes.active().values().forEach(job -> job.forEach(each -> active.add(target(each))));
    }
    if (state != TargetDiscovery.State.ACTIVE) {
      scrapes.dropped().values().forEach(dropped::addAll);
    }
    return new TargetDiscovery(active, dropped);
  }

  private static ActiveTarget target(TargetStatus status) {
    String url = status.target().uri().toString();
    return new ActiveTarget(
        status.target().discovered(),
        status.target().labels(),
        status.job(),
        url,
        url,
        status.lastError(),
        time(status.lastScrapeMillis()),
        status.lastDurationSeconds(),
        switch (status.health()) {
          case UP -> Health.UP;
          case DOWN -> Health.DOWN;
          case UNKNOWN -> Health.UNKNOWN;
        });
  }

  @Override
  public Map<String, List<MetricMetadata>> metadata(String metric) {
    Map<String, Set<MetricMetadata>> all = new TreeMap<>();
    for (List<TargetStatus> job : scrapes.active().values()) {
      for (TargetStatus target : job) {
        target
            .metadata()
            .forEach(
                (name, meta) -> {
                  if (metric.isEmpty() || metric.equals(name)) {
                    all.computeIfAbsent(name, _ -> new LinkedHashSet<>()).add(meta);
                  }
                });
      }
    }
    Map<String, List<MetricMetadata>> shown = new TreeMap<>();
    all.forEach((name, metas) -> shown.put(name, List.copyOf(metas)));
    return shown;
  }

  @Override
  public List<SeriesExemplars> exemplars(
      long startMillis, long endMillis, List<List<Matcher>> selectors) throws IOException {
    return exemplars.exemplars(startMillis, endMillis, selectors);
  }
}
