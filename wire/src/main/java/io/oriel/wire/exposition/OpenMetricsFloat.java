package io.oriel.wire.exposition;

import io.oriel.model.number.GoFloat;
import java.math.BigDecimal;

/// Numbers as client libraries write them in `le` and `quantile`: `1.0`, `0.25`, `1e+06`, `+Inf`.
final class OpenMetricsFloat {
  private OpenMetricsFloat() {}

  /// Go's `strconv.FormatFloat(v, 'g', -1, 64)`, which turns to an exponent below 1e-4 and from 1e6
  /// on, with `.0` where neither point nor exponent shows that it is a float.
  static String format(double value) {
    double magnitude = Math.abs(value);
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return GoFloat.format(value);
    }
    if (magnitude >= 1e6 || (magnitude < 1e-4 && magnitude > 0)) {
      return withExponent(value);
    }
    String text = GoFloat.format(value);
    return text.indexOf('.') < 0 ? text + ".0" : text;
  }

  private static String withExponent(double value) {
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    String digits = decimal.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - decimal.scale();
    StringBuilder out = new StringBuilder(value < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+');
    return out.append(Math.abs(exponent) < 10 ? "0" : "").append(Math.abs(exponent)).toString();
  }
}
