package io.oriel.alerting.rule;

import io.oriel.model.number.GoFloat;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;

/// Numbers for people, in Prometheus' words: four significant digits and a prefix or unit.
final class Humanize {
  private static final String[] LARGE = {"", "k", "M", "G", "T", "P", "E", "Z", "Y"};
  private static final String[] SMALL = {"", "m", "u", "n", "p", "f", "a", "z", "y"};
  private static final String[] BINARY = {"", "ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"};

  private Humanize() {}

  /// With a metric prefix: `1.234k`.
  static String si(double value) {
    if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
      return digits(value);
    }
    double scaled = value;
    int prefix = 0;
    if (Math.abs(value) >= 1) {
      while (Math.abs(scaled) >= 1000 && prefix < LARGE.length - 1) {
        scaled /= 1000;
        prefix++;
      }
      return digits(scaled) + LARGE[prefix];
    }
    while (Math.abs(scaled) < 1 && prefix < SMALL.length - 1) {
      scaled *= 1000;
      prefix++;
    }
    return digits(scaled) + SMALL[prefix];
  }

  /// With a binary prefix: `1.5Mi`.
  static String binary(double value) {
    if (Math.abs(value) <= 1 || Double.isNaN(value) || Double.isInfinite(value)) {
      return digits(value);
    }
    double scaled = value;
    int prefix = 0;
    while (Math.abs(scaled) >= 1024 && prefix < BINARY.length - 1) {
      scaled /= 1024;
      prefix++;
    }
    return digits(scaled) + BINARY[prefix];
  }

  /// A ratio: `12.3%`.
  static String percentage(double ratio) {
    return digits(ratio * 100) + "%";
  }

  /// Seconds as days, hours, minutes and seconds, or with a small prefix: `1h 2m 3s`, `12ms`.
  static String duration(double seconds) {
    if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
      return digits(seconds);
    }
    if (seconds == 0) {
      return digits(seconds) + "s";
    }
    if (Math.abs(seconds) < 1) {
      double scaled = seconds;
      int prefix = 0;
      while (Math.abs(scaled) < 1 && prefix < SMALL.length - 1) {
        scaled *= 1000;
        prefix++;
      }
      return digits(scaled) + SMALL[prefix] + "s";
    }
    String sign = seconds < 0 ? "-" : "";
    double rest = Math.abs(seconds);
    long whole = (long) rest;
    long days = whole / 86_400;
    long hours = whole / 3600 % 24;
    long minutes = whole / 60 % 60;
    if (days != 0) {
      return sign + days + "d " + hours + "h " + minutes + "m " + whole % 60 + "s";
    }
    if (hours != 0) {
      return sign + hours + "h " + minutes + "m " + whole % 60 + "s";
    }
    if (minutes != 0) {
      return sign + minutes + "m " + whole % 60 + "s";
    }
    return sign + digits(rest) + "s";
  }

  /// Unix seconds as Go prints a time: `2015-01-01 00:00:00 +0000 UTC`.
  static String timestamp(double seconds) {
    if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
      return digits(seconds);
    }
    long millis = Math.round(seconds * 1000);
    String text = Instant.ofEpochMilli(millis).toString().replace('T', ' ');
    String trimmed = text.substring(0, text.length() - 1);
    if (trimmed.indexOf('.') >= 0) {
      trimmed = trimmed.replaceAll("0+$", "");
    }
    return trimmed + " +0000 UTC";
  }

  /// Seconds as Go prints a `time.Duration`: `1h2m3.5s`.
  static String goDuration(double seconds) {
    if (seconds == 0) {
      return "0s";
    }
    double size = Math.abs(seconds);
    String sign = seconds < 0 ? "-" : "";
    if (size < 1) {
      String[] units = {"ms", "µs", "ns"};
      for (int i = 0; i < units.length; i++) {
        double scaled = size * Math.pow(1000, i + 1);
        if (scaled >= 1 || i == units.length - 1) {
          return sign + GoFloat.format(round(scaled)) + units[i];
        }
      }
    }
    long hours = (long) (size / 3600);
    long minutes = (long) (size / 60) % 60;
    String rest = GoFloat.format(round(size - hours * 3600.0 - minutes * 60.0)) + "s";
    return sign
        + (hours > 0 ? hours + "h" : "")
        + (hours > 0 || minutes > 0 ? minutes + "m" : "")
        + rest;
  }

  private static double round(double value) {
    return BigDecimal.valueOf(value).setScale(9, RoundingMode.HALF_EVEN).doubleValue();
  }

  /// Go's `%.4g`.
  private static String digits(double value) {
    if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
      return GoFloat.format(value);
    }
    BigDecimal rounded =
        new BigDecimal(value)
            .round(new MathContext(4, RoundingMode.HALF_EVEN))
            .stripTrailingZeros();
    int exponent = rounded.precision() - 1 - rounded.scale();
    if (exponent >= -4 && exponent < 4) {
      return rounded.toPlainString();
    }
    String mantissa = rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString();
    int size = Math.abs(exponent);
    return mantissa + (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + size;
  }
}
