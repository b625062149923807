package io.oriel.search.client;

import io.oriel.model.error.OrielException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// ILM policies as those of OpenSearch's ISM, and where ISM says an index stands in ILM's words.
///
/// A phase becomes a state of the same name, its `min_age` the condition of the transition into it:
/// `min_rollover_age` once a phase before it rolls over, else `min_index_age`. The policy as it was
/// given is kept in the description, since ISM has no other place for it, and read back from there.
///
/// What ISM has no word for is refused by name: minima beside the maxima of a rollover, documents
/// per shard, and what our own node refuses, too.
final class IsmTranslation {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String KEPT = "from ILM: ";
  private static final List<String> PHASES = List.of("hot", "warm", "cold", "frozen", "delete");
  private static final List<String> ORDER =
      List.of(
          "set_priority",
          "unfollow",
          "rollover",
          "readonly",
          "allocate",
          "migrate",
          "shrink",
          "forcemerge",
          "freeze",
          "delete");
  private static final Map<String, String> ROLLOVER =
      Map.of(
          "max_age", "min_index_age",
          "max_docs", "min_doc_count",
          "max_size", "min_size",
          "max_primary_shard_size", "min_primary_shard_size");
  private static final Map<String, String> ACTIONS_BACK =
      Map.of(
          "index_priority", "set_priority",
          "read_only", "readonly",
          "force_merge", "forcemerge",
          "allocation", "allocate",
          "replica_count", "allocate",
          "transition", "complete");

  private IsmTranslation() {}

  /// The body of a `PUT` of the policy.
  static JsonNode toIsm(JsonNode ilm, List<String> patterns) {
    JsonNode phases = ilm.path("phases");
    List<String> names = PHASES.stream().filter(phases::has).toList();
    if (names.isEmpty() || names.size() != phases.size()) {
      throw OrielException.invalid(
          "lifecycle policy: got phases " + phases.propertyNames() + ", want some of " + PHASES);
    }
    ObjectNode root = JSON.createObjectNode();
    ObjectNode policy = root.putObject("policy");
    policy.put("description", KEPT + ilm);
    boolean startsAtOnce = isZero(phases.path(names.getFirst()));
    policy.put("default_state", startsAtOnce ? names.getFirst() : "new");
    ArrayNode states = policy.putArray("states");
    if (!startsAtOnce) {
      ObjectNode first = states.addObject();
      first.put("name", "new");
      first.putArray("actions");
      transition(first, names.getFirst(), phases.path(names.getFirst()), false);
    }
    boolean rolls = false;
    for (int i = 0; i < names.size(); i++) {
      JsonNode phase = phases.path(names.get(i));
      rolls |= phase.path("actions").has("rollover");
      ObjectNode state = states.addObject();
      state.put("name", names.get(i));
      actions(names.get(i), phase.path("actions"), state.putArray("actions"));
      if (i + 1 < names.size()) {
        transition(state, names.get(i + 1), phases.path(names.get(i + 1)), rolls);
      } else {
        state.putArray("transitions");
      }
    }
    if (!patterns.isEmpty()) {
      ObjectNode template = policy.putArray("ism_template").addObject();
      ArrayNode all = template.putArray("index_patterns");
      patterns.forEach(all::add);
      template.put("priority", 100);
    }
    return root;
  }

  private static boolean isZero(JsonNode phase) {
    return phase.path("min_age").asString("0ms").matches("0+(\\D*)");
  }

  private static void transition(ObjectNode from, String to, JsonNode phase, boolean rolls) {
    ObjectNode transition = from.putArray("transitions").addObject();
    transition.put("state_name", to);
    if (!isZero(phase)) {
      transition
          .putObject("conditions")
          .put(rolls ? "min_rollover_age" : "min_index_age", phase.path("min_age").asString(""));
    }
  }

  private static void actions(String phase, JsonNode given, ArrayNode into) {
    for (String action : given.propertyNames()) {
      if (!ORDER.contains(action)) {
        throw OrielException.invalid(
            "lifecycle policy: action ["
                + action
                + "] in phase ["
                + phase
                + "] has no counterpart in OpenSearch's index state management");
      }
    }
    for (String action : ORDER) {
      JsonNode body = given.get(action);
      if (body != null) {
        action(action, body, into);
      }
    }
  }

  private static void action(String action, JsonNode body, ArrayNode into) {
    switch (action) {
      case "set_priority" ->
          into.addObject()
              .putObject("index_priority")
              .set(
                  "priority",
                  body.path("priority").isNull() ? JSON.readTree("1") : body.path("priority"));
      case "rollover" -> rollover(body, into.addObject().putObject("rollover"));
      case "readonly" -> into.addObject().putObject("read_only");
      case "forcemerge" ->
          into.addObject()
              .putObject("force_merge")
              .set("max_num_segments", body.path("max_num_segments"));
      case "shrink" -> {
        ObjectNode shrink = into.addObject().putObject("shrink");
        if (body.has("number_of_shards")) {
          shrink.set("num_new_shards", body.path("number_of_shards"));
        } else {
          shrink.set("max_shard_size", body.path("max_primary_shard_size"));
        }
        shrink.put("force_unsafe", true);
      }
      case "allocate" -> allocate(body, into);
      case "delete" -> into.addObject().putObject("delete");
      default -> {
        // unfollow, migrate and freeze ask for nothing that OpenSearch does
      }
    }
  }

  private static void rollover(JsonNode body, ObjectNode into) {
    for (Map.Entry<String, JsonNode> condition : body.properties()) {
      String name = ROLLOVER.get(condition.getKey());
      if (name == null) {
        throw OrielException.invalid(
            "lifecycle policy: rollover condition ["
                + condition.getKey()
                + "] has no counterpart in OpenSearch's index state management");
      }
      into.set(name, condition.getValue());
    }
  }

  private static void allocate(JsonNode body, ArrayNode into) {
    ObjectNode allocation = JSON.createObjectNode();
    for (String kind : new String[] {"require", "include", "exclude"}) {
      if (!body.path(kind).isEmpty()) {
        allocation.set(kind, body.path(kind));
      }
    }
    if (!allocation.isEmpty()) {
      allocation.put("wait_for", true);
      into.addObject().set("allocation", allocation);
    }
    if (body.has("number_of_replicas")) {
      into.addObject()
          .putObject("replica_count")
          .set("number_of_replicas", body.path("number_of_replicas"));
    }
  }

  /// The ILM policy that an ISM policy was made from; empty when it was made by somebody else.
  static Optional<JsonNode> original(JsonNode ism) {
    String description = ism.path("description").asString("");
    if (!description.startsWith(KEPT)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readTree(description.substring(KEPT.length())));
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  /// What `_plugins/_ism/explain` says of an index.
  static Lifecycle.Standing standing(String index, JsonNode at) {
    String policy = at.path("policy_id").asString("");
    String action = at.path("action").path("name").asString("");
    String step = at.path("step").path("name").asString("");
    boolean failed =
        at.path("action").path("failed").asBoolean(false)
            || at.path("retry_info").path("failed").asBoolean(false)
            || at.path("step").path("step_status").asString("").equals("failed");
    JsonNode info = at.path("info");
    String message = info.path("message").asString("");
    String cause = info.path("cause").asString("");
    return new Lifecycle.Standing(
        index,
        policy,
        at.path("state").path("name").asString(""),
        ACTIONS_BACK.getOrDefault(action, action),
        failed ? "ERROR" : step,
        failed ? step : "",
        cause.isEmpty() ? message : message + ": " + cause,
        "");
  }
}
