package io.oriel.alerting.template;

import io.oriel.model.labels.Quoted;
import io.oriel.model.number.GoFloat;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Go's `fmt.Sprintf` for the verbs that make sense of our values: v s q d f F e E g G x X t c b o
/// U T %.
///
/// Misuse prints as Go prints it (`%!d(string=x)`, `%!s(MISSING)`, `%!(EXTRA …)`).
final class GoPrintf {
  private final String format;
  private final Arguments arguments;
  private final StringBuilder out = new StringBuilder();
  private int at;
  private int argument;

  /// Flags, width and precision of one verb; −1 means not given.
  private record Spec(
      boolean minus,
      boolean plus,
      boolean sharp,
      boolean space,
      boolean zero,
      int width,
      int precision) {}

  private GoPrintf(String format, Arguments arguments) {
    this.format = format;
    this.arguments = arguments;
  }

  static String format(String format, Arguments arguments) {
    return new GoPrintf(format, arguments).run();
  }

  private String run() {
    while (at < format.length()) {
      char c = format.charAt(at++);
      if (c == '%') {
        verb();
      } else {
        out.append(c);
      }
    }
    if (argument < arguments.size()) {
      out.append("%!(EXTRA ");
      for (int i = argument; i < arguments.size(); i++) {
        Object value = arguments.get(i);
        out.append(i > argument ? ", " : "");
        out.append(Values.type(value)).append('=').append(Values.print(value));
      }
      out.append(')');
    }
    return out.toString();
  }

  private void verb() {
    String flags = "";
    while (at < format.length() && "+-# 0".indexOf(format.charAt(at)) >= 0) {
      flags += format.charAt(at++);
    }
    int width = number();
    int precision = -1;
    if (at < format.length() && format.charAt(at) == '.') {
      at++;
      precision = Math.max(0, number());
    }
    if (at >= format.length()) {
      out.append("%!(NOVERB)");
      return;
    }
    int verb = format.codePointAt(at);
    at += Character.charCount(verb);
    if (verb == '%') {
      out.append('%');
      return;
    }
    if (argument >= arguments.size()) {
      out.append("%!").appendCodePoint(verb).append("(MISSING)");
      return;
    }
    Spec spec =
        new Spec(
            flags.contains("-"),
            flags.contains("+"),
            flags.contains("#"),
            flags.contains(" "),
            flags.contains("0") && !flags.contains("-"),
            width,
            precision);
    out.append(format(verb, spec, arguments.get(argument++)));
  }

  private int number() {
    if (at < format.length() && format.charAt(at) == '*') {
      at++;
      return argument < arguments.size() && arguments.get(argument++) instanceof Long number
          ? Math.clamp(number, -1000, 1000)
          : -1;
    }
    int start = at;
    int value = 0;
    while (at < format.length() && Character.isDigit(format.charAt(at)) && value < 1000) {
      value = 10 * value + (format.charAt(at++) - '0');
    }
    return at == start ? -1 : value;
  }

  private static String format(int verb, Spec spec, @Nullable Object value) {
    if (verb == 'T') {
      return pad(spec, Values.type(value), false);
    }
    return switch (value) {
      case Long number -> integer(verb, spec, number);
      case Double number -> floating(verb, spec, number);
      case String text -> text(verb, spec, text);
      case Boolean flag when verb == 't' || verb == 'v' -> pad(spec, flag.toString(), false);
      case null, default ->
          verb == 'v' || verb == 's'
              ? pad(spec, value == null ? "<nil>" : Values.print(value), false)
              : bad(verb, value);
    };
  }

  private static String text(int verb, Spec spec, String text) {
    String cut = text;
    if (spec.precision() >= 0 && text.codePointCount(0, text.length()) > spec.precision()) {
      cut = text.substring(0, text.offsetByCodePoints(0, spec.precision()));
    }
    return switch (verb) {
      case 'v', 's' -> pad(spec, cut, false);
      case 'q' -> pad(spec, Quoted.of(cut), false);
      case 'x' -> pad(spec, HexFormat.of().formatHex(cut.getBytes(StandardCharsets.UTF_8)), false);
      case 'X' ->
          pad(
              spec,
              HexFormat.of().withUpperCase().formatHex(cut.getBytes(StandardCharsets.UTF_8)),
              false);
      default -> bad(verb, text);
    };
  }

  private static String integer(int verb, Spec spec, long number) {
    String digits =
        switch (verb) {
          case 'v', 'd' -> Long.toString(Math.abs(number));
          case 'x' -> (spec.sharp() ? "0x" : "") + Long.toString(Math.abs(number), 16);
          case 'X' ->
              (spec.sharp() ? "0X" : "")
                  + Long.toString(Math.abs(number), 16).toUpperCase(Locale.ROOT);
          case 'o' -> Long.toString(Math.abs(number), 8);
          case 'b' -> Long.toString(Math.abs(number), 2);
          case 'c' -> Character.toString((int) number);
          case 'q' -> "'" + Character.toString((int) number) + "'";
          case 'U' -> "U+%04X".formatted(number);
          default -> "";
        };
    if (digits.isEmpty()) {
      return bad(verb, number);
    }
    boolean numeric = "vdxXob".indexOf(verb) >= 0;
    return pad(spec, numeric ? sign(spec, number < 0) + digits : digits, numeric);
  }

  private static String floating(int verb, Spec spec, double number) {
    if ("vfFeEgG".indexOf(verb) < 0) {
      return bad(verb, number);
    }
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      String word = Double.isNaN(number) ? "NaN" : "Inf";
      Spec unpadded =
          new Spec(spec.minus(), spec.plus(), spec.sharp(), spec.space(), false, spec.width(), -1);
      boolean signed = !Double.isNaN(number) && (number < 0 || verb == 'v' || spec.plus());
      String sign = signed ? (number < 0 ? "-" : "+") : "";
      return pad(unpadded, sign + word, true);
    }
    boolean negative = number < 0 || 1 / number < 0;
    double magnitude = Math.abs(number);
    String digits =
        switch (verb) {
          case 'f', 'F' -> fixed(magnitude, spec.precision() < 0 ? 6 : spec.precision());
          case 'e', 'E' -> exponent(magnitude, spec.precision() < 0 ? 6 : spec.precision());
          default ->
              spec.precision() < 0
                  ? GoFloat.formatShort(magnitude)
                  : general(magnitude, spec.precision(), verb == 'v' ? 21 : spec.precision());
        };
    String cased = verb == 'E' || verb == 'G' ? digits.toUpperCase(Locale.ROOT) : digits;
    return pad(spec, sign(spec, negative) + cased, true);
  }

  private static String fixed(double magnitude, int precision) {
    return new BigDecimal(magnitude).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
  }

  private static String exponent(double magnitude, int precision) {
    BigDecimal rounded =
        new BigDecimal(magnitude).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
    String digits = rounded.unscaledValue().toString();
    int exponent = magnitude == 0 ? 0 : digits.length() - 1 - rounded.scale();
    StringBuilder padded = new StringBuilder(digits);
    while (padded.length() < precision + 1) {
      padded.append('0');
    }
    padded.setLength(precision + 1);
    if (precision > 0) {
      padded.insert(1, '.');
    }
    return padded + exponentPart(exponent);
  }

  /// `%g`: precision counts significant digits, trailing zeros go.
  private static String general(double magnitude, int precision, int threshold) {
    int significant = Math.max(1, precision);
    if (magnitude == 0) {
      return "0";
    }
    BigDecimal rounded =
        new BigDecimal(magnitude)
            .round(new MathContext(significant, RoundingMode.HALF_EVEN))
            .stripTrailingZeros();
    String digits = rounded.unscaledValue().toString();
    int exponent = digits.length() - 1 - rounded.scale();
    int limit = Math.max(threshold, digits.length() > significant ? 6 : significant);
    if (exponent < -4 || exponent >= limit) {
      String mantissa = digits.length() > 1 ? digits.charAt(0) + "." + digits.substring(1) : digits;
      return mantissa + exponentPart(exponent);
    }
    return rounded.toPlainString();
  }

  private static String exponentPart(int exponent) {
    int size = Math.abs(exponent);
    return (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + size;
  }

  private static String sign(Spec spec, boolean negative) {
    return negative ? "-" : spec.plus() ? "+" : spec.space() ? " " : "";
  }

  private static String pad(Spec spec, String text, boolean numeric) {
    int missing = spec.width() - text.codePointCount(0, text.length());
    if (missing <= 0) {
      return text;
    }
    if (spec.minus()) {
      return text + " ".repeat(missing);
    }
    if (!spec.zero()) {
      return " ".repeat(missing) + text;
    }
    boolean signed = numeric && !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0;
    return signed
        ? text.charAt(0) + "0".repeat(missing) + text.substring(1)
        : "0".repeat(missing) + text;
  }

  private static String bad(int verb, @Nullable Object value) {
    return "%!"
        + Character.toString(verb)
        + "("
        + Values.type(value)
        + "="
        + Values.print(value)
        + ")";
  }
}
