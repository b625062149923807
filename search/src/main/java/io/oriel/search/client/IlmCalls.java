package io.oriel.search.client;

import io.oriel.model.error.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Lifecycle by ILM's own calls.
final class IlmCalls implements Lifecycle.Calls {
  private static final byte[] NO_BODY = {};
  private static final String POLICY = "/_ilm/policy/";

  private final EngineCalls calls;

  IlmCalls(EngineCalls calls) {
    this.calls = calls;
  }

  @Override
  public void put(String name, JsonNode policy, List<String> patterns) throws InterruptedException {
    byte[] body =
        Json.write(
            json -> {
              json.beginObject().name("policy");
              Json.copy(policy, json);
              json.endObject();
            });
    calls.put(POLICY + EngineCalls.encoded(name), body);
  }

  @Override
  public Optional<Lifecycle.Policy> get(String name) throws InterruptedException {
    try {
      JsonNode found = calls.get(POLICY + EngineCalls.encoded(name)).path(name);
      return Optional.of(
          new Lifecycle.Policy(
              name, found.path("version").asLong(0), found.path("policy").toString()));
    } catch (EngineException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void delete(String name) throws InterruptedException {
    try {
      calls.delete(POLICY + EngineCalls.encoded(name));
    } catch (EngineException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
    }
  }

  @Override
  public List<Lifecycle.Standing> explain(String pattern) throws InterruptedException {
    JsonNode root =
        calls
            .get("/" + EngineCalls.encoded(pattern) + "/_ilm/explain?expand_wildcards=all")
            .path("indices");
    Map<String, Lifecycle.Standing> standings = new TreeMap<>();
    for (Map.Entry<String, JsonNode> index : root.properties()) {
      JsonNode at = index.getValue();
      JsonNode info = at.path("step_info");
      standings.put(
          index.getKey(),
          new Lifecycle.Standing(
              index.getKey(),
              at.path("policy").asString(""),
              at.path("phase").asString(""),
              at.path("action").asString(""),
              at.path("step").asString(""),
              at.path("failed_step").asString(""),
              info.path("reason").asString(info.path("message").asString("")),
              at.path("age").asString("")));
    }
    return new ArrayList<>(standings.values());
  }

  @Override
  public void retry(String index) throws InterruptedException {
    calls.act("/" + EngineCalls.encoded(index) + "/_ilm/retry", NO_BODY);
  }

  @Override
  public void remove(String index) throws InterruptedException {
    calls.act("/" + EngineCalls.encoded(index) + "/_ilm/remove", NO_BODY);
  }

  @Override
  public void run(boolean on) throws InterruptedException {
    calls.act("/_ilm/" + (on ? "start" : "stop"), NO_BODY);
  }

  @Override
  public String status() throws InterruptedException {
    return calls.get("/_ilm/status").path("operation_mode").asString("");
  }

  @Override
  public Map<String, String> indexSettings(String policy, String rolloverAlias) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("index.lifecycle.name", policy);
    if (!rolloverAlias.isEmpty()) {
      settings.put("index.lifecycle.rollover_alias", rolloverAlias);
    }
    return settings;
  }
}
