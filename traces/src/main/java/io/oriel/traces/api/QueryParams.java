package io.oriel.traces.api;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.http.HttpCall;
import io.oriel.traces.query.GoDuration;
import io.oriel.traces.query.TimeWindow;
import io.oriel.traces.query.TraceQuery;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Parameters of a call, read and checked; each refusal names the parameter.
final class QueryParams {
  static final int STANDARD_LIMIT = 100;

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Set<String> QUERY =
      new TreeSet<>(
          Set.of(
              "serviceName",
              "service_name",
              "operationName",
              "operation_name",
              "attributes",
              "startTimeMin",
              "start_time_min",
              "startTimeMax",
              "start_time_max",
              "durationMin",
              "duration_min",
              "durationMax",
              "duration_max",
              "searchDepth",
              "search_depth",
              "rawTraces",
              "raw_traces",
              "filter"));
  private static final Duration STANDARD_LOOKBACK = Duration.ofDays(2);
  private final HttpCall call;
  private final Map<String, String> body;
  private final InstantSource clock;

  QueryParams(HttpCall call, InstantSource clock) {
    this(call, Map.of(), clock);
  }

  private QueryParams(HttpCall call, Map<String, String> body, InstantSource clock) {
    this.call = call;
    this.body = body;
    this.clock = clock;
  }

  /// Parameters that stand in a JSON body as messages of `api_v3` do: `{"query":{"serviceName":…}}`
  /// is `query.serviceName`. Objects within stay JSON.
  static QueryParams ofBody(HttpCall call, InstantSource clock) {
    Map<String, String> body = new LinkedHashMap<>();
    try {
      JsonNode root = JSON.readTree(call.body());
      for (Map.Entry<String, JsonNode> member : root.properties()) {
        if (!member.getKey().equals("query")) {
          throw wrong("body", member.getKey(), "query only");
        }
        for (Map.Entry<String, JsonNode> each : member.getValue().properties()) {
          if (!QUERY.contains(each.getKey())) {
            throw wrong("query", each.getKey(), "one of " + String.join(", ", QUERY));
          }
          JsonNode value = each.getValue();
          body.put(
              "query." + each.getKey(),
              value.isContainer() ? value.toString() : value.isNull() ? "" : value.asString());
        }
      }
      if (!root.path("query").isObject()) {
        throw OrielException.invalid("body: want an object with query");
      }
    } catch (JacksonException e) {
      throw OrielException.invalid("body: not JSON: " + e.getOriginalMessage());
    }
    return new QueryParams(call, body, clock);
  }

  /// The first value of the first of {@code names} that is given; empty when none is.
  String text(String... names) {
    for (String name : names) {
      String said = body.get(name);
      if (said != null) {
        return said;
      }
      if (call.hasParam(name)) {
        return call.param(name);
      }
    }
    return "";
  }

  List<String> all(String name) {
    return call.params(name).stream().filter(value -> !value.isEmpty()).toList();
  }

  boolean flag(String... names) {
    String value = text(names);
    return switch (value) {
      case "", "false", "0", "f", "F", "False", "FALSE" -> false;
      case "true", "1", "t", "T", "True", "TRUE" -> true;
      default -> throw wrong(names[0], value, "true or false");
    };
  }

  private static OrielException wrong(String name, String value, String want) {
    return OrielException.invalid(name + ": got " + Quoted.of(shortened(value)) + ", want " + want);
  }

  private static String shortened(String value) {
    return value.length() <= 128 ? value : value.substring(0, 128) + "…";
  }

  OptionalLong number(String name) {
    String value = text(name);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long number = Long.parseLong(value);
      if (number >= 0) {
        return OptionalLong.of(number);
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw wrong(name, value, "a whole number, 0 or more");
  }

  double real(String name) {
    String value = text(name);
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw wrong(name, value, "a number");
    }
  }

  /// How many traces at most; 0 is as much as nothing, as upstream.
  int limit(String... names) {
    String value = text(names);
    if (value.isEmpty()) {
      return STANDARD_LIMIT;
    }
    try {
      int limit = Integer.parseInt(value);
      if (limit >= 0 && limit <= TraceQuery.MAX_LIMIT) {
        return limit == 0 ? STANDARD_LIMIT : limit;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw wrong(names[0], value, "a whole number, 0 to " + TraceQuery.MAX_LIMIT);
  }

  /// A duration in Go's notation, in microseconds; 0 when it is not given.
  long micros(String... names) {
    String value = text(names);
    if (value.isEmpty()) {
      return 0;
    }
    try {
      return GoDuration.micros(value);
    } catch (OrielException e) {
      throw OrielException.invalid(names[0] + ": " + e.reason());
    }
  }

  TraceQuery.Took took(String min, String minOld, String max, String maxOld) {
    return new TraceQuery.Took(micros(min, minOld), micros(max, maxOld));
  }

  /// `start` and `end` in microseconds, as v1 has them; the last two days otherwise.
  TimeWindow searched() {
    long now = clock.millis() * 1000;
    long end = number("end").orElse(now);
    long lookback = STANDARD_LOOKBACK.toMillis() * 1000;
    String asked = text("lookback");
    if (!asked.isEmpty() && !asked.equals("custom")) {
      lookback = lookback(asked);
    }
    return new TimeWindow(number("start").orElse(Math.max(0, end - lookback)), end);
  }

  /// Grafana and the UI say days, too.
  private long lookback(String asked) {
    if (asked.matches("\\d{1,5}d")) {
      return Duration.ofDays(Long.parseLong(asked.substring(0, asked.length() - 1))).toMillis()
          * 1000;
    }
    return micros("lookback");
  }

  /// `start` and `end` in microseconds around one trace; no restriction otherwise.
  TimeWindow around() {
    OptionalLong start = number("start");
    OptionalLong end = number("end");
    return start.isEmpty() && end.isEmpty()
        ? TimeWindow.ALWAYS
        : new TimeWindow(start.orElse(0), end.orElse(clock.millis() * 1000));
  }

  /// `tag=name:value` and `tags={"name":"value"}`.
  Map<String, String> tags() {
    Map<String, String> tags = new LinkedHashMap<>();
    for (String tag : all("tag")) {
      int colon = tag.indexOf(':');
      if (colon <= 0) {
        throw wrong("tag", tag, "name:value");
      }
      tags.put(tag.substring(0, colon), tag.substring(colon + 1));
    }
    for (String object : all("tags")) {
      tags.putAll(object("tags", object));
    }
    return tags;
  }

  /// A JSON object of texts.
  Map<String, String> object(String name, String value) {
    if (value.isEmpty()) {
      return Map.of();
    }
    try {
      JsonNode root = JSON.readTree(value);
      if (!root.isObject()) {
        throw wrong(name, value, "an object of texts");
      }
      Map<String, String> members = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> member : root.properties()) {
        if (!member.getValue().isString()) {
          throw wrong(name, value, "texts as values; numbers and truth values in quotes");
        }
        members.put(member.getKey(), member.getValue().asString());
      }
      return members;
    } catch (JacksonException e) {
      throw wrong(name, value, "a JSON object of texts");
    }
  }

  /// A time in RFC 3339, in microseconds.
  OptionalLong instant(String... names) {
    String value = text(names);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(
          ChronoUnit.MICROS.between(
              Instant.EPOCH, java.time.OffsetDateTime.parse(value).toInstant()));
    } catch (DateTimeParseException | ArithmeticException e) {
      throw wrong(names[0], value, "a time like 2026-11-27T10:00:00Z");
    }
  }

  /// A trace's id: hex, or base64 of sixteen bytes.
  static TraceId traceId(String text) {
    if (text.length() == 24 && text.endsWith("==")) {
      try {
        return ofBytes(Base64.getDecoder().decode(text));
      } catch (IllegalArgumentException _) {
        // no base64 either
      }
    }
    if (text.length() > 64) {
      throw wrong("trace id", text, "1 to 32 hex digits");
    }
    TraceId id = TraceId.ofHex(text);
    if (!id.isValid()) {
      throw wrong("trace id", text, "one that is not zero");
    }
    return id;
  }

  private static TraceId ofBytes(byte[] bytes) {
    java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(bytes);
    return new TraceId(buffer.getLong(), buffer.getLong());
  }
}
