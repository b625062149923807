package io.oriel.promql.function;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToIntFunction;

/// Functions from one float to another, by name.
public final class MathFunctions {
  private static final Map<String, DoubleUnaryOperator> TABLE = new TreeMap<>();
  private static final Map<String, DoubleUnaryOperator> CALENDAR = new TreeMap<>();

  static {
    TABLE.put("abs", Math::abs);
    TABLE.put("ceil", Math::ceil);
    TABLE.put("floor", Math::floor);
    TABLE.put("exp", Math::exp);
    TABLE.put("sqrt", Math::sqrt);
    TABLE.put("ln", Math::log);
    TABLE.put("log2", MathFunctions::log2);
    TABLE.put("log10", Math::log10);
    TABLE.put("sin", Math::sin);
    TABLE.put("cos", Math::cos);
    TABLE.put("tan", Math::tan);
    TABLE.put("asin", Math::asin);
    TABLE.put("acos", Math::acos);
    TABLE.put("atan", Math::atan);
    TABLE.put("sinh", Math::sinh);
    TABLE.put("cosh", Math::cosh);
    TABLE.put("tanh", Math::tanh);
    TABLE.put("asinh", MathFunctions::asinh);
    TABLE.put("acosh", value -> Math.log(value + Math.sqrt(value * value - 1)));
    TABLE.put("atanh", value -> 0.5 * Math.log1p(2 * value / (1 - value)));
    TABLE.put("rad", value -> value * Math.PI / 180);
    TABLE.put("deg", value -> value * 180 / Math.PI);
    TABLE.put("sgn", value -> value < 0 ? -1 : value > 0 ? 1 : value);
    calendar("year", LocalDateTime::getYear);
    calendar("month", LocalDateTime::getMonthValue);
    calendar("day_of_month", LocalDateTime::getDayOfMonth);
    calendar("day_of_year", LocalDateTime::getDayOfYear);
    calendar("day_of_week", time -> time.getDayOfWeek().getValue() % 7);
    calendar("days_in_month", time -> time.toLocalDate().lengthOfMonth());
    calendar("hour", LocalDateTime::getHour);
    calendar("minute", LocalDateTime::getMinute);
  }

  private MathFunctions() {}

  /// The function called {@code name}, if it is one of a float alone.
  public static Optional<DoubleUnaryOperator> find(String name) {
    return Optional.ofNullable(TABLE.get(name));
  }

  /// The function called {@code name}, if it takes seconds since 1970 and says something about that
  /// UTC date.
  public static Optional<DoubleUnaryOperator> findCalendar(String name) {
    return Optional.ofNullable(CALENDAR.get(name));
  }

  private static void calendar(String name, ToIntFunction<LocalDateTime> part) {
    CALENDAR.put(name, seconds -> part.applyAsInt(date(seconds)));
  }

  private static LocalDateTime date(double seconds) {
    long whole = Double.isNaN(seconds) ? Long.MIN_VALUE : (long) seconds;
    long clamped =
        Math.clamp(whole, Instant.MIN.getEpochSecond() + 1, Instant.MAX.getEpochSecond() - 1);
    return LocalDateTime.ofInstant(
        Instant.ofEpochSecond(
            Math.clamp(clamped, -31_557_014_135_596_799L, 31_556_889_832_780_799L)),
        ZoneOffset.UTC);
  }

  /// Exact for powers of two.
  static double log2(double value) {
    int exponent = Math.getExponent(value);
    if (value > 0 && exponent <= Double.MAX_EXPONENT && value == Math.scalb(1.0, exponent)) {
      return exponent;
    }
    return Math.log(value) / Math.log(2);
  }

  private static double asinh(double value) {
    double magnitude = Math.abs(value);
    if (Double.isInfinite(value) || value == 0) {
      return value;
    }
    double result =
        Math.log1p(magnitude + magnitude * magnitude / (1 + Math.sqrt(1 + magnitude * magnitude)));
    return Math.copySign(result, value);
  }
}
