package io.oriel.model.time;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import java.time.Duration;

/// Durations in Prometheus' notation: `1h30m`, `5m`, `100ms`; the grammar of `model.ParseDuration`
/// upstream.
///
/// Units from large to small, each at most once: y (365 d), w, d, h, m, s, ms. Zero is `0` or `0s`.
public final class DurationSyntax {
  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};
  private static final long[] MILLIS = {
    365L * 86_400_000, 7L * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000, 1
  };
  private static final long MAX_MILLIS = Long.MAX_VALUE / 1_000_000;

  private DurationSyntax() {}

  /// Parses {@code text}.
  ///
  /// @throws OrielException of kind INVALID when it is empty, not a duration, or longer than 292
  ///   years
  public static Duration parse(String text) {
    return Duration.ofMillis(parseMillis(text));
  }

  /// Parses {@code text} to milliseconds; as {@link #parse}.
  public static long parseMillis(String text) {
    if (text.isEmpty()) {
      throw OrielException.invalid("empty duration string");
    }
    if (text.equals("0")) {
      return 0;
    }
    long total = 0;
    int nextUnit = 0;
    int i = 0;
    while (i < text.length()) {
      int start = i;
      long number = 0;
      while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
        number = number * 10 + (text.charAt(i++) - '0');
        if (number > MAX_MILLIS) {
          throw OrielException.invalid("duration out of range: " + Quoted.of(text));
        }
      }
      int unit = unitAt(text, i);
      if (i == start || unit < nextUnit) {
        throw OrielException.invalid(
            "not a valid duration string: " + Quoted.of(text) + ", want for example 1h30m");
      }
      i += UNITS[unit].length();
      nextUnit = unit + 1;
      if (number > MAX_MILLIS / MILLIS[unit] || total > MAX_MILLIS - number * MILLIS[unit]) {
        throw OrielException.invalid("duration out of range: " + Quoted.of(text));
      }
      total += number * MILLIS[unit];
    }
    return total;
  }

  /// The shortest notation: `1h30m`, `1d`, `0s`. Years and weeks only when they fit exactly, as
  /// upstream prints them.
  public static String format(Duration duration) {
    return format(duration.toMillis());
  }

  /// {@link #format(Duration)} of milliseconds.
  public static String format(long millis) {
    if (millis == 0) {
      return "0s";
    }
    StringBuilder out = new StringBuilder();
    long rest = millis;
    if (rest < 0) {
      out.append('-');
      rest = -rest;
    }
    for (int unit = 0; unit < UNITS.length; unit++) {
      boolean exactOnly = unit < 3;
      if (rest < MILLIS[unit] || (exactOnly && rest % MILLIS[unit] != 0)) {
        continue;
      }
      out.append(rest / MILLIS[unit]).append(UNITS[unit]);
      rest %= MILLIS[unit];
    }
    return out.toString();
  }

  private static int unitAt(String text, int at) {
    if (text.startsWith("ms", at)) {
      return 6;
    }
    for (int unit = 0; unit < 6; unit++) {
      if (text.startsWith(UNITS[unit], at)) {
        return unit;
      }
    }
    return -1;
  }
}
