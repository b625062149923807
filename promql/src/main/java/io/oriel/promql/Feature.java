package io.oriel.promql;

import java.util.Arrays;
import java.util.Optional;

/// Parts of the language that are off unless asked for; names are those of Prometheus'
/// `--enable-feature`.
public enum Feature {
  EXPERIMENTAL_FUNCTIONS("promql-experimental-functions"),
  EXTENDED_RANGE_SELECTORS("promql-extended-range-selectors"),
  BINOP_FILL_MODIFIERS("promql-binop-fill-modifiers"),
  DELAYED_NAME_REMOVAL("promql-delayed-name-removal"),
  TYPE_AND_UNIT_LABELS("type-and-unit-labels"),
  USE_START_TIMESTAMPS("use-start-timestamps"),
  PER_STEP_STATS("promql-per-step-stats");

  private final String flag;

  Feature(String flag) {
    this.flag = flag;
  }

  /// As `--enable-feature` names it.
  public String flag() {
    return flag;
  }

  /// The feature that `--enable-feature` calls {@code flag}, if it is one of the language.
  public static Optional<Feature> ofFlag(String flag) {
    return Arrays.stream(values()).filter(feature -> feature.flag.equals(flag)).findFirst();
  }
}
