package io.oriel.search.lifecycle;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What an index keeps of its policy while it is in a phase, so that a change of the policy applies
/// from the next phase on.
///
/// @param phaseJson the phase in canonical form; empty for none
record PhaseExecution(String policy, String phaseJson, long version, long modifiedMillis) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static PhaseExecution of(String name, StoredPolicy stored, LifecyclePolicy policy, Phase phase) {
    return new PhaseExecution(
        name, policy.phaseJson(phase).orElse(""), stored.version(), stored.modifiedMillis());
  }

  /// The object that `_ilm/explain` shows as `phase_execution`.
  String json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("policy", policy);
    if (!phaseJson.isEmpty()) {
      json.set("phase_definition", JSON.readTree(phaseJson));
    }
    json.put("version", version);
    json.put("modified_date_in_millis", modifiedMillis);
    return JSON.writeValueAsString(json);
  }

  static PhaseExecution parse(String json) {
    if (json.isEmpty()) {
      throw new IllegalStateException("the index keeps no definition of its phase");
    }
    JsonNode root = JSON.readTree(json);
    JsonNode phase = root.get("phase_definition");
    return new PhaseExecution(
        root.path("policy").asString(""),
        phase == null ? "{}" : JSON.writeValueAsString(phase),
        root.path("version").asLong(0),
        root.path("modified_date_in_millis").asLong(0));
  }
}
