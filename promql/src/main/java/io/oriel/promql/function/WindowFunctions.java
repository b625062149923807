package io.oriel.promql.function;

import io.oriel.model.error.OrielException;
import io.oriel.promql.parse.Expr.Edges;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The functions over range vectors, by name.
public final class WindowFunctions {
  private static final Map<String, WindowFunction> TABLE = new TreeMap<>();
  private static final Set<String> START_TIME_AWARE = Set.of("rate", "irate", "increase", "resets");

  static {
    TABLE.put("rate", new ExtrapolatedRate(true, true));
    TABLE.put("increase", new ExtrapolatedRate(true, false));
    TABLE.put("delta", new ExtrapolatedRate(false, false));
    TABLE.put("irate", new LastTwo(true));
    TABLE.put("idelta", new LastTwo(false));
    TABLE.put("sum_over_time", OverTime::sum);
    TABLE.put("avg_over_time", OverTime::avg);
    TABLE.put("count_over_time", OverTime::count);
    TABLE.put("present_over_time", OverTime::present);
    TABLE.put("absent_over_time", OverTime::present);
    TABLE.put("last_over_time", OverTime::last);
    TABLE.put("first_over_time", OverTime::first);
    TABLE.put("max_over_time", new OverTime.Extreme(true, false));
    TABLE.put("min_over_time", new OverTime.Extreme(false, false));
    TABLE.put("ts_of_max_over_time", new OverTime.Extreme(true, true));
    TABLE.put("ts_of_min_over_time", new OverTime.Extreme(false, true));
    TABLE.put("ts_of_first_over_time", OverTime::timeOfFirst);
    TABLE.put("ts_of_last_over_time", OverTime::timeOfLast);
    TABLE.put("stddev_over_time", new OverTime.Variance(true));
    TABLE.put("stdvar_over_time", new OverTime.Variance(false));
    TABLE.put("quantile_over_time", OverTime::quantile);
    TABLE.put("mad_over_time", OverTime::medianDeviation);
    TABLE.put("deriv", Trend::derivative);
    TABLE.put("predict_linear", Trend::predict);
    TABLE.put("double_exponential_smoothing", Trend::smooth);
    TABLE.put("resets", new Transitions(true));
    TABLE.put("changes", new Transitions(false));
  }

  private WindowFunctions() {}

  /// The function called {@code name}.
  public static WindowFunction of(String name) {
    WindowFunction function = TABLE.get(name);
    if (function == null) {
      throw OrielException.bug("no range function " + name);
    }
    return function;
  }

  /// Whether the function looks at start timestamps when they are on.
  public static boolean usesStartTimes(String name) {
    return START_TIME_AWARE.contains(name);
  }

  /// Refuses {@code edges} where the function makes nothing of them.
  ///
  /// @throws OrielException of kind INVALID naming the functions that do
  public static void checkEdges(String name, Edges edges) {
    String usable =
        switch (edges) {
          case PLAIN -> name;
          case ANCHORED -> "changes, delta, increase, rate, resets";
          case SMOOTHED -> "delta, increase, rate";
        };
    if (!Set.of(usable.split(", ")).contains(name)) {
      throw OrielException.invalid(
          edges.suffix().strip()
              + " modifier can only be used with: "
              + usable
              + " - not with "
              + name);
    }
  }

  /// Whether the result still is what the metric name says.
  public static boolean keepsName(String name) {
    return name.equals("last_over_time") || name.equals("first_over_time");
  }
}
