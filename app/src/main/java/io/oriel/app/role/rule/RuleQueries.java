package io.oriel.app.role.rule;

import io.oriel.alerting.rule.RuleQuery;
import io.oriel.alerting.rule.RuleSample;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Quoted;
import io.oriel.model.number.GoFloat;
import io.oriel.model.series.Answer;
import io.oriel.model.series.Warning;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rules' questions, put to query roles over Prometheus' HTTP API. Thread-safe.
///
/// It stays with the endpoint that answered last and moves on when one does not answer; an
/// evaluation fails when none does. A query that is wrong is so everywhere and is asked once.
final class RuleQueries implements RuleQuery {
  private static final int MOST_BYTES = 256 << 20;
  private static final int MOST_REASON = 300;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final RuleEndpoints endpoints;
  private final HttpClient client;
  private final Duration timeout;
  private final boolean partial;
  private final Runnable warned;
  private final AtomicInteger preferred;

  /// @param partial whether an answer without stores that fail will do
  /// @param preferred which endpoint answered last; shared by all who ask the same ones
  /// @param warned is told of each answer with warnings
  RuleQueries(
      RuleEndpoints endpoints,
      HttpClient client,
      Duration timeout,
      boolean partial,
      AtomicInteger preferred,
      Runnable warned) {
    this.endpoints = endpoints;
    this.client = client;
    this.timeout = timeout;
    this.partial = partial;
    this.preferred = preferred;
    this.warned = warned;
  }

  @Override
  public Answer<List<RuleSample>> at(String expression, long timeMillis) throws IOException {
    List<URI> all = endpoints.now();
    if (all.isEmpty()) {
      throw new OrielException(Kind.UNAVAILABLE, "no query endpoint is known");
    }
    int first = preferred.get();
    OrielException failure = null;
    for (int i = 0; i < all.size(); i++) {
      int index = Math.floorMod(first + i, all.size());
      try {
        Answer<List<RuleSample>> answer = ask(all.get(index), expression, timeMillis);
        preferred.set(index);
        if (!answer.warnings().isEmpty()) {
          warned.run();
        }
        return answer;
      } catch (OrielException e) {
        if (e.kind() != Kind.UNAVAILABLE) {
          throw e;
        }
        failure = e;
      }
    }
    throw failure == null ? OrielException.bug("no endpoint was asked") : failure;
  }

  private Answer<List<RuleSample>> ask(URI endpoint, String expression, long timeMillis) {
    String form =
        "query=%s&time=%d.%03d&dedup=true&partial_response=%s"
            .formatted(
                URLEncoder.encode(expression, StandardCharsets.UTF_8),
                Math.floorDiv(timeMillis, 1000),
                Math.floorMod(timeMillis, 1000),
                partial);
    HttpRequest request =
        HttpRequest.post(
                URI.create(endpoint + "/api/v1/query"),
                "application/x-www-form-urlencoded",
                form.getBytes(StandardCharsets.UTF_8))
            .withTimeout(timeout)
            .withMaxBodyBytes(MOST_BYTES);
    HttpResult result;
    try {
      result = client.send(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OrielException(Kind.CANCELLED, "interrupted", e);
    } catch (IOException e) {
      throw new OrielException(Kind.UNAVAILABLE, endpoint + ": " + e.getMessage(), e);
    }
    if (!result.isSuccess()) {
      String text = result.text().strip();
      throw new OrielException(
          result.status() == 400 ? Kind.INVALID : Kind.UNAVAILABLE,
          "%s: http status %d: %s"
              .formatted(
                  endpoint,
                  result.status(),
                  text.substring(0, Math.min(text.length(), MOST_REASON))));
    }
    return parse(endpoint, result.body());
  }

  private static Answer<List<RuleSample>> parse(URI endpoint, byte[] body) {
    try {
      JsonNode root = JSON.readTree(body);
      List<Warning> warnings = new ArrayList<>();
      root.path("warnings").forEach(text -> warnings.add(Warning.warning(text.asString(""))));
      JsonNode result = root.path("data").path("result");
      String type = root.path("data").path("resultType").asString("");
      List<RuleSample> samples = new ArrayList<>();
      switch (type) {
        case "scalar" ->
            samples.add(new RuleSample(new LabelsBuilder().build(), value(result), null));
        case "vector" -> result.forEach(one -> samples.add(sample(one)));
        default -> throw OrielException.invalid("rule result is not a vector or scalar");
      }
      return new Answer<>(samples, warnings);
    } catch (JacksonException e) {
      throw new OrielException(
          Kind.UNAVAILABLE, endpoint + ": answer is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static RuleSample sample(JsonNode one) {
    if (one.has("histogram")) {
      throw OrielException.invalid(
          "result has native histograms, which the HTTP API does not carry whole");
    }
    LabelsBuilder labels = new LabelsBuilder();
    for (Map.Entry<String, JsonNode> label : one.path("metric").properties()) {
      labels.set(label.getKey(), label.getValue().asString(""));
    }
    return new RuleSample(labels.build(), value(one.path("value")), null);
  }

  private static double value(JsonNode pair) {
    String text = pair.path(1).asString("");
    try {
      return GoFloat.parse(text);
    } catch (OrielException e) {
      throw new OrielException(
          Kind.UNAVAILABLE, "sample: got " + Quoted.of(text) + ", want a number", e);
    }
  }
}
