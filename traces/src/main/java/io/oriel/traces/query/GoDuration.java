package io.oriel.traces.query;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Go writes them: `1.5s`, `100ms`, `1h30m`.
public final class GoDuration {
  private static final Pattern PART =
      Pattern.compile("(\\d{1,15}(?:\\.\\d{0,15})?)(ns|us|µs|μs|ms|s|m|h)");
  private static final Map<String, Double> UNIT_MICROS =
      Map.of("ns", 1e-3, "us", 1d, "µs", 1d, "μs", 1d, "ms", 1e3, "s", 1e6, "m", 60e6, "h", 3600e6);
  private static final double MAX_MICROS = 9e15;
  private static final int MAX_LENGTH = 128;

  private GoDuration() {}

  /// A duration of 0 or more in microseconds.
  ///
  /// @throws OrielException of kind INVALID when it is none
  public static long micros(String text) {
    if (text.equals("0")) {
      return 0;
    }
    Matcher parts = PART.matcher(text);
    double micros = 0;
    int end = 0;
    while (text.length() <= MAX_LENGTH && parts.find() && parts.start() == end) {
      micros += Double.parseDouble(parts.group(1)) * UNIT_MICROS.getOrDefault(parts.group(2), 1d);
      end = parts.end();
    }
    if (text.isEmpty() || end != text.length() || micros > MAX_MICROS) {
      String shown = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
      throw OrielException.invalid(
          "got " + Quoted.of(shown) + ", want a duration like 1.2s, 100ms, 500us");
    }
    return Math.round(micros);
  }
}
