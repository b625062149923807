package io.oriel.traces.index;

import io.oriel.model.error.OrielException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

/// Names of Jaeger's indices: `[prefix-]jaeger-span-2026-01-31`, `[prefix-]jaeger-span-write` or
/// `[prefix.]jaeger.spans`. Thread-safe.
public final class IndexNames {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long MILLIS_PER_DAY = Duration.ofDays(1).toMillis();
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** A clock that is wrong must not make an index for every day of a century. */
  private static final long PAST_DAYS = 7;

  private static final long FUTURE_DAYS = 1;

  private final String prefix;
  private final Rotation rotation;
  private final AtomicReference<Day> last = new AtomicReference<>(new Day(Long.MIN_VALUE, "", ""));

  private record Day(long number, String spans, String services) {}

  /// @param prefix may be empty; a dash at its end makes no difference
  /// @throws OrielException of kind INVALID when the engine would not take the name
  public IndexNames(String prefix, Rotation rotation) {
    String bare = prefix.endsWith("-") ? prefix.substring(0, prefix.length() - 1) : prefix;
    if (!bare.matches("[a-z0-9._-]*") || bare.startsWith("-") || bare.startsWith("_")) {
      throw OrielException.invalid(
          "index prefix: got \"" + prefix + "\", want lower-case letters, digits, dots and dashes");
    }
    this.prefix = bare;
    this.rotation = rotation;
  }

  public Rotation rotation() {
    return rotation;
  }

  /// Where a span goes.
  ///
  /// @param startNanos of the span; further from now than the bounds it goes where the bounds are
  public String spans(long startNanos, long nowMillis) {
    return switch (rotation) {
      case PERIODIC -> day(startNanos, nowMillis).spans;
      case ALIAS -> writeAlias("span");
      case DATA_STREAM -> stream("spans");
    };
  }

  /// Where the service of a span goes.
  public String services(long startNanos, long nowMillis) {
    return switch (rotation) {
      case PERIODIC -> day(startNanos, nowMillis).services;
      case ALIAS -> writeAlias("service");
      case DATA_STREAM -> stream("services");
    };
  }

  /// Where dependencies go that were counted up to {@code at}.
  public String dependencies(Instant at) {
    return switch (rotation) {
      case PERIODIC -> base("dependencies") + "-" + DAY.format(at);
      case ALIAS -> writeAlias("dependencies");
      case DATA_STREAM -> stream("dependencies");
    };
  }

  private Day day(long startNanos, long nowMillis) {
    long today = Math.floorDiv(nowMillis, MILLIS_PER_DAY);
    long number =
        Math.clamp(
            Math.floorDiv(startNanos / NANOS_PER_MILLI, MILLIS_PER_DAY),
            today - PAST_DAYS,
            today + FUTURE_DAYS);
    Day known = last.get();
    if (known.number != number) {
      String date = DAY.format(Instant.ofEpochMilli(number * MILLIS_PER_DAY));
      known = new Day(number, base("span") + "-" + date, base("service") + "-" + date);
      last.set(known);
    }
    return known;
  }

  /// `[prefix-]jaeger-KIND`, with which the names of all indices of the kind begin.
  ///
  /// @param kind span, service, dependencies or sampling
  public String base(String kind) {
    return (prefix.isEmpty() ? "" : prefix + "-") + "jaeger-" + kind;
  }

  public String writeAlias(String kind) {
    return base(kind) + "-write";
  }

  public String readAlias(String kind) {
    return base(kind) + "-read";
  }

  /// The data stream of a kind, in the plural: spans, services.
  public String stream(String kinds) {
    return (prefix.isEmpty() ? "" : prefix + ".") + "jaeger." + kinds;
  }

  /// What to search for documents of a kind: a pattern, an alias or a data stream.
  public String reading(String kind) {
    return switch (rotation) {
      case PERIODIC -> base(kind) + "-*";
      case ALIAS -> readAlias(kind);
      case DATA_STREAM -> stream(kind.equals("dependencies") ? kind : kind + "s");
    };
  }
}
