package io.oriel.federation.api;

import io.oriel.federation.query.QueryScope;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.matcher.Matcher;
import io.oriel.promql.parse.Parser;
import io.oriel.runtime.http.HttpCall;
import io.oriel.wire.promapi.ApiParams;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.ShardInfo;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Reads Thanos' own parameters.
final class ScopeParams {
  /** Downsampling is coarse enough for a step that holds five of its windows. */
  private static final int WINDOWS_PER_STEP = 5;

  private static final ObjectMapper JSON = new ObjectMapper();

  private ScopeParams() {}

  /// The scope of a request.
  ///
  /// @param stepMillis of a range query, else zero
  static QueryScope of(HttpCall call, ApiSettings settings, long stepMillis) {
    List<String> replicaLabels =
        call.hasParam("replicaLabels[]")
            ? call.params("replicaLabels[]")
            : settings.replicaLabels();
    engine(call.param("engine"));
    return new QueryScope(
        flag(call, "dedup", true) ? replicaLabels : List.of(),
        settings.deduplication(),
        resolution(call, settings, stepMillis),
        partialResponse(call, settings),
        storeMatchers(call),
        shard(call));
  }

  static PartialResponse partialResponse(HttpCall call, ApiSettings settings) {
    boolean allowed =
        flag(call, "partial_response", settings.partialResponse() == PartialResponse.WARN);
    return allowed ? PartialResponse.WARN : PartialResponse.ABORT;
  }

  private static long resolution(HttpCall call, ApiSettings settings, long stepMillis) {
    String text = call.param("max_source_resolution");
    if (text.equals("auto") || (text.isEmpty() && settings.autoDownsampling())) {
      return stepMillis / WINDOWS_PER_STEP;
    }
    long resolution = ApiParams.duration(call::param, "max_source_resolution", 0);
    if (resolution < 0) {
      throw ApiParams.bad(
          "max_source_resolution",
          "negative 'max_source_resolution' is not accepted. Try a positive integer");
    }
    return resolution;
  }

  private static List<List<Matcher>> storeMatchers(HttpCall call) {
    List<List<Matcher>> all = new ArrayList<>();
    for (String text : call.params("storeMatch[]")) {
      try {
        all.add(Parser.parseSelector(text).matchers());
      } catch (OrielException e) {
        throw ApiParams.bad("storeMatch[]", e.reason());
      }
    }
    return all;
  }

  /// As Go prints the protobuf message of that name; left out fields are zero.
  private static ShardInfo shard(HttpCall call) {
    String text = call.param("shard_info");
    if (text.isEmpty()) {
      return ShardInfo.none();
    }
    try {
      JsonNode json = JSON.readTree(text);
      List<String> labels = new ArrayList<>();
      json.path("labels").forEach(label -> labels.add(label.stringValue("")));
      ShardInfo shard =
          new ShardInfo(
              json.path("shard_index").longValue(0),
              json.path("total_shards").longValue(0),
              json.path("by").booleanValue(false),
              labels);
      if (!json.isObject() || shard.index() < 0 || shard.index() >= Math.max(1, shard.total())) {
        throw ApiParams.bad("shard_info", "got " + Quoted.of(text) + ", want a shard of many");
      }
      return shard;
    } catch (JacksonException e) {
      throw ApiParams.bad("shard_info", e.getOriginalMessage());
    }
  }

  /// One engine answers for both of upstream's names.
  private static void engine(String name) {
    if (!name.isEmpty() && !name.equals("prometheus") && !name.equals("thanos")) {
      throw ApiParams.bad("engine", "got " + Quoted.of(name) + ", want prometheus or thanos");
    }
  }

  private static boolean flag(HttpCall call, String name, boolean fallback) {
    String text = call.param(name);
    return switch (text) {
      case "" -> fallback;
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw ApiParams.bad(name, "cannot parse " + Quoted.of(text) + " to a boolean");
    };
  }
}
