package io.oriel.alerting.rule;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.Answer;
import io.oriel.model.series.AppendOutcome;
import io.oriel.model.series.Appendable;
import io.oriel.model.series.Appender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One group of rules and everything it remembers. {@link #evaluate} is called by one thread at a
/// time; {@link #status} by any.
public final class RuleGroup {
  private static final Logger LOG = LoggerFactory.getLogger(RuleGroup.class);

  private final String file;
  private final RuleFile.Group config;
  private final RuleOptions options;
  private final RuleQuery query;
  private final Appendable storage;
  private final AlertSink sink;
  private final RuleMetrics metrics;
  private final RuleSlots slots;
  private final LongSupplier nanos;

  /** Positions of rules that may run at once, in the order of evaluation; empty without slots. */
  private final List<List<Integer>> batches;

  private final List<RuleRun> runs = new ArrayList<>();

  /** Published by the evaluating thread for the API. */
  private volatile long lastEvaluationMillis;

  private volatile double evaluationSeconds;

  /// What a group works with.
  ///
  /// @param sink is told alerts from several threads at once when there are slots
  /// @param slots what independent rules may use to run at once
  /// @param nanos elapsed time
  public record Collaborators(
      RuleQuery query,
      Appendable storage,
      AlertSink sink,
      RuleMetrics metrics,
      RuleSlots slots,
      LongSupplier nanos) {}

  /// One rule's memory between evaluations.
  private static final class RuleRun {
    final RuleConfig config;
    final AlertingState alerts;
    Set<Labels> written = new HashSet<>();

    /** Published by the evaluating thread for the API. */
    volatile RuleStatus status;

    RuleRun(RuleConfig config, Labels groupLabels) {
      this.config = config;
      RuleConfig.Alerting alerting =
          config instanceof RuleConfig.Alerting own
              ? own
              : new RuleConfig.Alerting(
                  config.name(), config.expression(), 0, 0, Labels.empty(), Map.of(), 0);
      this.alerts = new AlertingState(alerting, groupLabels);
      this.status =
          new RuleStatus(
              config, RuleStatus.Health.UNKNOWN, "", 0, 0, Alert.State.INACTIVE, List.of());
    }

    boolean alerting() {
      return config instanceof RuleConfig.Alerting;
    }
  }

  public RuleGroup(String file, RuleFile.Group config, RuleOptions options, Collaborators with) {
    this.file = file;
    this.config = config;
    this.options = options;
    this.query = with.query();
    this.storage = with.storage();
    this.sink = with.sink();
    this.metrics = with.metrics();
    this.slots = with.slots();
    this.nanos = with.nanos();
    this.batches = slots.areNone() ? List.of() : RuleOrder.batches(config.rules());
    config.rules().forEach(rule -> runs.add(new RuleRun(rule, config.labels())));
    metrics.rules.labelValues(key()).set(runs.size());
    metrics.interval.labelValues(key()).set(intervalMillis() / 1000.0);
  }

  /// The file and name, by which metrics and reloads know a group.
  public String key() {
    return file + ";" + config.name();
  }

  public long intervalMillis() {
    return config.intervalMillis().orElse(options.intervalMillis());
  }

  /// The last evaluation time that is not after {@code nowMillis}: multiples of the interval,
  /// shifted by a hash of the key so that groups do not all run at once.
  public long slotMillis(long nowMillis) {
    long interval = intervalMillis();
    long shift = Math.floorMod(Labels.of("k", key()).hash(), interval);
    return nowMillis - Math.floorMod(nowMillis - shift, interval);
  }

  /// Takes over the alerts, and the series to end, of the same group before a reload. Rules are
  /// matched by name and labels, in order.
  public void inherit(RuleGroup before) {
    List<RuleRun> old = new ArrayList<>(before.runs);
    for (RuleRun run : runs) {
      for (RuleRun candidate : old) {
        if (sameRule(candidate.config, run.config)) {
          run.alerts.inherit(candidate.alerts);
          run.written = candidate.written;
          run.status = candidate.status;
          old.remove(candidate);
          break;
        }
      }
    }
    Set<Labels> orphans = new HashSet<>();
    old.forEach(gone -> orphans.addAll(gone.written));
    if (!runs.isEmpty()) {
      runs.getLast().written.addAll(orphans);
    }
  }

  private static boolean sameRule(RuleConfig a, RuleConfig b) {
    return a.getClass().equals(b.getClass())
        && a.name().equals(b.name())
        && a.labels().equals(b.labels());
  }

  /// Evaluates every rule for {@code timeMillis} and writes the results.
  public void evaluate(long timeMillis) {
    long start = nanos.getAsLong();
    LongAdder samples = new LongAdder();
    if (slots.areNone()) {
      runs.forEach(run -> samples.add(settle(run, timeMillis)));
    } else {
      batches.forEach(batch -> evaluateAtOnce(batch, timeMillis, samples));
    }
    lastEvaluationMillis = timeMillis;
    evaluationSeconds = (nanos.getAsLong() - start) / 1e9;
    metrics.iterations.labelValues(key()).inc();
    metrics.groupDuration.observe(evaluationSeconds);
    metrics.lastDuration.labelValues(key()).set(evaluationSeconds);
    metrics.lastEvaluation.labelValues(key()).set(timeMillis / 1000.0);
    metrics.lastSamples.labelValues(key()).set((double) samples.sum());
  }

  /// Evaluates those rules, some beside this thread while there are slots.
  private void evaluateAtOnce(List<Integer> batch, long timeMillis, LongAdder samples) {
    List<FutureTask<Integer>> beside = new ArrayList<>();
    for (int i : batch) {
      RuleRun run = runs.get(i);
      if (batch.size() == 1 || !slots.take()) {
        samples.add(settle(run, timeMillis));
        continue;
      }
      FutureTask<Integer> task =
          new FutureTask<>(
              () -> {
                try {
                  return settle(run, timeMillis);
                } finally {
                  slots.release();
                }
              });
      beside.add(task);
      Thread.ofVirtual().name("oriel/metrics/rules/" + key() + "/" + i).start(task);
    }
    for (FutureTask<Integer> task : beside) {
      samples.add(result(task));
    }
  }

  private static int result(FutureTask<Integer> task) {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OrielException(Kind.CANCELLED, "interrupted while rules were evaluated", e);
    } catch (ExecutionException e) {
      throw new OrielException(Kind.BUG, "rule failed: " + e.getCause(), e);
    }
  }

  /// Evaluates a rule, whatever comes of it; returns how many samples it gave.
  private int settle(RuleRun run, long timeMillis) {
    long start = nanos.getAsLong();
    String error = "";
    int samples = 0;
    try {
      samples = evaluate(run, timeMillis);
    } catch (OrielException e) {
      error = e.reason();
    } catch (IOException e) {
      error = String.valueOf(e.getMessage());
    }
    double seconds = (nanos.getAsLong() - start) / 1e9;
    metrics.evaluations.labelValues(key()).inc();
    metrics.evaluationDuration.observe(seconds);
    if (!error.isEmpty()) {
      metrics.failures.labelValues(key()).inc();
      LOG.atWarn()
          .addKeyValue("group", config.name())
          .addKeyValue("rule", run.config.name())
          .addKeyValue("reason", error)
          .log("rule failed, its series get no sample this time");
    }
    run.status =
        new RuleStatus(
            run.config,
            error.isEmpty() ? RuleStatus.Health.OK : RuleStatus.Health.ERROR,
            error,
            timeMillis,
            seconds,
            run.alerting() ? run.alerts.state() : Alert.State.INACTIVE,
            List.of());
    return samples;
  }

  private int evaluate(RuleRun run, long timeMillis) throws IOException {
    long at = timeMillis - config.queryOffsetMillis().orElse(options.queryOffsetMillis());
    Answer<List<RuleSample>> answer = query.at(run.config.expression(), at);
    List<RuleSample> results =
        run.alerting()
            ? alerts(run, answer.value(), timeMillis, at)
            : recorded(run, answer.value());
    write(run, results, at);
    return results.size();
  }

  private List<RuleSample> alerts(
      RuleRun run, List<RuleSample> samples, long timeMillis, long queriedAt) {
    RuleTemplate.Context context =
        new RuleTemplate.Context(query, queriedAt, options.externalLabels(), options.externalUrl());
    List<AlertingState.Written> written =
        run.alerts.evaluate(samples, context, timeMillis, config.limit());
    send(run, timeMillis);
    return written.stream()
        .map(result -> new RuleSample(result.labels(), result.value(), null))
        .toList();
  }

  private void send(RuleRun run, long timeMillis) {
    List<Alert> due = new ArrayList<>();
    long resend = options.resendDelayMillis();
    long validFor = 4 * Math.max(intervalMillis(), resend);
    run.alerts.update(
        alert -> {
          boolean again = alert.lastSentMillis() + resend <= timeMillis;
          boolean newlyResolved = alert.resolvedAtMillis() > alert.lastSentMillis();
          if (alert.state() == Alert.State.PENDING || !(again || newlyResolved)) {
            return alert;
          }
          Alert sent = alert.sent(timeMillis, timeMillis + validFor);
          due.add(sent);
          return sent;
        });
    if (!due.isEmpty()) {
      sink.send(run.config.expression(), due);
    }
  }

  private List<RuleSample> recorded(RuleRun run, List<RuleSample> samples) {
    List<RuleSample> results = new ArrayList<>(samples.size());
    Set<Labels> seen = new HashSet<>();
    for (RuleSample sample : samples) {
      LabelsBuilder labels = sample.labels().toBuilder().set(LabelName.METRIC, run.config.name());
      for (Labels added : List.of(config.labels(), run.config.labels())) {
        for (int i = 0; i < added.size(); i++) {
          labels.set(added.name(i), added.value(i));
        }
      }
      Labels result = labels.build();
      if (!seen.add(result)) {
        throw OrielException.invalid(
            "vector contains metrics with the same labelset after applying rule labels");
      }
      results.add(new RuleSample(result, sample.value(), sample.histogram()));
    }
    if (config.limit() > 0 && results.size() > config.limit()) {
      throw OrielException.invalid(
          "exceeded limit of " + config.limit() + " with " + results.size() + " series");
    }
    return results;
  }

  private void write(RuleRun run, List<RuleSample> results, long at) throws IOException {
    Map<AppendOutcome, Integer> refused = new EnumMap<>(AppendOutcome.class);
    Set<Labels> written = new HashSet<>();
    try (Appender appender = storage.appender()) {
      for (RuleSample result : results) {
        long ref = appender.series(result.labels());
        AppendOutcome outcome =
            result.histogram() == null
                ? appender.append(ref, at, result.value())
                : appender.append(ref, at, result.histogram());
        if (outcome == AppendOutcome.APPENDED) {
          written.add(result.labels());
        } else {
          refused.merge(outcome, 1, Integer::sum);
        }
      }
      for (Labels gone : run.written) {
        if (!written.contains(gone)) {
          AppendOutcome _ = appender.append(appender.series(gone), at, StaleMarker.VALUE);
        }
      }
      appender.commit();
    }
    run.written = written;
    if (!refused.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("group", config.name())
          .addKeyValue("rule", run.config.name())
          .addKeyValue("reason", refused)
          .log("some results of the rule were not stored");
    }
  }

  /// Ends every series the group wrote, when the group is gone for good.
  public void endSeries(long timeMillis) throws IOException {
    for (RuleRun run : runs) {
      write(run, List.of(), timeMillis);
    }
  }

  /// Gives alerts that were pending or firing before a restart their age back, from
  /// `ALERTS_FOR_STATE`.
  public void restore(long timeMillis) {
    for (RuleRun run : runs) {
      if (run.alerting() && !run.alerts.isRestored()) {
        restore(run, timeMillis);
        run.alerts.markRestored();
      }
    }
  }

  private void restore(RuleRun run, long timeMillis) {
    long forMillis = run.alerts.rule().forMillis();
    if (forMillis < options.gracePeriodMillis()) {
      return;
    }
    for (Alert alert : run.alerts.current()) {
      Labels state = AlertingState.stateLabels(alert, false);
      long window = options.outageToleranceMillis() / 1000;
      String expression = "last_over_time(" + selector(state) + "[" + Math.max(1, window) + "s])";
      String times = "timestamp(" + selector(state) + ")";
      try {
        List<RuleSample> since = query.at(expression, timeMillis).value();
        if (since.isEmpty()) {
          continue;
        }
        List<RuleSample> last =
            query
                .at("last_over_time(" + times + "[" + Math.max(1, window) + "s:15s])", timeMillis)
                .value();
        long downAt = last.isEmpty() ? timeMillis : (long) (1000 * last.getFirst().value());
        long restored =
            restoredSince((long) (1000 * since.getFirst().value()), downAt, forMillis, timeMillis);
        run.alerts.update(
            known -> known.labels().equals(alert.labels()) ? known.activeSince(restored) : known);
      } catch (OrielException | IOException e) {
        LOG.atWarn()
            .setCause(e)
            .addKeyValue("rule", run.config.name())
            .log("cannot restore the alert's age, it starts anew");
      }
    }
  }

  /// Since when a restored alert is active: time spent down does not count towards `for`.
  private long restoredSince(long sinceMillis, long downAtMillis, long forMillis, long nowMillis) {
    long spent = downAtMillis - sinceMillis;
    long remaining = forMillis - spent;
    if (remaining <= 0) {
      return sinceMillis;
    }
    if (remaining < options.gracePeriodMillis()) {
      return nowMillis + options.gracePeriodMillis() - forMillis;
    }
    return sinceMillis + (nowMillis - downAtMillis);
  }

  private static String selector(Labels labels) {
    return labels.toString();
  }

  /// How the group stands.
  public RuleGroupStatus status() {
    List<RuleStatus> rules =
        runs.stream()
            .map(
                run ->
                    new RuleStatus(
                        run.config,
                        run.status.health(),
                        run.status.lastError(),
                        run.status.lastEvaluationMillis(),
                        run.status.evaluationSeconds(),
                        run.alerting() ? run.alerts.state() : Alert.State.INACTIVE,
                        run.alerting() ? run.alerts.current() : List.of()))
            .toList();
    return new RuleGroupStatus(
        config.name(),
        file,
        intervalMillis(),
        config.limit(),
        lastEvaluationMillis,
        evaluationSeconds,
        rules);
  }

  /// Counts evaluations that did not happen because an earlier one took too long.
  void countMissed(long missed) {
    metrics.missed.labelValues(key()).inc(missed);
  }
}
