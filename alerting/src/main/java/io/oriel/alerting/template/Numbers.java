package io.oriel.alerting.template;

import io.oriel.model.error.OrielException;
import io.oriel.model.number.GoFloat;
import java.math.BigInteger;
import java.util.Optional;

/// Numbers as Go writes them in a template: an integer if it can be one, else a floating-point
/// number.
final class Numbers {
  private Numbers() {}

  static Optional<Object> parse(String text) {
    String plain = text.replace("_", "");
    String digits = plain.startsWith("+") || plain.startsWith("-") ? plain.substring(1) : plain;
    int radix = radix(digits);
    int prefix = radix == 10 ? 0 : Character.isLetter(digits.charAt(1)) ? 2 : 1;
    try {
      BigInteger value = new BigInteger(digits.substring(prefix), radix);
      return Optional.of((plain.startsWith("-") ? value.negate() : value).longValueExact());
    } catch (ArithmeticException | NumberFormatException _) {
      return floating(plain);
    }
  }

  private static Optional<Object> floating(String text) {
    try {
      return Optional.of(GoFloat.parse(text));
    } catch (OrielException _) {
      return Optional.empty();
    }
  }

  private static int radix(String digits) {
    if (digits.length() < 2 || digits.charAt(0) != '0') {
      return 10;
    }
    return switch (Character.toLowerCase(digits.charAt(1))) {
      case 'x' -> 16;
      case 'b' -> 2;
      case 'o' -> 8;
      default -> Character.isDigit(digits.charAt(1)) ? 8 : 10;
    };
  }
}
