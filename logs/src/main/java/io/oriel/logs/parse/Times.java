package io.oriel.logs.parse;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// Times as logs write them.
public final class Times {
  private Times() {}

  /// A time in RFC 3339, with a space for the `T` too.
  public static Optional<Instant> parse(String text) {
    try {
      String iso = text.length() > 10 && text.charAt(10) == ' ' ? replaceSpace(text) : text;
      return Optional.of(
          OffsetDateTime.parse(iso, DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant());
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private static String replaceSpace(String text) {
    return text.substring(0, 10) + 'T' + text.substring(11);
  }

  /// Whether the bytes are shaped like `2006-01-02T15:04:05[.fraction]Z`, with numbers that a clock
  /// and a calendar have.
  static boolean isUtc(byte[] b, int from, int to) {
    int length = to - from;
    if (length < 20 || length > 30 || b[to - 1] != 'Z') {
      return false;
    }
    boolean shape =
        b[from + 4] == '-'
            && b[from + 7] == '-'
            && b[from + 10] == 'T'
            && b[from + 13] == ':'
            && b[from + 16] == ':'
            && digits(b, from, from + 4)
            && within(b, from + 5, 1, 12)
            && within(b, from + 8, 1, 31)
            && within(b, from + 11, 0, 23)
            && within(b, from + 14, 0, 59)
            && within(b, from + 17, 0, 59);
    return shape
        && (length == 20 || b[from + 19] == '.' && length > 21 && digits(b, from + 20, to - 1));
  }

  private static boolean digits(byte[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      if (b[i] < '0' || b[i] > '9') {
        return false;
      }
    }
    return true;
  }

  private static boolean within(byte[] b, int at, int least, int most) {
    int tens = b[at] - '0';
    int ones = b[at + 1] - '0';
    int value = 10 * tens + ones;
    return tens >= 0 && tens < 10 && ones >= 0 && ones < 10 && value >= least && value <= most;
  }
}
