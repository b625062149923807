package io.oriel.app.role.store;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.time.DurationSyntax;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/// A flag's point in time: RFC 3339, or a duration from now on or, with a minus, before now.
final class TimeFlag {
  private TimeFlag() {}

  /// The time in Unix milliseconds; one that is relative moves on with the clock.
  static LongSupplier parse(String flag, String text) {
    try {
      if (text.length() > 10 && text.charAt(4) == '-') {
        long fixed = Instant.parse(text).toEpochMilli();
        return () -> fixed;
      }
      boolean before = text.startsWith("-");
      Duration distance = DurationSyntax.parse(before ? text.substring(1) : text);
      long millis = before ? -distance.toMillis() : distance.toMillis();
      return () -> System.currentTimeMillis() + millis;
    } catch (DateTimeException | OrielException e) {
      throw OrielException.invalid(
          flag
              + ": got "
              + Quoted.of(text)
              + ", want RFC 3339 or a duration as -6h: "
              + e.getMessage());
    }
  }
}
