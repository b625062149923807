package io.oriel.search.client;

import io.oriel.model.error.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Lifecycle by OpenSearch's Index State Management, in ILM's words.
final class IsmCalls implements Lifecycle.Calls {
  private static final byte[] NO_BODY = {};
  private static final String ISM = "/_plugins/_ism/";
  private static final String ENABLED = "plugins.index_state_management.enabled";

  private final EngineCalls calls;

  IsmCalls(EngineCalls calls) {
    this.calls = calls;
  }

  private static String policyPath(String name) {
    return ISM + "policies/" + EngineCalls.encoded(name);
  }

  @Override
  public void put(String name, JsonNode policy, List<String> patterns) throws InterruptedException {
    JsonNode translated = IsmTranslation.toIsm(policy, patterns);
    JsonNode present = find(name);
    if (present == null) {
      calls.put(policyPath(name), Json.bytes(translated));
      return;
    }
    if (IsmTranslation.original(present.path("policy")).filter(policy::equals).isPresent()) {
      return;
    }
    String version =
        "?if_seq_no="
            + present.path("_seq_no").asLong()
            + "&if_primary_term="
            + present.path("_primary_term").asLong();
    calls.json(
        "PUT", policyPath(name) + version, Json.bytes(translated), EngineCalls.Repeat.UNSENT_ONLY);
    if (!patterns.isEmpty()) {
      changeManaged(name, patterns);
    }
  }

  /// Indices under a policy keep its old text until they are told; ILM's take the new one at their
  /// next phase.
  private void changeManaged(String name, List<String> patterns) throws InterruptedException {
    byte[] body =
        Json.write(
            json -> {
              json.beginObject().name("policy_id").string(name);
              json.name("include").beginArray().endArray().endObject();
            });
    try {
      calls.ask(ISM + "change_policy/" + EngineCalls.encoded(patterns), body);
    } catch (EngineException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
    }
  }

  private @Nullable JsonNode find(String name) throws InterruptedException {
    try {
      return calls.get(policyPath(name));
    } catch (EngineException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  @Override
  public Optional<Lifecycle.Policy> get(String name) throws InterruptedException {
    JsonNode found = find(name);
    if (found == null) {
      return Optional.empty();
    }
    JsonNode policy = found.path("policy");
    return IsmTranslation.original(policy)
        .map(ilm -> new Lifecycle.Policy(name, found.path("_version").asLong(0), ilm.toString()));
  }

  @Override
  public void delete(String name) throws InterruptedException {
    try {
      calls.delete(policyPath(name));
    } catch (EngineException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
    }
  }

  @Override
  public List<Lifecycle.Standing> explain(String pattern) throws InterruptedException {
    JsonNode root = calls.get(ISM + "explain/" + EngineCalls.encoded(pattern));
    Map<String, Lifecycle.Standing> standings = new TreeMap<>();
    for (Map.Entry<String, JsonNode> index : root.properties()) {
      if (index.getValue().isObject()) {
        standings.put(index.getKey(), IsmTranslation.standing(index.getKey(), index.getValue()));
      }
    }
    return new ArrayList<>(standings.values());
  }

  @Override
  public void retry(String index) throws InterruptedException {
    calls.act(ISM + "retry/" + EngineCalls.encoded(index), NO_BODY);
  }

  @Override
  public void remove(String index) throws InterruptedException {
    calls.act(ISM + "remove/" + EngineCalls.encoded(index), NO_BODY);
  }

  @Override
  public void run(boolean on) throws InterruptedException {
    byte[] body =
        Json.write(
            json ->
                json.beginObject()
                    .name("persistent")
                    .beginObject()
                    .name(ENABLED)
                    .bool(on)
                    .endObject()
                    .endObject());
    calls.put("/_cluster/settings", body);
  }

  @Override
  public String status() throws InterruptedException {
    JsonNode settings = calls.get("/_cluster/settings?flat_settings=true&include_defaults=true");
    for (String level : new String[] {"transient", "persistent", "defaults"}) {
      String value = settings.path(level).path(ENABLED).asString("");
      if (!value.isEmpty()) {
        return value.equals("true") ? "RUNNING" : "STOPPED";
      }
    }
    return "RUNNING";
  }

  @Override
  public Map<String, String> indexSettings(String policy, String rolloverAlias) {
    return rolloverAlias.isEmpty()
        ? Map.of()
        : Map.of("plugins.index_state_management.rollover_alias", rolloverAlias);
  }
}
