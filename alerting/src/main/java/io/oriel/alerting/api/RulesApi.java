package io.oriel.alerting.api;

import io.oriel.alerting.rule.Alert;
import io.oriel.alerting.rule.RuleConfig;
import io.oriel.alerting.rule.RuleGroupStatus;
import io.oriel.alerting.rule.RuleStatus;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.number.GoFloat;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.promapi.ApiError;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// `/api/v1/rules` and `/api/v1/alerts`. Thread-safe.
public final class RulesApi {
  private final Supplier<List<RuleGroupStatus>> groups;
  private final Function<String, List<Matcher>> selectorParser;

  /// @param selectorParser reads one `match[]` selector; throws an `OrielException` for what is
  ///   none
  public RulesApi(
      Supplier<List<RuleGroupStatus>> groups, Function<String, List<Matcher>> selectorParser) {
    this.groups = groups;
    this.selectorParser = selectorParser;
  }

  /// Adds the endpoints.
  public void addTo(Routes routes) {
    routes.get("/api/v1/rules", this::rules);
    routes.get("/api/v1/alerts", this::alerts);
  }

  /// What a caller wants to see.
  private record Filter(
      String type,
      Set<String> names,
      Set<String> groups,
      Set<String> files,
      List<List<Matcher>> matchers,
      boolean withAlerts) {
    boolean wants(RuleGroupStatus group) {
      return (groups.isEmpty() || groups.contains(group.name()))
          && (files.isEmpty() || files.contains(group.file()));
    }

    boolean wants(RuleStatus rule) {
      boolean alerting = rule.config() instanceof RuleConfig.Alerting;
      boolean rightType = type.isEmpty() || type.equals(alerting ? "alert" : "record");
      boolean rightName = names.isEmpty() || names.contains(rule.config().name());
      boolean rightLabels =
          matchers.isEmpty()
              || matchers.stream().anyMatch(set -> Matcher.all(set, rule.config().labels()));
      return rightType && rightName && rightLabels;
    }
  }

  private HttpAnswer rules(HttpCall call) {
    String type = call.param("type").toLowerCase(Locale.ROOT);
    if (!Set.of("", "alert", "record").contains(type)) {
      return bad("invalid parameter \"type\": not supported value \"" + type + "\"");
    }
    List<List<Matcher>> matchers = new ArrayList<>();
    long limit;
    try {
      for (String selector : call.params("match[]")) {
        matchers.add(selectorParser.apply(selector));
      }
      limit = call.param("group_limit").isEmpty() ? 0 : Long.parseLong(call.param("group_limit"));
    } catch (OrielException e) {
      return bad("invalid parameter \"match[]\": " + e.reason());
    } catch (NumberFormatException _) {
      return bad("invalid parameter \"group_limit\": got \"" + call.param("group_limit") + "\"");
    }
    Filter filter =
        new Filter(
            type,
            Set.copyOf(call.params("rule_name[]")),
            Set.copyOf(call.params("rule_group[]")),
            Set.copyOf(call.params("file[]")),
            matchers,
            !"true".equals(call.param("exclude_alerts")));
    return page(filter, limit, call.param("group_next_token"));
  }

  private HttpAnswer page(Filter filter, long limit, String token) {
    List<RuleGroupStatus> wanted = groups.get().stream().filter(filter::wants).toList();
    int from = 0;
    if (!token.isEmpty()) {
      while (from < wanted.size() && !token(wanted.get(from)).equals(token)) {
        from++;
      }
      if (from == wanted.size()) {
        return bad("invalid parameter \"group_next_token\": no such rule group");
      }
    }
    int start = from;
    int end = limit > 0 ? (int) Math.min(wanted.size(), start + limit) : wanted.size();
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginObject().name("groups").beginArray();
              wanted.subList(start, end).forEach(group -> group(json, group, filter));
              json.endArray();
              if (end < wanted.size()) {
                json.name("groupNextToken").string(token(wanted.get(end)));
              }
              json.endObject();
            }));
  }

  private static void group(JsonWriter json, RuleGroupStatus group, Filter filter) {
    List<RuleStatus> rules = group.rules().stream().filter(filter::wants).toList();
    boolean filtered = !filter.type().isEmpty() || !filter.names().isEmpty();
    if (rules.isEmpty() && filtered) {
      return;
    }
    json.beginObject().name("name").string(group.name()).name("file").string(group.file());
    json.name("rules").beginArray();
    for (RuleStatus rule : rules) {
      rule(json, rule, filter.withAlerts());
    }
    json.endArray();
    json.name("interval").number(group.intervalMillis() / 1000.0);
    json.name("limit").number(group.limit());
    json.name("evaluationTime").number(group.evaluationSeconds());
    json.name("lastEvaluation").string(time(group.lastEvaluationMillis()));
    json.endObject();
  }

  private static void rule(JsonWriter json, RuleStatus rule, boolean withAlerts) {
    json.beginObject();
    RuleConfig config = rule.config();
    if (config instanceof RuleConfig.Alerting alerting) {
      json.name("state").string(rule.state().word());
      json.name("name").string(alerting.name());
      json.name("query").string(alerting.expression());
      json.name("duration").number(alerting.forMillis() / 1000.0);
      json.name("keepFiringFor").number(alerting.keepFiringForMillis() / 1000.0);
      json.name("labels").labels(alerting.labels());
      json.name("annotations").labels(Labels.copyOf(alerting.annotations()));
      json.name("alerts").beginArray();
      if (withAlerts) {
        rule.alerts().forEach(alert -> alert(json, alert));
      }
      json.endArray();
    } else {
      json.name("name").string(config.name());
      json.name("query").string(config.expression());
      if (!config.labels().isEmpty()) {
        json.name("labels").labels(config.labels());
      }
    }
    json.name("health").string(rule.health().word());
    if (!rule.lastError().isEmpty()) {
      json.name("lastError").string(rule.lastError());
    }
    json.name("evaluationTime").number(rule.evaluationSeconds());
    json.name("lastEvaluation").string(time(rule.lastEvaluationMillis()));
    json.name("type").string(config instanceof RuleConfig.Alerting ? "alerting" : "recording");
    json.endObject();
  }

  private HttpAnswer alerts(HttpCall call) {
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginObject().name("alerts").beginArray();
              groups.get().stream()
                  .flatMap(group -> group.rules().stream())
                  .flatMap(rule -> rule.alerts().stream())
                  .forEach(alert -> alert(json, alert));
              json.endArray().endObject();
            }));
  }

  private static void alert(JsonWriter json, Alert alert) {
    json.beginObject().name("labels").labels(alert.labels());
    json.name("annotations").labels(Labels.copyOf(alert.annotations()));
    json.name("state").string(alert.state().word());
    json.name("activeAt").string(time(alert.activeAtMillis()));
    if (alert.keepFiringSinceMillis() != 0) {
      json.name("keepFiringSince").string(time(alert.keepFiringSinceMillis()));
    }
    json.name("value").string(GoFloat.formatExponent(alert.value())).endObject();
  }

  /// RFC 3339; Go's zero time for what never happened.
  private static String time(long millis) {
    return millis == 0 ? "0001-01-01T00:00:00Z" : Instant.ofEpochMilli(millis).toString();
  }

  private static String token(RuleGroupStatus group) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update((group.file() + ";" + group.name()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HttpAnswer bad(String message) {
    return HttpAnswer.json(400, ApiEnvelope.error(ApiError.BAD_DATA, message));
  }
}
