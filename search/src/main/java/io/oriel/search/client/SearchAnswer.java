package io.oriel.search.client;

import io.oriel.search.query.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What a search found. Immutable.
public final class SearchAnswer {
  private final JsonNode root;
  private final boolean limited;
  private final List<Hit> hits;

  /// @param limited whether the question had a limit of documents per shard; without one the engine
  ///   says that it stopped early, too, when an answer without documents needed no more of them
  SearchAnswer(JsonNode root, boolean limited) {
    this.root = root;
    this.limited = limited;
    this.hits = List.copyOf(hits(root.path("hits").path("hits")));
  }

  static List<Hit> hits(JsonNode list) {
    List<Hit> hits = new ArrayList<>();
    for (JsonNode hit : list) {
      List<Scalar> sort = new ArrayList<>();
      hit.path("sort").forEach(key -> sort.add(scalar(key)));
      Map<String, List<String>> marked = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : hit.path("highlight").properties()) {
        List<String> texts = new ArrayList<>();
        field.getValue().forEach(text -> texts.add(text.asString("")));
        marked.put(field.getKey(), texts);
      }
      hits.add(
          new Hit(
              hit.path("_index").asString(""),
              hit.path("_id").asString(""),
              hit.path("_source"),
              hit.path("fields"),
              sort,
              marked));
    }
    return hits;
  }

  private static Scalar scalar(JsonNode key) {
    if (key.isIntegralNumber()) {
      return Scalar.of(key.asLong());
    }
    if (key.isNumber()) {
      return Scalar.of(key.asDouble());
    }
    if (key.isBoolean()) {
      return Scalar.of(key.asBoolean());
    }
    return key.isNull() ? new Scalar.Absent() : Scalar.of(key.asString(""));
  }

  public long tookMillis() {
    return root.path("took").asLong(0);
  }

  /// How many documents match, or a lower bound of it.
  public long total() {
    JsonNode total = root.path("hits").path("total");
    return total.isNumber() ? total.asLong() : total.path("value").asLong(0);
  }

  /// Whether {@link #total} is the number itself.
  public boolean isTotalExact() {
    return !root.path("hits").path("total").path("relation").asString("eq").equals("gte");
  }

  private boolean wasCutShort() {
    return limited && root.path("terminated_early").asBoolean(false);
  }

  /// Whether a part is missing: a shard failed, time ran out, or the search was cut short.
  public boolean isPartial() {
    return root.path("timed_out").asBoolean(false)
        || wasCutShort()
        || root.path("_shards").path("failed").asLong(0) > 0;
  }

  /// Whether a part is missing that nobody gave up: a shard failed, or time ran out. The engine
  /// also says that it stopped early when it had seen enough for an answer without documents.
  public boolean hasFailed() {
    return root.path("timed_out").asBoolean(false)
        || root.path("_shards").path("failed").asLong(0) > 0;
  }

  /// Why a part is missing, for people; empty when nothing is.
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (root.path("timed_out").asBoolean(false)) {
      warnings.add("the search ran out of time");
    }
    if (wasCutShort()) {
      warnings.add("the search stopped at its limit of documents per shard");
    }
    JsonNode shards = root.path("_shards");
    if (shards.path("failed").asLong(0) > 0) {
      warnings.add(
          shards.path("failed").asLong()
              + " of "
              + shards.path("total").asLong()
              + " shards failed: "
              + shards.path("failures").path(0).path("reason").path("reason").asString("unknown"));
    }
    return warnings;
  }

  public List<Hit> hits() {
    return hits;
  }

  /// Whether anything was computed under {@code name}: not when no index was there to search.
  public boolean hasAggregate(String name) {
    return root.path("aggregations").has(name);
  }

  /// The result of the aggregation that was asked for as {@code name}.
  public Aggregate aggregate(String name) {
    return Aggregate.of(root.path("aggregations"), name);
  }

  /// The id of the point in time to go on with; empty without one.
  public String pointInTime() {
    return root.path("pit_id").asString("");
  }
}
