package io.oriel.app.tool;

import io.oriel.alerting.rule.RuleConfig;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.number.GoFloat;
import io.oriel.tsdb.bulk.SampleSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What a recording rule would have recorded: a server evaluates it over a range in the past.
final class RuleBackfill implements SampleSource {
  private static final long RANGE_MILLIS = 2 * 3_600_000L;

  private record Recorded(Labels labels, long timeMillis, double value) {}

  private final List<Recorded> samples = new ArrayList<>();

  private RuleBackfill() {}

  /// Asks {@code server}, two hours at a time, at multiples of the interval.
  ///
  /// @param groupLabels labels that the rule's group adds
  /// @param startMillis inclusive
  /// @param endMillis inclusive
  static RuleBackfill of(
      String server,
      RuleConfig.Recording rule,
      Labels groupLabels,
      long intervalMillis,
      long startMillis,
      long endMillis)
      throws java.io.IOException, InterruptedException {
    RuleBackfill backfill = new RuleBackfill();
    long first = Math.ceilDiv(startMillis, intervalMillis) * intervalMillis;
    while (first <= endMillis) {
      long bound = (Math.floorDiv(first, RANGE_MILLIS) + 1) * RANGE_MILLIS - 1;
      long last = Math.min(bound, endMillis);
      Map<String, String> params = new LinkedHashMap<>();
      params.put("query", rule.expression());
      params.put("start", GoFloat.format(first / 1000.0));
      params.put("end", GoFloat.format(last / 1000.0));
      params.put("step", GoFloat.format(intervalMillis / 1000.0));
      JsonNode answer = QueryTool.ask(server, "/api/v1/query_range", params);
      answer.path("result").forEach(series -> backfill.add(series, rule, groupLabels));
      first = Math.ceilDiv(last + 1, intervalMillis) * intervalMillis;
    }
    return backfill;
  }

  private void add(JsonNode series, RuleConfig.Recording rule, Labels groupLabels) {
    LabelsBuilder labels = new LabelsBuilder();
    series
        .path("metric")
        .propertyStream()
        .forEach(label -> labels.set(label.getKey(), label.getValue().asString()));
    for (Labels added : List.of(groupLabels, rule.labels())) {
      for (int i = 0; i < added.size(); i++) {
        labels.set(added.name(i), added.value(i));
      }
    }
    labels.set("__name__", rule.name());
    Labels all = labels.build();
    for (JsonNode point : series.path("values")) {
      long time = Math.round(point.path(0).asDouble() * 1000);
      samples.add(new Recorded(all, time, GoFloat.parse(point.path(1).asString())));
    }
  }

  @Override
  public void read(Sink sink) {
    samples.forEach(one -> sink.sample(one.labels(), one.timeMillis(), one.value()));
  }
}
