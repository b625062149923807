package io.oriel.logs.api;

import io.oriel.logs.search.LogAccess;
import io.oriel.logs.search.LogRequest;
import io.oriel.logs.search.LogSyntax;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.http.HttpCall;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Parameters of a call, read and checked.
final class LogParams {
  private static final Duration STANDARD_RANGE = Duration.ofMinutes(15);

  private final HttpCall call;
  private final AccessRule rule;
  private final InstantSource clock;

  LogParams(HttpCall call, AccessRule rule, InstantSource clock) {
    this.call = call;
    this.rule = rule;
    this.clock = clock;
  }

  /// What the caller may see, narrowed to what it asks for.
  LogAccess access() {
    LogAccess allowed = rule.of(call);
    Set<String> wanted = new HashSet<>(call.params("cluster"));
    wanted.remove("");
    if (wanted.isEmpty()) {
      return allowed;
    }
    for (String cluster : wanted) {
      if (!cluster.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?")) {
        throw OrielException.invalid("cluster: got \"" + cluster + "\", want a cluster's name");
      }
      if (!allowed.clusters().isEmpty() && !allowed.clusters().contains(cluster)) {
        throw new OrielException(Kind.FORBIDDEN, "cluster " + cluster + " is not yours to see");
      }
    }
    return new LogAccess(wanted);
  }

  LogSyntax syntax() {
    return LogSyntax.ofWord(call.param("language"));
  }

  LogRequest request() {
    long end = time("end", clock.millis() + 1);
    long start = time("start", end - STANDARD_RANGE.toMillis());
    return new LogRequest(call.param("query"), syntax(), start, end, access());
  }

  private long time(String name, long standard) {
    String text = call.param(name);
    if (text.isEmpty()) {
      return standard;
    }
    try {
      return new BigDecimal(text).movePointRight(3).longValue();
    } catch (NumberFormatException _) {
      try {
        return Instant.parse(text).toEpochMilli();
      } catch (DateTimeParseException | ArithmeticException _) {
        throw OrielException.invalid(
            name + ": got \"" + text + "\", want Unix seconds or a time like 2026-11-27T10:00:00Z");
      }
    }
  }

  String text(String name) {
    return call.param(name);
  }

  String required(String name) {
    String value = call.param(name);
    if (value.isEmpty()) {
      throw OrielException.invalid(name + ": got nothing, want a value");
    }
    return value;
  }

  boolean flag(String name) {
    String value = call.param(name);
    return value.equals("true") || value.equals("1");
  }

  int count(String name, int standard, int most) {
    String text = call.param(name);
    if (text.isEmpty()) {
      return standard;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= 0 && value <= most) {
        return value;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw OrielException.invalid(name + ": got \"" + text + "\", want a number up to " + most);
  }

  long durationMillis(String name) {
    String text = call.param(name);
    return text.isEmpty() || text.equals("auto") ? 0 : DurationSyntax.parse(text).toMillis();
  }

  List<String> list(String name) {
    return call.params(name).stream()
        .flatMap(value -> List.of(value.split(",", -1)).stream())
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .toList();
  }
}
