package io.oriel.federation.store;

import io.oriel.model.labels.Labels;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.RuleGroup;
import io.oriel.wire.storeapi.RuleGroup.Alert;
import io.oriel.wire.storeapi.RuleGroup.AlertInstance;
import io.oriel.wire.storeapi.RuleGroup.AlertState;
import io.oriel.wire.storeapi.RuleGroup.Outcome;
import io.oriel.wire.storeapi.RuleGroup.Recording;
import io.oriel.wire.storeapi.RuleGroup.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the answer of `/api/v1/rules`. Each method starts at the start of its value and ends at
/// its end.
final class PrometheusRules {
  private PrometheusRules() {}

  static List<RuleGroup> groups(JsonParser json) {
    List<RuleGroup> groups = new ArrayList<>();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean found = json.currentName().equals("groups");
      json.nextToken();
      if (found) {
        while (json.nextToken() == JsonToken.START_OBJECT) {
          groups.add(group(json));
        }
      } else {
        json.skipChildren();
      }
    }
    return groups;
  }

  /// The scalar members of an object, as they are written.
  private static final class Scalars {
    private final Map<String, String> texts = new HashMap<>();

    void take(String name, JsonParser json) {
      if (json.currentToken().isScalarValue()) {
        texts.put(name, json.getString());
      } else {
        json.skipChildren();
      }
    }

    String text(String name) {
      return texts.getOrDefault(name, "");
    }

    double number(String name) {
      return Double.parseDouble(texts.getOrDefault(name, "0"));
    }

    AlertState state() {
      return switch (text("state")) {
        case "inactive" -> AlertState.INACTIVE;
        case "pending" -> AlertState.PENDING;
        case "firing" -> AlertState.FIRING;
        default -> AlertState.UNKNOWN;
      };
    }

    Outcome outcome() {
      return new Outcome(
          text("health"),
          text("lastError"),
          number("evaluationTime"),
          PrometheusFacts.time(text("lastEvaluation")));
    }
  }

  /// A Prometheus' rules see its own series only: a partial answer is none of theirs.
  private static RuleGroup group(JsonParser json) {
    Scalars scalars = new Scalars();
    List<Rule> rules = new ArrayList<>();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("rules") && value == JsonToken.START_ARRAY) {
        while (json.nextToken() == JsonToken.START_OBJECT) {
          rules.add(rule(json));
        }
      } else {
        scalars.take(name, json);
      }
    }
    return new RuleGroup(
        scalars.text("name"),
        scalars.text("file"),
        rules,
        scalars.number("interval"),
        scalars.number("evaluationTime"),
        PrometheusFacts.time(scalars.text("lastEvaluation")),
        (long) scalars.number("limit"),
        PartialResponse.ABORT);
  }

  private static Rule rule(JsonParser json) {
    Scalars scalars = new Scalars();
    Labels labels = Labels.empty();
    Labels annotations = Labels.empty();
    List<AlertInstance> alerts = new ArrayList<>();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("labels") && value == JsonToken.START_OBJECT) {
        labels = PrometheusFacts.labels(json);
      } else if (name.equals("annotations") && value == JsonToken.START_OBJECT) {
        annotations = PrometheusFacts.labels(json);
      } else if (name.equals("alerts") && value == JsonToken.START_ARRAY) {
        while (json.nextToken() == JsonToken.START_OBJECT) {
          alerts.add(alert(json));
        }
      } else {
        scalars.take(name, json);
      }
    }
    String name = scalars.text("name");
    String query = scalars.text("query");
    return scalars.text("type").equals("alerting")
        ? new Alert(
            scalars.state(),
            name,
            query,
            scalars.number("duration"),
            scalars.number("keepFiringFor"),
            labels,
            annotations,
            alerts,
            scalars.outcome())
        : new Recording(name, query, labels, scalars.outcome());
  }

  private static AlertInstance alert(JsonParser json) {
    Scalars scalars = new Scalars();
    Labels labels = Labels.empty();
    Labels annotations = Labels.empty();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("labels") && value == JsonToken.START_OBJECT) {
        labels = PrometheusFacts.labels(json);
      } else if (name.equals("annotations") && value == JsonToken.START_OBJECT) {
        annotations = PrometheusFacts.labels(json);
      } else {
        scalars.take(name, json);
      }
    }
    return new AlertInstance(
        labels,
        annotations,
        scalars.state(),
        Optional.of(PrometheusFacts.time(scalars.text("activeAt"))),
        scalars.text("value"));
  }
}
