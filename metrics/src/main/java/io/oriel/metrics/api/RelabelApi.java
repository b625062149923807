package io.oriel.metrics.api;

import io.oriel.metrics.config.ScrapeConfig;
import io.oriel.metrics.scrape.Scrapes;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Quoted;
import io.oriel.model.relabel.RelabelConfig;
import io.oriel.model.relabel.Relabeler;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.promapi.ApiParams;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Shows what each relabelling rule of a job does to a target: `targets/relabel_steps`.
/// Thread-safe.
public final class RelabelApi {
  private static final JsonFactory JSON = new JsonFactory();

  private final Scrapes scrapes;

  public RelabelApi(Scrapes scrapes) {
    this.scrapes = scrapes;
  }

  /// Adds the endpoint.
  public void addTo(Routes routes) {
    routes.get("/api/v1/targets/relabel_steps", ApiCalls.enveloped(this::steps));
  }

  private HttpAnswer steps(HttpCall call) {
    String job = call.param("scrapePool");
    if (job.isEmpty()) {
      throw OrielException.invalid("no scrapePool parameter provided");
    }
    ScrapeConfig config = scrapes.config(job);
    if (config == null) {
      throw OrielException.invalid("unknown scrape pool " + Quoted.of(job));
    }
    Labels labels = labels(call.param("labels"));
    return HttpAnswer.json(200, ApiEnvelope.success(json -> write(json, labels, config.relabel())));
  }

  private static void write(JsonWriter json, Labels start, List<RelabelConfig> rules) {
    json.beginObject().name("steps").beginArray();
    Optional<Labels> current = Optional.of(start);
    for (RelabelConfig rule : rules) {
      if (current.isEmpty()) {
        break;
      }
      current = Relabeler.of(List.of(rule)).apply(current.get());
      json.beginObject();
      rule(json.name("rule"), rule);
      json.name("output").labels(current.orElse(Labels.empty()));
      json.name("keep").bool(current.isPresent()).endObject();
    }
    json.endArray().endObject();
  }

  private static void rule(JsonWriter json, RelabelConfig rule) {
    json.beginObject();
    if (!rule.sourceLabels().isEmpty()) {
      json.name("source_labels").beginArray();
      rule.sourceLabels().forEach(json::string);
      json.endArray();
    }
    text(json, "separator", rule.separator());
    text(json, "regex", rule.regex());
    if (rule.modulus() != 0) {
      json.name("modulus").number(rule.modulus());
    }
    text(json, "target_label", rule.targetLabel());
    text(json, "replacement", rule.replacement());
    text(json, "action", rule.action().word());
    json.endObject();
  }

  private static void text(JsonWriter json, String name, String value) {
    if (!value.isEmpty()) {
      json.name(name).string(value);
    }
  }

  /// Labels as a JSON object of strings.
  private static Labels labels(String text) {
    LabelsBuilder labels = new LabelsBuilder();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw ApiParams.bad("labels", "want a JSON object of strings");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
          throw ApiParams.bad("labels", "value of " + Quoted.of(name) + ": want a string");
        }
        labels.set(name, parser.getString());
      }
    } catch (JacksonException e) {
      throw ApiParams.bad("labels", e.getOriginalMessage());
    }
    return labels.build();
  }
}
