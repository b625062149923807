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

/// Reads Thanos' own parameters.
final class ScopeParams {
  /** Downsampling is coarse enough for a step that holds five of its windows. */
  private static final int WINDOWS_PER_STEP = 5;

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
        ShardInfo.none());
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
