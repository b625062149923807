package io.oriel.federation.api;

import io.oriel.model.json.JsonWriter;
import io.oriel.wire.storeapi.RuleGroup;
import io.oriel.wire.storeapi.RuleGroup.Alert;
import io.oriel.wire.storeapi.RuleGroup.AlertInstance;
import io.oriel.wire.storeapi.RuleGroup.Recording;
import io.oriel.wire.storeapi.RuleGroup.Rule;
import java.util.List;
import java.util.Locale;

/// Rule groups as the Prometheus API shows them.
final class RuleJson {
  private RuleJson() {}

  static void write(JsonWriter json, List<RuleGroup> groups) {
    json.beginObject().name("groups").beginArray();
    for (RuleGroup group : groups) {
      json.beginObject().name("name").string(group.name()).name("file").string(group.file());
      json.name("rules").beginArray();
      group.rules().forEach(rule -> write(json, rule));
      json.endArray().name("interval").number(group.intervalSeconds());
      json.name("limit").number(group.limit());
      json.name("evaluationTime").number(group.evaluationSeconds());
      json.name("lastEvaluation").string(group.lastEvaluation().toString());
      json.name("partialResponseStrategy").string(group.partialResponse().name());
      json.endObject();
    }
    json.endArray().endObject();
  }

  private static void write(JsonWriter json, Rule rule) {
    json.beginObject();
    if (rule instanceof Alert alert) {
      json.name("state").string(word(alert.state()));
      json.name("duration").number(alert.forSeconds());
      json.name("keepFiringFor").number(alert.keepFiringSeconds());
      json.name("annotations").labels(alert.annotations());
      json.name("alerts").beginArray();
      alert.alerts().forEach(each -> write(json, each));
      json.endArray();
    }
    json.name("name").string(rule.name()).name("query").string(rule.query());
    json.name("labels").labels(rule.labels());
    RuleGroup.Outcome outcome = Merging.outcome(rule);
    json.name("health").string(outcome.health());
    if (!outcome.lastError().isEmpty()) {
      json.name("lastError").string(outcome.lastError());
    }
    json.name("evaluationTime").number(outcome.evaluationSeconds());
    json.name("lastEvaluation").string(outcome.lastEvaluation().toString());
    json.name("type").string(rule instanceof Recording ? "recording" : "alerting").endObject();
  }

  private static void write(JsonWriter json, AlertInstance alert) {
    json.beginObject().name("labels").labels(alert.labels());
    json.name("annotations").labels(alert.annotations());
    json.name("state").string(word(alert.state()));
    if (alert.activeAt().isPresent()) {
      json.name("activeAt").string(alert.activeAt().get().toString());
    }
    json.name("value").string(alert.value()).endObject();
  }

  private static String word(RuleGroup.AlertState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
