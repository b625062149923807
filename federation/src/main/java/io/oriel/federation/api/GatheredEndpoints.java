package io.oriel.federation.api;

import io.oriel.federation.query.ServiceFanOut;
import io.oriel.federation.query.ServiceFanOut.Gathered;
import io.oriel.federation.query.ServiceFanOut.Question;
import io.oriel.federation.store.RuleFilter;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.series.ExemplarQueryable.SeriesExemplars;
import io.oriel.model.series.Warning;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.promapi.ApiParams;
import io.oriel.wire.storeapi.ExemplarsRequest;
import io.oriel.wire.storeapi.InfoResponse.Service;
import io.oriel.wire.storeapi.MetadataRequest;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.RuleGroup;
import io.oriel.wire.storeapi.RulesRequest;
import io.oriel.wire.storeapi.TargetDiscovery;
import io.oriel.wire.storeapi.TargetDiscovery.ActiveTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `rules`, `targets`, `metadata` and `query_exemplars`: gathered from all endpoints and merged.
final class GatheredEndpoints {
  private final ServiceFanOut services;
  private final ApiSettings settings;

  GatheredEndpoints(ServiceFanOut services, ApiSettings settings) {
    this.services = services;
    this.settings = settings;
  }

  void addTo(Routes routes) {
    routes.get("/api/v1/rules", Envelopes.of(this::rules));
    routes.get("/api/v1/targets", Envelopes.of(this::targets));
    routes.get("/api/v1/metadata", Envelopes.of(this::metadata));
    routes.getOrPost("/api/v1/query_exemplars", Envelopes.of(this::exemplars));
  }

  private <T> Gathered<T> ask(HttpCall call, Question<T> question) throws InterruptedException {
    return services.ask(question, ScopeParams.partialResponse(call, settings));
  }

  private interface Body {
    void write(JsonWriter json);
  }

  private static HttpAnswer answer(Body body, List<String> warnings) {
    return HttpAnswer.json(
        200, ApiEnvelope.success(body::write, warnings.stream().map(Warning::warning).toList()));
  }

  private HttpAnswer rules(HttpCall call) throws InterruptedException {
    RulesRequest request =
        new RulesRequest(
            switch (call.param("type")) {
              case "" -> RulesRequest.Type.ALL;
              case "alert" -> RulesRequest.Type.ALERT;
              case "record" -> RulesRequest.Type.RECORD;
              default ->
                  throw OrielException.invalid(
                      "invalid rules parameter type='" + call.param("type") + "'");
            },
            ScopeParams.partialResponse(call, settings),
            call.params("match[]"),
            call.params("rule_name[]"),
            call.params("rule_group[]"),
            call.params("file[]"));
    RuleFilter filter = new RuleFilter(request);
    Gathered<RuleGroup> all =
        ask(call, new Question<>(Service.RULES, request.write(), RuleGroup::readFrame));
    List<RuleGroup> merged = Merging.rules(filter.of(all.values()), settings.replicaLabels());
    return answer(json -> RuleJson.write(json, merged), all.warnings());
  }

  private HttpAnswer targets(HttpCall call) throws InterruptedException {
    TargetDiscovery.State state =
        switch (call.param("state").toLowerCase(Locale.ROOT)) {
          case "active" -> TargetDiscovery.State.ACTIVE;
          case "dropped" -> TargetDiscovery.State.DROPPED;
          default -> TargetDiscovery.State.ANY;
        };
    Gathered<TargetDiscovery> all =
        ask(
            call,
            new Question<>(
                Service.TARGETS,
                TargetDiscovery.request(state, PartialResponse.WARN),
                TargetDiscovery::readFrame));
    TargetDiscovery merged = Merging.targets(all.values(), settings.replicaLabels());
    return answer(json -> write(json, merged), all.warnings());
  }

  private static void write(JsonWriter json, TargetDiscovery targets) {
    json.beginObject().name("activeTargets").beginArray();
    for (ActiveTarget target : targets.active()) {
      json.beginObject().name("discoveredLabels").labels(target.discoveredLabels());
      json.name("labels").labels(target.labels());
      json.name("scrapePool").string(target.scrapePool());
      json.name("scrapeUrl").string(target.scrapeUrl());
      json.name("globalUrl").string(target.globalUrl());
      json.name("lastError").string(target.lastError());
      json.name("lastScrape").string(target.lastScrape().toString());
      json.name("lastScrapeDuration").number(target.lastScrapeSeconds());
      json.name("health").string(target.health().name().toLowerCase(Locale.ROOT)).endObject();
    }
    json.endArray().name("droppedTargets").beginArray();
    targets
        .dropped()
        .forEach(labels -> json.beginObject().name("discoveredLabels").labels(labels).endObject());
    json.endArray().endObject();
  }

  private HttpAnswer metadata(HttpCall call) throws InterruptedException {
    int limit = call.hasParam("limit") ? ApiParams.limit(call::param) : -1;
    MetadataRequest request =
        new MetadataRequest(
            call.param("metric"), limit, ScopeParams.partialResponse(call, settings));
    Gathered<Map<String, List<MetricMetadata>>> all =
        ask(call, new Question<>(Service.METADATA, request.write(), MetadataRequest::readFrame));
    Map<String, List<MetricMetadata>> merged = Merging.metadata(all.values());
    List<String> names = new ArrayList<>(merged.keySet());
    List<String> shown = limit >= 0 && limit < names.size() ? names.subList(0, limit) : names;
    return answer(
        json -> {
          json.beginObject();
          for (String name : shown) {
            json.name(name).beginArray();
            for (MetricMetadata meta : merged.getOrDefault(name, List.of())) {
              json.beginObject().name("type").string(meta.type().word());
              json.name("help").string(meta.help()).name("unit").string(meta.unit()).endObject();
            }
            json.endArray();
          }
          json.endObject();
        },
        all.warnings());
  }

  private HttpAnswer exemplars(HttpCall call) throws InterruptedException {
    ExemplarsRequest request =
        new ExemplarsRequest(
            call.param("query"),
            ApiParams.time(call::param, "start", ApiParams.MIN_MILLIS),
            ApiParams.time(call::param, "end", ApiParams.MAX_MILLIS),
            ScopeParams.partialResponse(call, settings));
    Gathered<SeriesExemplars> all =
        ask(call, new Question<>(Service.EXEMPLARS, request.write(), ExemplarsRequest::readFrame));
    List<SeriesExemplars> merged = Merging.exemplars(all.values(), settings.replicaLabels());
    return answer(
        json -> {
          json.beginArray();
          for (SeriesExemplars series : merged) {
            json.beginObject().name("seriesLabels").labels(series.series());
            json.name("exemplars").beginArray();
            for (Exemplar exemplar : series.exemplars()) {
              json.beginObject().name("labels").labels(exemplar.labels());
              json.name("value").sample(exemplar.value());
              json.name("timestamp").time(exemplar.timestampMillis()).endObject();
            }
            json.endArray().endObject();
          }
          json.endArray();
        },
        all.warnings());
  }
}
