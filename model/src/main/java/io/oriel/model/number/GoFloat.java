package io.oriel.model.number;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import java.math.BigDecimal;
import java.math.MathContext;

/// Doubles in Go's notation.
public final class GoFloat {
  private static final long EXACT = 1L << 53;

  private GoFloat() {}

  /// `strconv.FormatFloat(v, 'f', -1, 64)`: shortest digits, never an exponent; `NaN`, `+Inf`,
  /// `-Inf`.
  public static String format(double value) {
    StringBuilder out = new StringBuilder(24);
    append(out, value);
    return out.toString();
  }

  /// Appends {@link #format} of {@code value} to {@code out}.
  public static void append(StringBuilder out, double value) {
    if (value == Math.rint(value) && Math.abs(value) < EXACT) {
      if (value == 0 && 1 / value < 0) {
        out.append('-');
      }
      out.append((long) value);
      return;
    }
    if (appendSpecial(out, value)) {
      return;
    }
    String text = Double.toString(value);
    if (text.indexOf('E') < 0) {
      out.append(text, 0, text.endsWith(".0") ? text.length() - 2 : text.length());
    } else {
      out.append(shortest(value, text).toPlainString());
    }
  }

  /// `strconv.FormatFloat(v, 'g', -1, 64)`: an exponent below 1e-4 and from 1e21 on, as Go's `%v`
  /// prints it.
  public static String formatShort(double value) {
    StringBuilder out = new StringBuilder(24);
    double magnitude = Math.abs(value);
    if (appendSpecial(out, value)) {
      return out.toString();
    }
    if (magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e6)) {
      append(out, value);
      return out.toString();
    }
    appendExponent(out, value);
    return out.toString();
  }

  /// `strconv.FormatFloat(v, 'e', -1, 64)`: always with an exponent, `1e+00`.
  public static String formatExponent(double value) {
    StringBuilder out = new StringBuilder(24);
    if (!appendSpecial(out, value)) {
      appendExponent(out, value);
    }
    return out.toString();
  }

  private static void appendExponent(StringBuilder out, double value) {
    if (value == 0) {
      out.append(1 / value < 0 ? "-0e+00" : "0e+00");
      return;
    }
    BigDecimal decimal = shortest(value, Double.toString(value));
    String digits = decimal.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - decimal.scale();
    out.append(value < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+');
    out.append(Math.abs(exponent) < 10 ? "0" : "").append(Math.abs(exponent));
  }

  /// `strconv.ParseFloat(text, 64)` as exposition formats and PromQL use it: decimal, exponent,
  /// `Inf` and `NaN` in any case, hexadecimal floats; no digit separators.
  ///
  /// @throws OrielException of kind INVALID when it is no number
  public static double parse(String text) {
    int sign = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
    String body = text.substring(sign);
    double special = special(body);
    if (special != 0) {
      return text.startsWith("-") ? -special : special;
    }
    char last = body.isEmpty() ? ' ' : body.charAt(body.length() - 1);
    boolean hexadecimal = body.startsWith("0x") || body.startsWith("0X");
    boolean suffixed = !hexadecimal && "fFdD".indexOf(last) >= 0;
    if (body.isEmpty() || suffixed || last <= ' ' || body.charAt(0) <= ' ') {
      throw invalid(text);
    }
    if (hexadecimal && body.indexOf('p') < 0 && body.indexOf('P') < 0) {
      throw invalid(text);
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException _) {
      throw invalid(text);
    }
  }

  /// Java prints at least two digits, which for the smallest subnormals hides that one would do.
  private static BigDecimal shortest(double value, String text) {
    BigDecimal decimal = new BigDecimal(text).stripTrailingZeros();
    if (Math.abs(value) < 1e-321) {
      BigDecimal digit = decimal.round(new MathContext(1));
      return digit.doubleValue() == value ? digit : decimal;
    }
    return decimal;
  }

  private static double special(String body) {
    if (body.equalsIgnoreCase("nan")) {
      return Double.NaN;
    }
    if (body.equalsIgnoreCase("inf") || body.equalsIgnoreCase("infinity")) {
      return Double.POSITIVE_INFINITY;
    }
    return 0;
  }

  private static OrielException invalid(String text) {
    return OrielException.invalid("parsing " + Quoted.of(text) + ": invalid syntax");
  }

  private static boolean appendSpecial(StringBuilder out, double value) {
    if (Double.isNaN(value)) {
      out.append("NaN");
    } else if (value == Double.POSITIVE_INFINITY) {
      out.append("+Inf");
    } else if (value == Double.NEGATIVE_INFINITY) {
      out.append("-Inf");
    } else {
      return false;
    }
    return true;
  }
}
