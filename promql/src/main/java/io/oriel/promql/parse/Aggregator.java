package io.oriel.promql.parse;

import java.util.Locale;

/// The aggregation operators of PromQL.
public enum Aggregator {
  SUM,
  AVG,
  COUNT,
  MIN,
  MAX,
  GROUP,
  STDDEV,
  STDVAR,
  TOPK,
  BOTTOMK,
  COUNT_VALUES,
  QUANTILE,
  LIMITK,
  LIMIT_RATIO;

  private final String word = name().toLowerCase(Locale.ROOT);

  /// As written in a query.
  public String word() {
    return word;
  }

  /// Whether it takes a parameter before the vector.
  public boolean hasParameter() {
    return switch (this) {
      case TOPK, BOTTOMK, COUNT_VALUES, QUANTILE, LIMITK, LIMIT_RATIO -> true;
      case SUM, AVG, COUNT, MIN, MAX, GROUP, STDDEV, STDVAR -> false;
    };
  }

  /// Whether `promql-experimental-functions` must be on.
  public boolean isExperimental() {
    return this == LIMITK || this == LIMIT_RATIO;
  }
}
