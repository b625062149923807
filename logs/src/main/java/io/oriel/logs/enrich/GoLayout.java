package io.oriel.logs.enrich;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A time layout in Go's notation, by the reference time `Mon Jan 2 15:04:05 MST 2006`. Immutable.
public final class GoLayout {
  /** Go's elements and what they are here, longest first. */
  private static final List<String[]> ELEMENTS =
      List.of(
          new String[] {"January", "MMMM"},
          new String[] {"Z07:00", "XX" + "X"},
          new String[] {"-07:00", "xxx"},
          new String[] {"Monday", "EEEE"},
          new String[] {"-0700", "xx"},
          new String[] {"Z0700", "XX"},
          new String[] {"2006", "uuuu"},
          new String[] {"Jan", "MMM"},
          new String[] {"Mon", "EEE"},
          new String[] {"MST", "z"},
          new String[] {"-07", "x"},
          new String[] {"01", "MM"},
          new String[] {"02", "dd"},
          new String[] {"03", "hh"},
          new String[] {"04", "mm"},
          new String[] {"05", "ss"},
          new String[] {"06", "uu"},
          new String[] {"15", "HH"},
          new String[] {"PM", "a"},
          new String[] {"_2", "ppd"},
          new String[] {"1", "M"},
          new String[] {"2", "d"},
          new String[] {"3", "h"},
          new String[] {"4", "m"},
          new String[] {"5", "s"});

  private final String text;
  private final DateTimeFormatter format;

  private GoLayout(String text, DateTimeFormatter format) {
    this.text = text;
    this.format = format;
  }

  /// The layout {@code text}, or one of the words `UNIX` and `UNIX_MS`.
  public static GoLayout of(String text) {
    DateTimeFormatterBuilder out = new DateTimeFormatterBuilder().parseCaseInsensitive();
    int at = 0;
    while (at < text.length()) {
      at = element(text, at, out);
    }
    return new GoLayout(text, out.toFormatter(Locale.ENGLISH));
  }

  private static int element(String text, int at, DateTimeFormatterBuilder out) {
    char c = text.charAt(at);
    boolean fraction =
        (c == '.' || c == ',')
            && at + 1 < text.length()
            && (text.charAt(at + 1) == '0' || text.charAt(at + 1) == '9');
    if (fraction) {
      int end = at + 1;
      while (end < text.length() && text.charAt(end) == text.charAt(at + 1)) {
        end++;
      }
      // Go takes a fraction of any length wherever seconds are
      out.optionalStart()
          .appendLiteral(c)
          .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, false)
          .optionalEnd();
      return end;
    }
    for (String[] element : ELEMENTS) {
      if (text.startsWith(element[0], at)) {
        if (element[1].startsWith("p")) {
          // apart: the builder throws where another number follows a padded one
          out.append(DateTimeFormatter.ofPattern(element[1], Locale.ENGLISH));
        } else {
          out.appendPattern(element[1]);
        }
        int end = at + element[0].length();
        boolean seconds = element[1].startsWith("s");
        boolean explicit = end < text.length() && ".,".indexOf(text.charAt(end)) >= 0;
        if (seconds && !explicit) {
          out.optionalStart().appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true).optionalEnd();
        }
        return end;
      }
    }
    out.appendLiteral(c);
    return at + 1;
  }

  /// The time that {@code value} is in this layout.
  ///
  /// @param zone for values that have none
  Optional<Instant> parse(String value, ZoneId zone) {
    try {
      if (text.equals("UNIX")) {
        double seconds = Double.parseDouble(value);
        return Optional.of(Instant.ofEpochMilli(Math.round(seconds * 1000)));
      }
      if (text.equals("UNIX_MS")) {
        return Optional.of(Instant.ofEpochMilli(Long.parseLong(value)));
      }
      TemporalAccessor parsed = format.parse(value);
      LocalDate date = parsed.query(TemporalQueries.localDate());
      LocalTime time = parsed.query(TemporalQueries.localTime());
      if (date == null) {
        return Optional.empty();
      }
      ZoneId in = parsed.query(TemporalQueries.zone());
      LocalDateTime at = LocalDateTime.of(date, time == null ? LocalTime.MIDNIGHT : time);
      return Optional.of(at.atZone(in == null ? zone : in).toInstant());
    } catch (DateTimeException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// Whether {@code value} is in this layout; for the `test` option.
  public boolean accepts(String value) {
    return parse(value, ZoneOffset.UTC).isPresent();
  }
}
