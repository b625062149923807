package io.oriel.search.lifecycle;

import io.oriel.search.lifecycle.LifecycleAction.Allocate;
import io.oriel.search.lifecycle.LifecycleAction.Delete;
import io.oriel.search.lifecycle.LifecycleAction.ForceMerge;
import io.oriel.search.lifecycle.LifecycleAction.Freeze;
import io.oriel.search.lifecycle.LifecycleAction.Migrate;
import io.oriel.search.lifecycle.LifecycleAction.ReadOnly;
import io.oriel.search.lifecycle.LifecycleAction.Rollover;
import io.oriel.search.lifecycle.LifecycleAction.SetPriority;
import io.oriel.search.lifecycle.LifecycleAction.Shrink;
import io.oriel.search.lifecycle.LifecycleAction.Unfollow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.opensearch.core.common.unit.ByteSizeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the actions of a policy and writes each into its canonical form.
final class ActionReader {
  private static final Map<String, String> IMPOSSIBLE =
      Map.of(
          "searchable_snapshot",
          "indices are not mounted from snapshots; use [forcemerge] and [delete]",
          "downsample",
          "there are no time series indices to downsample",
          "wait_for_snapshot",
          "there is no snapshot lifecycle to wait for; remove the action");

  private ActionReader() {}

  static String refusal(Phase phase, String action) {
    String why = IMPOSSIBLE.get(action);
    return why != null
        ? "action [" + action + "] in phase [" + phase.word() + "] cannot be done here: " + why
        : "invalid action [" + action + "] defined in phase [" + phase.word() + "]";
  }

  static LifecycleAction read(String action, JsonNode body, ObjectNode into) {
    return switch (action) {
      case "set_priority" -> setPriority(body, into);
      case "unfollow" -> new Unfollow();
      case "rollover" -> rollover(body, into);
      case "readonly" -> new ReadOnly();
      case "forcemerge" -> forceMerge(body, into);
      case "shrink" -> shrink(body, into);
      case "allocate" -> allocate(body, into);
      case "migrate" -> migrate(body, into);
      case "freeze" -> new Freeze();
      case "delete" -> delete(body, into);
      default -> throw new IllegalArgumentException("unknown action [" + action + "]");
    };
  }

  private static void only(String action, JsonNode body, List<String> known) {
    for (String key : body.propertyNames()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException("[" + action + "] unknown field [" + key + "]");
      }
    }
  }

  private static LifecycleAction setPriority(JsonNode body, ObjectNode into) {
    only("set_priority", body, List.of("priority"));
    JsonNode priority = body.get("priority");
    if (priority == null) {
      throw new IllegalArgumentException("[set_priority] Required [priority]");
    }
    into.set("priority", priority);
    if (priority.isNull()) {
      return new SetPriority(OptionalInt.empty());
    }
    if (!priority.canConvertToInt() || priority.asInt() < 0) {
      throw new IllegalArgumentException("[priority] must be 0 or greater");
    }
    return new SetPriority(OptionalInt.of(priority.asInt()));
  }

  private static LifecycleAction rollover(JsonNode body, ObjectNode into) {
    Map<String, String> given = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> condition : body.properties()) {
      given.put(condition.getKey(), condition.getValue().asString());
      into.set(condition.getKey(), condition.getValue());
    }
    return new Rollover(RolloverConditions.parse(given));
  }

  private static LifecycleAction forceMerge(JsonNode body, ObjectNode into) {
    only("forcemerge", body, List.of("max_num_segments", "index_codec"));
    int segments = body.path("max_num_segments").asInt(0);
    if (segments <= 0) {
      throw new IllegalArgumentException("[max_num_segments] must be a positive integer");
    }
    if (body.has("index_codec")) {
      throw new IllegalArgumentException(
          "[forcemerge] index_codec cannot be done here: the codec of an index is fixed when it is"
              + " made; set index.codec in its template");
    }
    into.put("max_num_segments", segments);
    return new ForceMerge(segments);
  }

  private static LifecycleAction shrink(JsonNode body, ObjectNode into) {
    only(
        "shrink",
        body,
        List.of("number_of_shards", "max_primary_shard_size", "allow_write_after_shrink"));
    int shards = body.path("number_of_shards").asInt(0);
    String size = body.path("max_primary_shard_size").asString("");
    boolean write = body.path("allow_write_after_shrink").asBoolean(false);
    if ((shards > 0) == !size.isEmpty()) {
      throw new IllegalArgumentException(
          "[shrink] wants either [number_of_shards], greater than 0, or [max_primary_shard_size]");
    }
    if (shards > 0) {
      into.put("number_of_shards", shards);
    } else {
      into.put("max_primary_shard_size", size);
    }
    into.put("allow_write_after_shrink", write);
    return new Shrink(
        shards,
        size.isEmpty()
            ? ByteSizeValue.ZERO
            : ByteSizeValue.parseBytesSizeValue(size, "max_primary_shard_size"),
        write);
  }

  private static LifecycleAction allocate(JsonNode body, ObjectNode into) {
    List<String> kinds = List.of("include", "exclude", "require");
    only(
        "allocate",
        body,
        List.of("number_of_replicas", "total_shards_per_node", "include", "exclude", "require"));
    Map<String, String> filters = new LinkedHashMap<>();
    for (String kind : kinds) {
      ObjectNode rules = into.putObject(kind);
      for (Map.Entry<String, JsonNode> rule : body.path(kind).properties()) {
        filters.put(kind + "." + rule.getKey(), rule.getValue().asString());
        rules.set(rule.getKey(), rule.getValue());
      }
    }
    OptionalInt replicas = integer(body, "number_of_replicas", into);
    OptionalInt perNode = integer(body, "total_shards_per_node", into);
    if (filters.isEmpty() && replicas.isEmpty() && perNode.isEmpty()) {
      throw new IllegalArgumentException(
          "At least one of [include], [exclude], [require], [number_of_replicas] or"
              + " [total_shards_per_node] must contain attributes for action [allocate]");
    }
    return new Allocate(replicas, perNode, filters);
  }

  private static OptionalInt integer(JsonNode body, String name, ObjectNode into) {
    JsonNode value = body.get(name);
    if (value == null || value.isNull()) {
      return OptionalInt.empty();
    }
    into.set(name, value);
    return OptionalInt.of(value.asInt());
  }

  private static LifecycleAction migrate(JsonNode body, ObjectNode into) {
    only("migrate", body, List.of("enabled"));
    boolean enabled = body.path("enabled").asBoolean(true);
    into.put("enabled", enabled);
    return new Migrate(enabled);
  }

  private static LifecycleAction delete(JsonNode body, ObjectNode into) {
    only("delete", body, List.of("delete_searchable_snapshot"));
    into.put("delete_searchable_snapshot", body.path("delete_searchable_snapshot").asBoolean(true));
    return new Delete();
  }
}
