package io.oriel.logs.search;

import io.oriel.model.error.OrielException;
import java.util.List;
import java.util.Map;

/// Lines over time.
///
/// @param intervalMillis how long each bar is; bars start at multiples of it
/// @param total all of them
/// @param warnings why a part is missing; empty when nothing is
public record LogHistogram(long intervalMillis, long total, List<Bar> bars, List<String> warnings) {
  private static final int MOST_BARS = 100;
  private static final int MOST_ASKED = 2_000;
  private static final long[] NICE = {
    1,
    5,
    10,
    50,
    100,
    500,
    1_000,
    5_000,
    10_000,
    30_000,
    60_000,
    300_000,
    600_000,
    1_800_000,
    3_600_000,
    10_800_000,
    43_200_000,
    86_400_000,
    604_800_000,
    2_592_000_000L
  };

  public LogHistogram {
    bars = List.copyOf(bars);
    warnings = List.copyOf(warnings);
  }

  /// One bar.
  ///
  /// @param startMillis inclusive
  /// @param groups by value of the field asked for, its most frequent ones in this bar
  public record Bar(long startMillis, long count, Map<String, Long> groups) {
    public Bar {
      groups = Map.copyOf(groups);
    }
  }

  /// A round interval that makes at most a hundred bars.
  static long interval(long rangeMillis) {
    for (long nice : NICE) {
      if (rangeMillis / nice <= MOST_BARS) {
        return nice;
      }
    }
    long longest = NICE[NICE.length - 1];
    return longest * (1 + rangeMillis / longest / MOST_BARS);
  }

  static long checked(LogRequest request, long intervalMillis) {
    long bars = (request.toMillis() - request.fromMillis()) / intervalMillis;
    if (bars > MOST_ASKED) {
      throw OrielException.invalid(
          "interval: got "
              + intervalMillis
              + "ms, which makes "
              + bars
              + " bars, want at most "
              + MOST_ASKED);
    }
    return intervalMillis;
  }
}
