package io.oriel.alerting.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Answer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RuleGroupTest {
  private static final long MINUTE = 60_000;

  private final FakeStorage storage = new FakeStorage();
  private final Map<String, List<RuleSample>> results = new HashMap<>();
  private final List<Alert> sent = new ArrayList<>();

  private RuleGroup group(String yaml) {
    return group(yaml, RuleOptions.standard());
  }

  private RuleGroup group(String yaml, RuleOptions options) {
    return group(yaml, options, this::query, RuleSlots.none());
  }

  private RuleGroup group(String yaml, RuleOptions options, RuleQuery query, RuleSlots slots) {
    RuleFile file = new RuleFileReader(_ -> {}, RuleFileReader.Naming.UTF8).read("r.yml", yaml);
    return new RuleGroup(
        "r.yml",
        file.groups().getFirst(),
        options,
        new RuleGroup.Collaborators(
            query,
            storage,
            (_, alerts) -> sent.addAll(alerts),
            new RuleMetrics(new PrometheusRegistry()),
            slots,
            () -> 0));
  }

  private Answer<List<RuleSample>> query(String expression, long timeMillis) {
    if (expression.equals("fails")) {
      throw OrielException.invalid("query fails");
    }
    return Answer.of(results.getOrDefault(expression, List.of()));
  }

  private static RuleSample sample(double value, String... labels) {
    return new RuleSample(Labels.of(labels), value, null);
  }

  @Test
  void recordsResultsAndEndsVanishedSeries() {
    RuleGroup group =
        group(
            """
            groups:
              - name: g
                labels: {team: a, x: group}
                rules:
                  - record: out
                    expr: q
                    labels: {x: rule}
            """);
    results.put("q", List.of(sample(1, "__name__", "in", "j", "1"), sample(2, "j", "2")));
    group.evaluate(MINUTE);
    assertEquals(
        List.of(
            "{__name__=\"out\", j=\"1\", team=\"a\", x=\"rule\"} 1.0 @60000",
            "{__name__=\"out\", j=\"2\", team=\"a\", x=\"rule\"} 2.0 @60000"),
        storage.drain());

    results.put("q", List.of(sample(3, "j", "2")));
    group.evaluate(2 * MINUTE);
    assertEquals(
        List.of(
            "{__name__=\"out\", j=\"2\", team=\"a\", x=\"rule\"} 3.0 @120000",
            "{__name__=\"out\", j=\"1\", team=\"a\", x=\"rule\"} stale @120000"),
        storage.drain());
  }

  @Test
  void oneFailingRuleDoesNotStopTheOthers() {
    RuleGroup group =
        group(
            """
            groups:
              - name: g
                rules:
                  - {record: a, expr: fails}
                  - {record: b, expr: q}
            """);
    results.put("q", List.of(sample(1)));
    group.evaluate(MINUTE);

    RuleGroupStatus status = group.status();
    assertEquals(RuleStatus.Health.ERROR, status.rules().get(0).health());
    assertEquals("query fails", status.rules().get(0).lastError());
    assertEquals(RuleStatus.Health.OK, status.rules().get(1).health());
    assertEquals(1, storage.drain().size());
  }

  @Test
  void alertIsPendingThenFiresThenResolves() {
    RuleGroup group =
        group(
            """
            groups:
              - name: g
                rules:
                  - alert: Down
                    expr: q
                    for: 2m
                    labels: {severity: page}
                    annotations: {summary: "{{ $labels.j }} is {{ $value }} in {{ $externalLabels.c }}"}
            """,
            new RuleOptions(
                MINUTE, 0, Labels.of("c", "dev"), "http://x", 3_600_000, 600_000, MINUTE));
    results.put("q", List.of(sample(0, "__name__", "up", "j", "1")));
    group.restore(0);
    group.evaluate(MINUTE);
    assertEquals(Alert.State.PENDING, group.status().rules().getFirst().state());
    assertEquals(
        List.of(
            "{__name__=\"ALERTS\", alertname=\"Down\", alertstate=\"pending\", j=\"1\","
                + " severity=\"page\"} 1.0 @60000",
            "{__name__=\"ALERTS_FOR_STATE\", alertname=\"Down\", j=\"1\", severity=\"page\"} 60.0"
                + " @60000"),
        storage.drain());
    assertTrue(sent.isEmpty());

    group.evaluate(2 * MINUTE);
    group.evaluate(3 * MINUTE);
    Alert firing = sent.getFirst();
    assertEquals(Alert.State.FIRING, firing.state());
    assertEquals(3 * MINUTE, firing.firedAtMillis());
    assertEquals("1 is 0 in dev", firing.annotations().get("summary"));
    assertEquals(3 * MINUTE + 4 * MINUTE, firing.validUntilMillis());

    sent.clear();
    storage.drain();
    results.clear();
    group.evaluate(4 * MINUTE);
    assertEquals(Alert.State.INACTIVE, sent.getFirst().state());
    assertEquals(4 * MINUTE, sent.getFirst().resolvedAtMillis());
    assertTrue(group.status().rules().getFirst().alerts().isEmpty());
    assertEquals(2, storage.drain().stream().filter(line -> line.contains(" stale ")).count());

    sent.clear();
    group.evaluate(5 * MINUTE);
    assertEquals(1, sent.size(), "a resolution is sent again");
    group.evaluate(4 * MINUTE + 16 * MINUTE);
    sent.clear();
    group.evaluate(4 * MINUTE + 18 * MINUTE);
    assertTrue(sent.isEmpty(), "a resolved alert is forgotten after fifteen minutes");
  }

  @Test
  void keepsFiringForAWhileAfterItsSeriesIsGone() {
    RuleGroup group =
        group(
            """
            groups:
              - name: g
                rules:
                  - {alert: A, expr: q, keep_firing_for: 3m}
            """);
    group.restore(0);
    results.put("q", List.of(sample(1)));
    group.evaluate(MINUTE);
    results.clear();
    for (int minute = 2; minute <= 4; minute++) {
      group.evaluate(minute * MINUTE);
      assertEquals(Alert.State.FIRING, group.status().rules().getFirst().state(), "" + minute);
    }
    group.evaluate(5 * MINUTE);
    assertEquals(Alert.State.INACTIVE, group.status().rules().getFirst().state());
  }

  @Test
  void tooManyAlertsAreNone() {
    RuleGroup group =
        group(
            """
            groups:
              - name: g
                limit: 1
                rules:
                  - {alert: A, expr: q}
            """);
    results.put("q", List.of(sample(1, "a", "1"), sample(1, "a", "2")));
    group.restore(0);
    group.evaluate(MINUTE);

    RuleStatus status = group.status().rules().getFirst();
    assertEquals("limit: got 2, want at most 1", status.lastError());
    assertTrue(status.alerts().isEmpty());
    assertTrue(storage.drain().isEmpty());
  }

  @Test
  void reloadKeepsAlertsAndEndsSeriesOfRemovedRules() {
    String before =
        """
        groups:
          - name: g
            rules:
              - {record: gone, expr: q}
              - {alert: A, expr: q, for: 10m}
        """;
    String after =
        """
        groups:
          - name: g
            rules:
              - {alert: A, expr: q2, for: 10m}
        """;
    RuleGroup old = group(before);
    old.restore(0);
    results.put("q", List.of(sample(1)));
    old.evaluate(MINUTE);
    storage.drain();

    RuleGroup fresh = group(after);
    fresh.inherit(old);
    results.put("q2", List.of(sample(1)));
    fresh.evaluate(2 * MINUTE);

    assertEquals(MINUTE, fresh.status().rules().getFirst().alerts().getFirst().activeAtMillis());
    assertTrue(storage.drain().contains("{__name__=\"gone\"} stale @120000"));
  }

  @Test
  void restoredAlertKeepsTheAgeItHadBeforeTheRestart() {
    RuleGroup group =
        group(
            """
            groups:
              - name: g
                rules:
                  - {alert: A, expr: q, for: 1h}
            """);
    results.put("q", List.of(sample(1)));
    String series = "{__name__=\"ALERTS_FOR_STATE\", alertname=\"A\"}";
    results.put("last_over_time(" + series + "[3600s])", List.of(sample(60)));
    results.put(
        "last_over_time(timestamp(" + series + ")[3600s:15s])", List.of(sample(60 + 30 * 60)));
    long now = 50 * MINUTE;
    group.evaluate(now);
    assertTrue(storage.drain().isEmpty(), "nothing is written before the state is restored");
    group.restore(now);

    Alert alert = group.status().rules().getFirst().alerts().getFirst();
    assertEquals(MINUTE + (now - 31 * MINUTE), alert.activeAtMillis());
  }

  @Test
  void slotsAreMultiplesOfTheIntervalShiftedByTheName() {
    RuleGroup group = group("groups: [{name: g, interval: 30s, rules: []}]");
    long slot = group.slotMillis(1_000_000);

    assertTrue(slot <= 1_000_000 && slot > 970_000);
    assertEquals(slot + 30_000, group.slotMillis(slot + 30_000));
    assertEquals(slot, group.slotMillis(slot + 29_999));
  }

  @Test
  void independentRulesRunAtOnceAndOthersAfterThem() {
    CountDownLatch together = new CountDownLatch(2);
    List<String> finished = new CopyOnWriteArrayList<>();
    RuleGroup group =
        group(
            """
            groups:
              - name: g
                rules:
                  - {record: a, expr: one}
                  - {record: b, expr: two}
                  - {record: c, expr: a + b}
            """,
            RuleOptions.standard(),
            (expression, _) -> {
              if (!expression.equals("a + b")) {
                together.countDown();
                try {
                  assertTrue(together.await(10, TimeUnit.SECONDS), "one by one");
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              }
              finished.add(expression);
              return Answer.of(List.of(sample(1)));
            },
            RuleSlots.of(4));

    group.evaluate(MINUTE);

    assertEquals("a + b", finished.getLast());
    assertEquals(3, storage.drain().size());
    assertTrue(
        group.status().rules().stream().allMatch(rule -> rule.health() == RuleStatus.Health.OK));
  }

  @Test
  void dependenciesAreThoseOnEarlierMetricsAndAlerts() {
    assertEquals(
        List.of(List.of(0, 1), List.of(2), List.of(3, 4, 5)),
        RuleOrder.batches(
            List.of(
                record("a", "up"),
                alert("Down", "sum(rate(b[5m]))"),
                record("b", "a{x=\"1\"} > 0"),
                record("c", "avg_over_time(b[1h:5m])"),
                record("d", "count(ALERTS{alertname=\"Down\"})"),
                record("e", "{__name__=~\"a|z\"}"))));
    assertEquals(
        List.of(List.of(0, 1)),
        RuleOrder.batches(List.of(alert("Down", "up"), record("d", "ALERTS{alertname=\"Up\"}"))));
    assertEquals(
        List.of(List.of(0), List.of(1)),
        RuleOrder.batches(List.of(record("a", "up"), record("b", "{job=\"x\"}"))),
        "nobody knows what it reads");
  }

  private static RuleConfig record(String name, String expression) {
    return new RuleConfig.Recording(name, expression, Labels.empty(), 1);
  }

  private static RuleConfig alert(String name, String expression) {
    return new RuleConfig.Alerting(name, expression, 0, 0, Labels.empty(), Map.of(), 1);
  }
}
