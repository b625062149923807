package io.oriel.federation.frontend;

import io.oriel.runtime.http.HttpCall;
import io.oriel.wire.promapi.RangeParams;
import io.oriel.wire.storeapi.ShardInfo;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// A range query, or a piece of one.
///
/// @param endMillis no step is later, inclusive; the last step once aligned or cut to it
/// @param others all other parameters, by name
/// @param headers that are passed on
/// @param shard which part of all series is asked for
record RangeRequest(
    long startMillis,
    long endMillis,
    long stepMillis,
    SortedMap<String, List<String>> others,
    SortedMap<String, String> headers,
    ShardInfo shard) {
  private static final Set<String> OWN = Set.of("start", "end", "step");

  static RangeRequest of(HttpCall call, FrontendSettings settings) {
    RangeParams times = RangeParams.of(call::param);
    SortedMap<String, List<String>> others = new TreeMap<>();
    for (String name : call.paramNames()) {
      if (!OWN.contains(name)) {
        others.put(name, call.params(name));
      }
    }
    others.putIfAbsent(
        "partial_response", List.of(Boolean.toString(settings.range().partialResponse())));
    SortedMap<String, String> headers = new TreeMap<>();
    List<String> passed = new ArrayList<>(settings.forwardHeaders());
    passed.add(settings.tenantHeader());
    for (String name : passed) {
      if (!name.isEmpty() && !call.header(name).isEmpty()) {
        headers.put(name, call.header(name));
      }
    }
    return new RangeRequest(
        times.startMillis(),
        times.endMillis(),
        times.stepMillis(),
        others,
        headers,
        ShardInfo.none());
  }

  /// The same with the last step as its end.
  RangeRequest toLastStep() {
    return between(startMillis, endMillis - (endMillis - startMillis) % stepMillis);
  }

  String query() {
    return others.getOrDefault("query", List.of("")).getFirst();
  }

  /// The same with start and end rounded down to multiples of the step.
  RangeRequest aligned() {
    return between(
        Math.floorDiv(startMillis, stepMillis) * stepMillis,
        Math.floorDiv(endMillis, stepMillis) * stepMillis);
  }

  RangeRequest between(long start, long end) {
    return new RangeRequest(start, end, stepMillis, others, headers, shard);
  }

  RangeRequest of(ShardInfo part) {
    return new RangeRequest(startMillis, endMillis, stepMillis, others, headers, part);
  }

  /// The pieces between multiples of {@code intervalMillis}, in order; each step is in one of them.
  List<RangeRequest> split(long intervalMillis) {
    if (intervalMillis <= 0) {
      return List.of(this);
    }
    long interval = interval(intervalMillis);
    List<RangeRequest> pieces = new ArrayList<>();
    for (long start = startMillis; start <= endMillis; ) {
      long boundary = (Math.floorDiv(start, interval) + 1) * interval;
      long last = start + (boundary - 1 - start) / stepMillis * stepMillis;
      pieces.add(between(start, Math.min(last, endMillis)));
      start = last + stepMillis;
    }
    return pieces;
  }

  /// A piece of one step would save nothing, so a long step makes the interval longer.
  private long interval(long intervalMillis) {
    return stepMillis < intervalMillis
        ? intervalMillis
        : intervalMillis * Math.ceilDiv(10 * stepMillis, intervalMillis);
  }

  /// Everything that decides the answer but its times; the same for pieces of one grid and of one
  /// interval only.
  String cacheKey(long intervalMillis) {
    return others.toString()
        + headers
        + shard
        + ':'
        + stepMillis
        + ':'
        + Math.floorMod(startMillis, stepMillis)
        + ':'
        + Math.floorDiv(startMillis, interval(intervalMillis));
  }

  /// As a form to be posted.
  byte[] form() {
    StringBuilder form = new StringBuilder();
    add(form, "start", seconds(startMillis));
    add(form, "end", seconds(endMillis));
    add(form, "step", seconds(stepMillis));
    others.forEach((name, values) -> values.forEach(value -> add(form, name, value)));
    if (shard.isSharded()) {
      add(form, "shard_info", ShardJson.write(shard));
    }
    return form.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void add(StringBuilder form, String name, String value) {
    form.append(form.isEmpty() ? "" : "&")
        .append(URLEncoder.encode(name, StandardCharsets.UTF_8))
        .append('=')
        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
  }

  private static String seconds(long millis) {
    return BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString();
  }
}
