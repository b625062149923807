package io.oriel.alerting.rule;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The alerts of one alerting rule, from evaluation to evaluation. Thread-safe: the group's loop
/// writes, APIs read.
final class AlertingState {
  /**
   * How long a resolved alert is remembered, so that its resolution reaches receivers that missed
   * it.
   */
  private static final long RESOLVED_RETENTION_MILLIS = 15 * 60_000;

  private static final String ALERT_NAME = "alertname";
  private static final String ALERT_STATE = "alertstate";

  /// A result to write: a series, its value.
  record Written(Labels labels, double value) {}

  private final RuleConfig.Alerting rule;
  private final Labels groupLabels;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private Map<Labels, Alert> active = new LinkedHashMap<>();

  @GuardedBy("lock")
  private boolean restored;

  AlertingState(RuleConfig.Alerting rule, Labels groupLabels) {
    this.rule = rule;
    this.groupLabels = groupLabels;
  }

  RuleConfig.Alerting rule() {
    return rule;
  }

  /// The present alerts, resolved ones included.
  List<Alert> all() {
    synchronized (lock) {
      return List.copyOf(active.values());
    }
  }

  /// The alerts that are pending or firing.
  List<Alert> current() {
    return all().stream().filter(alert -> alert.state() != Alert.State.INACTIVE).toList();
  }

  /// The worst state of any alert.
  Alert.State state() {
    Alert.State worst = Alert.State.INACTIVE;
    for (Alert alert : all()) {
      worst = alert.state().compareTo(worst) > 0 ? alert.state() : worst;
    }
    return worst;
  }

  /// Takes the alerts of the same rule before a reload.
  void inherit(AlertingState before) {
    Map<Labels, Alert> kept = new LinkedHashMap<>();
    before.all().forEach(alert -> kept.put(alert.labels(), alert));
    boolean wasRestored = before.isRestored();
    synchronized (lock) {
      active = kept;
      restored = wasRestored;
    }
  }

  boolean isRestored() {
    synchronized (lock) {
      return restored;
    }
  }

  void markRestored() {
    synchronized (lock) {
      restored = true;
    }
  }

  /// Moves every alert on by one evaluation at {@code timeMillis}.
  ///
  /// @return what to write: `ALERTS` and `ALERTS_FOR_STATE`; nothing before the state is restored
  /// @throws OrielException when two series make the same alert, or there are more than {@code
  ///   limit} alerts
  List<Written> evaluate(
      List<RuleSample> samples, RuleTemplate.Context context, long timeMillis, int limit) {
    Map<Labels, Alert> seen = new LinkedHashMap<>();
    for (RuleSample sample : samples) {
      double value = sample.histogram() == null ? sample.value() : Double.NaN;
      Labels bare = sample.labels();
      Labels labels = alertLabels(bare, context, value);
      Map<String, String> annotations = new HashMap<>();
      rule.annotations()
          .forEach(
              (name, text) ->
                  annotations.put(
                      name,
                      RuleTemplate.expand("__alert_" + rule.name(), text, context, bare, value)));
      if (seen.put(labels, Alert.pending(labels, annotations, value, timeMillis)) != null) {
        throw new OrielException(
            Kind.INVALID,
            "vector contains metrics with the same labelset after applying alert labels");
      }
    }
    synchronized (lock) {
      seen.forEach((labels, fresh) -> active.merge(labels, fresh, AlertingState::merged));
      return advance(seen, timeMillis, limit);
    }
  }

  private static Alert merged(Alert known, Alert fresh) {
    return known.state() == Alert.State.INACTIVE
        ? fresh
        : known.seen(fresh.value(), fresh.annotations());
  }

  private Labels alertLabels(Labels sample, RuleTemplate.Context context, double value) {
    LabelsBuilder labels = sample.toBuilder().remove(LabelName.METRIC);
    for (Labels added : List.of(groupLabels, rule.labels())) {
      for (int i = 0; i < added.size(); i++) {
        String text =
            RuleTemplate.expand("__alert_" + rule.name(), added.value(i), context, sample, value);
        labels.set(added.name(i), text);
      }
    }
    return labels.set(ALERT_NAME, rule.name()).build();
  }

  @GuardedBy("lock")
  private List<Written> advance(Map<Labels, Alert> seen, long timeMillis, int limit) {
    Map<Labels, Alert> next = new LinkedHashMap<>();
    List<Written> written = new ArrayList<>();
    int counted = 0;
    for (Alert known : active.values()) {
      Alert alert = known;
      if (!seen.containsKey(alert.labels())) {
        boolean keeps = keepsFiring(alert, timeMillis);
        if (alert.state() == Alert.State.FIRING
            && rule.keepFiringForMillis() > 0
            && alert.keepFiringSinceMillis() == 0) {
          alert = alert.keptFiringSince(timeMillis);
        }
        boolean forgotten =
            alert.state() == Alert.State.PENDING
                || (alert.resolvedAtMillis() != 0
                    && timeMillis - alert.resolvedAtMillis() > RESOLVED_RETENTION_MILLIS);
        if (forgotten) {
          continue;
        }
        if (alert.state() != Alert.State.INACTIVE && !keeps) {
          alert = alert.resolved(timeMillis);
        }
        if (!keeps) {
          next.put(alert.labels(), alert);
          continue;
        }
      }
      counted++;
      if (alert.state() == Alert.State.PENDING
          && timeMillis - alert.activeAtMillis() >= rule.forMillis()) {
        alert = alert.firing(timeMillis);
      }
      next.put(alert.labels(), alert);
      if (restored) {
        written.add(new Written(stateLabels(alert, true), 1));
        written.add(
            new Written(stateLabels(alert, false), Math.floorDiv(alert.activeAtMillis(), 1000)));
      }
    }
    if (limit > 0 && counted > limit) {
      active = new LinkedHashMap<>();
      throw new LimitExceeded("limit", limit, counted);
    }
    active = next;
    return written;
  }

  private boolean keepsFiring(Alert alert, long timeMillis) {
    if (alert.state() != Alert.State.FIRING || rule.keepFiringForMillis() <= 0) {
      return false;
    }
    long since = alert.keepFiringSinceMillis();
    return since == 0 || timeMillis - since < rule.keepFiringForMillis();
  }

  static Labels stateLabels(Alert alert, boolean withState) {
    LabelsBuilder labels = alert.labels().toBuilder();
    labels.set(LabelName.METRIC, withState ? "ALERTS" : "ALERTS_FOR_STATE");
    if (withState) {
      labels.set(ALERT_STATE, alert.state().word());
    }
    return labels.build();
  }

  /// Replaces each pending or firing alert by what {@code change} makes of it.
  void update(Function<Alert, Alert> change) {
    synchronized (lock) {
      active.replaceAll((_, alert) -> change.apply(alert));
    }
  }
}
