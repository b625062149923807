package io.oriel.runtime.config;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import java.util.Locale;
import java.util.Map;

/// Sizes with a unit: `10MB`, `1.5GiB`. `KB` and `KiB` both mean 1024 bytes, as in Prometheus'
/// flags and config.
public final class ByteSize {
  private static final Map<String, Long> UNITS =
      Map.ofEntries(
          Map.entry("B", 1L),
          Map.entry("KB", 1L << 10),
          Map.entry("KIB", 1L << 10),
          Map.entry("MB", 1L << 20),
          Map.entry("MIB", 1L << 20),
          Map.entry("GB", 1L << 30),
          Map.entry("GIB", 1L << 30),
          Map.entry("TB", 1L << 40),
          Map.entry("TIB", 1L << 40),
          Map.entry("PB", 1L << 50),
          Map.entry("PIB", 1L << 50),
          Map.entry("EB", 1L << 60),
          Map.entry("EIB", 1L << 60));

  private ByteSize() {}

  /// Bytes in {@code text}; the number 0 needs no unit.
  ///
  /// @throws OrielException of kind INVALID when it is no size
  public static long parse(String text) {
    int digits = 0;
    while (digits < text.length() && "0123456789.".indexOf(text.charAt(digits)) >= 0) {
      digits++;
    }
    String unit = text.substring(digits).toUpperCase(Locale.ROOT);
    if (text.equals("0")) {
      return 0;
    }
    Long factor = UNITS.get(unit);
    if (digits == 0 || factor == null) {
      throw OrielException.invalid("got " + Quoted.of(text) + ", want a size such as 512MB");
    }
    try {
      return Math.round(Double.parseDouble(text.substring(0, digits)) * factor);
    } catch (NumberFormatException _) {
      throw OrielException.invalid("got " + Quoted.of(text) + ", want a size such as 512MB");
    }
  }
}
