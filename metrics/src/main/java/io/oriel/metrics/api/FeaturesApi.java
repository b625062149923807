package io.oriel.metrics.api;

import io.oriel.promql.Feature;
import io.oriel.promql.parse.Aggregator;
import io.oriel.promql.parse.BinaryOperator;
import io.oriel.promql.parse.Function;
import io.oriel.promql.parse.Functions;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What this server can do, for clients that adapt themselves: `features`. Thread-safe.
public final class FeaturesApi {
  private final Map<String, Map<String, Boolean>> features = new TreeMap<>();

  /// @param language parts of PromQL that are on
  /// @param switched by group, what a flag switches, and whether it is on
  public FeaturesApi(Set<Feature> language, Map<String, Map<String, Boolean>> switched) {
    switched.forEach((group, items) -> items.forEach((name, on) -> put(group, name, on)));
    for (String name :
        new String[] {
          "exclude_alerts",
          "label_values_match",
          "query_stats",
          "query_warnings",
          "time_range_labels",
          "time_range_series"
        }) {
      put("api", name, true);
    }
    put("prometheus", "server_mode", true);
    put("prometheus", "agent_mode", false);
    language(language);
    put("rules", "keep_firing_for", true);
    put("rules", "query_offset", true);
    put("scrape", "extra_scrape_metrics", true);
    put("tsdb", "exemplar_storage", true);
    put("tsdb", "isolation", true);
    put("tsdb", "native_histograms", true);
    for (String name : new String[] {"dns", "file", "http", "kubernetes", "static"}) {
      put("service_discovery_providers", name, true);
    }
  }

  private void language(Set<Feature> on) {
    for (String name :
        new String[] {
          "at_modifier",
          "bool",
          "by",
          "duration_expr",
          "group_left",
          "group_right",
          "ignoring",
          "negative_offset",
          "offset",
          "on",
          "per_query_lookback_delta",
          "subqueries",
          "without"
        }) {
      put("promql", name, true);
    }
    boolean extended = on.contains(Feature.EXTENDED_RANGE_SELECTORS);
    put("promql", "anchored", extended);
    put("promql", "smoothed", extended);
    boolean fill = on.contains(Feature.BINOP_FILL_MODIFIERS);
    put("promql", "fill", fill);
    put("promql", "fill_left", fill);
    put("promql", "fill_right", fill);
    put("promql", "delayed_name_removal", on.contains(Feature.DELAYED_NAME_REMOVAL));
    put("promql", "type_and_unit_labels", on.contains(Feature.TYPE_AND_UNIT_LABELS));
    put("promql", "per_step_stats", on.contains(Feature.PER_STEP_STATS));
    boolean experimental = on.contains(Feature.EXPERIMENTAL_FUNCTIONS);
    for (Function function : Functions.all()) {
      put("promql_functions", function.name(), experimental || !function.experimental());
    }
    for (BinaryOperator operator : BinaryOperator.values()) {
      put("promql_operators", operator.symbol(), true);
    }
    for (Aggregator aggregator : Aggregator.values()) {
      put("promql_operators", aggregator.word(), experimental || !aggregator.isExperimental());
    }
    for (String operator : new String[] {"=~", "!~", "@"}) {
      put("promql_operators", operator, true);
    }
  }

  private void put(String group, String name, boolean on) {
    features.computeIfAbsent(group, _ -> new TreeMap<>()).put(name, on);
  }

  /// Adds the endpoint.
  public void addTo(Routes routes) {
    routes.get(
        "/api/v1/features",
        ApiCalls.enveloped(
            _ ->
                HttpAnswer.json(
                    200,
                    ApiEnvelope.success(
                        json -> {
                          json.beginObject();
                          features.forEach(
                              (group, items) -> {
                                json.name(group).beginObject();
                                items.forEach((name, on) -> json.name(name).bool(on));
                                json.endObject();
                              });
                          json.endObject();
                        }))));
  }
}
