package io.oriel.promql.parse;

import static io.oriel.promql.parse.ValueType.MATRIX;
import static io.oriel.promql.parse.ValueType.SCALAR;
import static io.oriel.promql.parse.ValueType.STRING;
import static io.oriel.promql.parse.ValueType.VECTOR;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The functions of Prometheus 3.14, by name.
public final class Functions {
  private static final Map<String, Function> TABLE = new TreeMap<>();

  static {
    for (String name :
        ("abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg"
                + " histogram_count histogram_sum histogram_stddev histogram_stdvar ln log10 log2"
                + " rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp")
            .split(" ")) {
      add(name, 0, VECTOR, VECTOR);
    }
    for (String name :
        ("absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta"
                + " increase irate last_over_time max_over_time min_over_time present_over_time"
                + " rate resets stddev_over_time stdvar_over_time sum_over_time")
            .split(" ")) {
      add(name, 0, VECTOR, MATRIX);
    }
    for (String name :
        "days_in_month day_of_month day_of_week day_of_year hour minute month year".split(" ")) {
      add(name, 1, VECTOR, VECTOR);
    }
    for (String name :
        ("mad_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time"
                + " ts_of_min_over_time")
            .split(" ")) {
      addExperimental(name, 0, VECTOR, MATRIX);
    }
    for (String name : "end range start step".split(" ")) {
      addExperimental(name, 0, SCALAR);
    }
    add("clamp", 0, VECTOR, VECTOR, SCALAR, SCALAR);
    add("clamp_max", 0, VECTOR, VECTOR, SCALAR);
    add("clamp_min", 0, VECTOR, VECTOR, SCALAR);
    add("histogram_fraction", 0, VECTOR, SCALAR, SCALAR, VECTOR);
    add("histogram_quantile", 0, VECTOR, SCALAR, VECTOR);
    add("label_join", -1, VECTOR, VECTOR, STRING, STRING, STRING);
    add("label_replace", 0, VECTOR, VECTOR, STRING, STRING, STRING, STRING);
    add("pi", 0, SCALAR);
    add("predict_linear", 0, VECTOR, MATRIX, SCALAR);
    add("quantile_over_time", 0, VECTOR, SCALAR, MATRIX);
    add("round", 1, VECTOR, VECTOR, SCALAR);
    add("scalar", 0, SCALAR, VECTOR);
    add("time", 0, SCALAR);
    add("vector", 0, VECTOR, SCALAR);
    addExperimental("double_exponential_smoothing", 0, VECTOR, MATRIX, SCALAR, SCALAR);
    addExperimental("histogram_quantiles", 9, VECTOR, VECTOR, STRING, SCALAR, SCALAR);
    addExperimental("info", 1, VECTOR, VECTOR, VECTOR);
    addExperimental("max_of", 0, SCALAR, SCALAR, SCALAR);
    addExperimental("min_of", 0, SCALAR, SCALAR, SCALAR);
    addExperimental("sort_by_label", -1, VECTOR, VECTOR, STRING);
    addExperimental("sort_by_label_desc", -1, VECTOR, VECTOR, STRING);
    addExperimental("start_timestamp", 0, VECTOR, VECTOR);
  }

  private Functions() {}

  /// The function called {@code name}, case and all.
  public static Optional<Function> find(String name) {
    return Optional.ofNullable(TABLE.get(name));
  }

  /// All functions, by name.
  public static Collection<Function> all() {
    return List.copyOf(TABLE.values());
  }

  private static void add(String name, int variadic, ValueType returns, ValueType... arguments) {
    TABLE.put(name, new Function(name, List.of(arguments), variadic, returns, false));
  }

  private static void addExperimental(
      String name, int variadic, ValueType returns, ValueType... arguments) {
    TABLE.put(name, new Function(name, List.of(arguments), variadic, returns, true));
  }
}
