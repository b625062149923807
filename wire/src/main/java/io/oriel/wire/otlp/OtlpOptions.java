package io.oriel.wire.otlp;

import java.util.Set;

/// How OTLP becomes series: the `otlp` section of prometheus.yml.
///
/// @param escapeNames whether characters beyond the legacy rule become underscores
/// @param addSuffixes whether unit and `_total` are appended to names
/// @param promote resource attributes that become labels
/// @param promoteAll whether every resource attribute but {@code ignore} becomes a label
/// @param keepIdentifying whether `target_info` has `service.name` and its kin too
/// @param customBuckets whether explicit histograms become native ones with custom buckets
/// @param promoteScope whether the scope's name, version and attributes become labels
/// @param labelNames how attribute names are cleaned when {@code escapeNames}
/// @param nativeDeltas whether points of delta temporality are taken as they are, else refused
/// @param lookbackMillis a sample of `target_info` is written for every half of it
public record OtlpOptions(
    boolean escapeNames,
    boolean addSuffixes,
    Set<String> promote,
    boolean promoteAll,
    Set<String> ignore,
    boolean keepIdentifying,
    boolean customBuckets,
    boolean promoteScope,
    LabelNames labelNames,
    boolean nativeDeltas,
    long lookbackMillis) {
  private static final long STANDARD_LOOKBACK = 300_000;

  /// How attribute names become label names of the legacy rule.
  ///
  /// @param keyForUnderscore whether a name that starts with one underscore gets `key` before it
  /// @param keepRuns whether several underscores in a row stay
  public record LabelNames(boolean keyForUnderscore, boolean keepRuns) {
    public static LabelNames standard() {
      return new LabelNames(true, true);
    }
  }

  public OtlpOptions {
    promote = Set.copyOf(promote);
    ignore = Set.copyOf(ignore);
  }

  /// `UnderscoreEscapingWithSuffixes`, nothing promoted.
  public static OtlpOptions standard() {
    return new OtlpOptions(
        true,
        true,
        Set.of(),
        false,
        Set.of(),
        false,
        false,
        false,
        LabelNames.standard(),
        false,
        STANDARD_LOOKBACK);
  }

  /// The same with what is not in the config file but on the command line.
  public OtlpOptions with(boolean takesDeltas, long newLookbackMillis) {
    return new OtlpOptions(
        escapeNames,
        addSuffixes,
        promote,
        promoteAll,
        ignore,
        keepIdentifying,
        customBuckets,
        promoteScope,
        labelNames,
        takesDeltas,
        newLookbackMillis);
  }
}
