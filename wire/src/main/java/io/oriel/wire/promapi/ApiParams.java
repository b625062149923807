package io.oriel.wire.promapi;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.number.GoFloat;
import io.oriel.model.time.DurationSyntax;
import java.time.DateTimeException;
import java.time.OffsetDateTime;

/// Reads the parameters that many endpoints share; a bad one is refused by name, as upstream words
/// it.
public final class ApiParams {
  /// Where parameters come from: a call.
  @FunctionalInterface
  public interface Source {
    /// The value of {@code name}; empty when it is not given.
    String param(String name);
  }

  /**
   * What Go prints for the least and the greatest time it can represent; clients send them back.
   */
  private static final String LEAST_TIME = "-292273086-05-16T16:47:06Z";

  private static final String GREATEST_TIME = "292277025-08-18T07:12:54.999999999Z";

  /** Bounds that leave room for arithmetic. */
  public static final long MIN_MILLIS = Long.MIN_VALUE / 1_000_000;

  public static final long MAX_MILLIS = Long.MAX_VALUE / 1_000_000;

  private ApiParams() {}

  /// A time in Unix milliseconds, given in seconds or as RFC 3339; {@code fallback} when it is not
  /// given.
  public static long time(Source call, String name, long fallback) {
    String text = call.param(name);
    if (text.isEmpty()) {
      return fallback;
    }
    return switch (text) {
      case LEAST_TIME -> MIN_MILLIS;
      case GREATEST_TIME -> MAX_MILLIS;
      default -> time(name, text);
    };
  }

  private static long time(String name, String text) {
    try {
      double seconds = GoFloat.parse(text);
      if (!Double.isFinite(seconds)) {
        throw bad(name, "cannot parse " + Quoted.of(text) + " to a valid timestamp");
      }
      return Math.clamp(Math.round(seconds * 1000), MIN_MILLIS, MAX_MILLIS);
    } catch (OrielException _) {
      try {
        return OffsetDateTime.parse(text).toInstant().toEpochMilli();
      } catch (DateTimeException | ArithmeticException _) {
        throw bad(name, "cannot parse " + Quoted.of(text) + " to a valid timestamp");
      }
    }
  }

  /// A time that must be given.
  public static long requiredTime(Source call, String name) {
    if (call.param(name).isEmpty()) {
      throw bad(name, "cannot parse \"\" to a valid timestamp");
    }
    return time(call, name, 0);
  }

  /// A duration in milliseconds, given in seconds or as `1m30s`; {@code fallback} when it is not
  /// given.
  public static long duration(Source call, String name, long fallback) {
    String text = call.param(name);
    if (text.isEmpty()) {
      return fallback;
    }
    try {
      double seconds = GoFloat.parse(text);
      if (!(Math.abs(seconds) < MAX_MILLIS / 1000.0)) {
        throw bad(
            name, "cannot parse " + Quoted.of(text) + " to a valid duration. It overflows int64");
      }
      return Math.round(seconds * 1000);
    } catch (OrielException e) {
      if (e.reason().contains("overflows")) {
        throw e;
      }
      try {
        return DurationSyntax.parseMillis(text);
      } catch (OrielException _) {
        throw bad(name, "cannot parse " + Quoted.of(text) + " to a valid duration");
      }
    }
  }

  /// A limit; zero when it is not given.
  public static int limit(Source call) {
    String text = call.param("limit");
    if (text.isEmpty()) {
      return 0;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit < 0) {
        throw bad("limit", "limit must be non-negative");
      }
      return limit;
    } catch (NumberFormatException _) {
      throw bad("limit", "cannot parse " + Quoted.of(text) + " to a valid number");
    }
  }

  /// `U__` names spell what a path cannot hold: `_2e_` for a code point, `__` for an underscore.
  public static String unescaped(String name) {
    if (!name.startsWith("U__")) {
      return name;
    }
    StringBuilder out = new StringBuilder();
    String rest = name.substring(3);
    for (int i = 0; i < rest.length(); i++) {
      char c = rest.charAt(i);
      if (c != '_') {
        out.append(c);
        continue;
      }
      if (rest.startsWith("__", i)) {
        out.append('_');
        i++;
        continue;
      }
      int close = rest.indexOf('_', i + 1);
      if (close < 0 || close - i > 7) {
        return name;
      }
      try {
        out.appendCodePoint(Integer.parseInt(rest.substring(i + 1, close), 16));
      } catch (IllegalArgumentException _) {
        return name;
      }
      i = close;
    }
    return out.toString();
  }

  public static OrielException bad(String name, String problem) {
    return OrielException.invalid("invalid parameter " + Quoted.of(name) + ": " + problem);
  }
}
