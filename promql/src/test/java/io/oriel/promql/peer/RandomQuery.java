package io.oriel.promql.peer;

import java.util.List;
import java.util.SplittableRandom;

/// Random queries whose meaning has not changed since Prometheus 2.42.
///
/// What is left out: subqueries within subqueries, because their inner times would lie on the left
/// edge of a range, which 3.0 excluded; `atan2`, which kept names; `stddev` of one infinite value,
/// which was 0; comparisons that refuse several matches only since they are counted before they are
/// filtered; `%` of computed values, which makes mountains of rounding errors; and `topk` of what
/// may be equal, because which of equals it takes is not said.
final class RandomQuery {
  private static final List<String> MATH =
      List.of(
          "abs",
          "ceil",
          "exp",
          "floor",
          "ln",
          "log2",
          "log10",
          "round",
          "sgn",
          "sqrt",
          "sin",
          "atan",
          "tanh",
          "deg",
          "hour",
          "day_of_week",
          "day_of_year",
          "days_in_month",
          "minute",
          "timestamp",
          "sort");

  /** Those that make no mountain of a rounding error. */
  private static final List<String> SMOOTH = List.of("abs", "sqrt", "deg", "timestamp", "sort");

  private static final List<String> OVER_TIME =
      List.of(
          "avg_over_time",
          "min_over_time",
          "max_over_time",
          "sum_over_time",
          "count_over_time",
          "stddev_over_time",
          "stdvar_over_time",
          "last_over_time",
          "present_over_time",
          "changes",
          "resets",
          "deriv",
          "delta",
          "idelta");
  private static final List<String> COUNTER = List.of("rate", "increase", "irate", "resets");
  private static final List<String> FOLDS = List.of("sum", "avg", "min", "max", "count", "group");
  private static final List<String> ARITHMETIC = List.of("+", "-", "*", "/", "^");
  private static final List<String> COMPARISON = List.of("==", "!=", ">", "<", ">=", "<=");
  private static final List<String> RANGES = List.of("[20s]", "[1m]", "[5m]", "[10m]", "[1h]");

  private final SplittableRandom random;

  RandomQuery(SplittableRandom random) {
    this.random = random;
  }

  String next() {
    return vector(3, true);
  }

  private String pick(List<String> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private String selector(String name) {
    String matchers =
        pick(
            List.of(
                "",
                "",
                "{job=\"a\"}",
                "{job!=\"a\"}",
                "{i=~\"0|1\"}",
                "{i!~\"1.*\"}",
                "{job=~\".+\",i!=\"2\"}",
                "{zone=\"\"}",
                "{nothing=\"x\"}"));
    return name + matchers;
  }

  private String shift() {
    return switch (random.nextInt(12)) {
      case 0 -> " offset 1m";
      case 1 -> " offset -45s";
      case 2 -> " @ 1000400.137";
      case 3 -> " @ end()";
      case 4 -> " @ start() offset 30s";
      default -> "";
    };
  }

  private String gauge() {
    return selector(pick(List.of("g", "other")));
  }

  private String range(boolean mayNest) {
    if (mayNest && random.nextInt(5) == 0) {
      String step = pick(List.of("[5m:1m]", "[10m:30s]", "[3m:20s]"));
      return "(" + vector(1, false) + ")" + step + shift();
    }
    return gauge() + pick(RANGES) + shift();
  }

  private String vector(int depth, boolean mayNest) {
    if (depth == 0) {
      return gauge() + shift();
    }
    return switch (random.nextInt(13)) {
      case 0 ->
          random.nextBoolean()
              ? pick(MATH) + "(" + gauge() + shift() + ")"
              : pick(SMOOTH) + "(" + vector(depth - 1, mayNest) + ")";
      case 1, 2 -> pick(OVER_TIME) + "(" + range(mayNest) + ")";
      case 3, 4 -> pick(COUNTER) + "(" + selector("c_total") + pick(RANGES) + shift() + ")";
      case 5, 6 -> fold(depth, mayNest);
      case 7 -> vector(depth - 1, mayNest) + " " + pick(ARITHMETIC) + " " + scalar();
      case 8 -> join(depth, mayNest);
      case 9 ->
          vector(depth - 1, mayNest)
              + " "
              + pick(COMPARISON)
              + pick(List.of(" ", " bool "))
              + scalar();
      case 10 ->
          "("
              + vector(depth - 1, mayNest)
              + ") "
              + pick(List.of("and", "or", "unless"))
              + pick(List.of(" ", " on (job) ", " ignoring (zone) "))
              + "("
              + vector(depth - 1, mayNest)
              + ")";
      case 11 -> special(depth, mayNest);
      default -> gauge() + shift();
    };
  }

  private String fold(int depth, boolean mayNest) {
    String by =
        pick(List.of("", " by (job)", " by (i)", " without (i)", " by (job, zone)", " by (none)"));
    String inner = vector(depth - 1, mayNest);
    return switch (random.nextInt(6)) {
      case 0 -> pick(List.of("topk", "bottomk")) + by + " (2, " + gauge() + shift() + ")";
      case 1 -> "quantile" + by + " (" + pick(List.of("0.5", "0.9", "0", "1")) + ", " + inner + ")";
      case 2 -> pick(List.of("stddev", "stdvar")) + by + " (" + gauge() + shift() + ")";
      default -> pick(FOLDS) + by + " (" + inner + ")";
    };
  }

  private String join(int depth, boolean mayNest) {
    String left = "(" + vector(depth - 1, mayNest) + ")";
    String right = "(" + vector(depth - 1, mayNest) + ")";
    String matching =
        pick(
            List.of(
                "",
                " ignoring (zone)",
                " on (job, i, zone)",
                " on (job, i) group_left ()",
                " on (job) group_left (zone)",
                " on (job)"));
    if (matching.contains("on (job)")) {
      right = "sum by (job) " + right;
    }
    boolean compares = random.nextInt(3) == 0 && !matching.equals(" on (job)");
    String operator = pick(compares ? COMPARISON : ARITHMETIC);
    return left + " " + operator + matching + " " + right;
  }

  private String special(int depth, boolean mayNest) {
    String inner = vector(depth - 1, mayNest);
    return switch (random.nextInt(10)) {
      case 0 -> "clamp(" + inner + ", -10, 50)";
      case 1 -> "histogram_quantile(0.9, rate(h_bucket" + pick(RANGES) + "))";
      case 2 -> "histogram_quantile(0.5, sum by (le) (h_bucket))";
      case 3 -> "label_replace(" + inner + ", \"new\", \"$1-x\", \"job\", \"(.*)\")";
      case 4 -> "label_join(" + inner + ", \"new\", \"/\", \"job\", \"i\")";
      case 5 -> "absent(" + gauge() + ")";
      case 6 -> "absent_over_time(" + gauge() + pick(RANGES) + ")";
      case 7 -> "predict_linear(" + gauge() + "[10m], 600)";
      case 8 -> "quantile_over_time(0.3, " + range(mayNest) + ")";
      default -> "-(" + inner + ")";
    };
  }

  private String scalar() {
    return pick(
        List.of(
            "2", "0.5", "-3", "(time() % 60)", "scalar(sum(other))", "1e3", "scalar(g{i=\"9\"})"));
  }
}
