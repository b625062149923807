package io.oriel.promql.parse;

import io.oriel.model.error.OrielException;
import io.oriel.model.number.GoFloat;
import io.oriel.model.time.DurationSyntax;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers and durations as PromQL writes them: `1_000`, `.5`, `0x1F`, `017`, `1e3`, `1h30m`.
public final class NumberSyntax {
  private static final Pattern NUMBER =
      Pattern.compile(
          "0[xX]_?[0-9a-fA-F]+(_[0-9a-fA-F]+)*"
              + "|([0-9]+(_[0-9]+)*\\.?([0-9]+(_[0-9]+)*)?|\\.[0-9]+(_[0-9]+)*)([eE][+-]?[0-9]+)?");
  private static final Pattern DURATION = Pattern.compile("([0-9]+(ms|[smhdwy]))+");

  private NumberSyntax() {}

  /// One past the number that starts at {@code from}, or {@code from} when there is none.
  static int endOfNumber(String text, int from) {
    return end(NUMBER.matcher(text), from);
  }

  /// One past the duration that starts at {@code from}, or {@code from} when there is none.
  static int endOfDuration(String text, int from) {
    return end(DURATION.matcher(text), from);
  }

  /// The value of a number as written: decimal, hexadecimal, octal with a leading zero, `Inf`,
  /// `NaN`.
  ///
  /// @throws OrielException of kind INVALID when it is none
  public static double number(String text) {
    String digits = text.replace("_", "");
    if (digits.startsWith("0x") || digits.startsWith("0X")) {
      return parseInteger(digits.substring(2), 16, text);
    }
    if (digits.length() > 1 && digits.charAt(0) == '0' && digits.matches("[0-7]+")) {
      return parseInteger(digits, 8, text);
    }
    return GoFloat.parse(digits);
  }

  /// The seconds in a duration as written.
  ///
  /// @throws OrielException of kind INVALID when its units do not descend or it is too long
  public static double seconds(String text) {
    return DurationSyntax.parseMillis(text) / 1000.0;
  }

  private static double parseInteger(String digits, int radix, String text) {
    try {
      return Long.parseLong(digits, radix);
    } catch (NumberFormatException _) {
      throw OrielException.invalid("parsing \"" + text + "\": value out of range");
    }
  }

  private static int end(Matcher matcher, int from) {
    return matcher.region(from, matcher.regionEnd()).lookingAt() ? matcher.end() : from;
  }
}
