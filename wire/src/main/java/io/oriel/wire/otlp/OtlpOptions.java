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
public record OtlpOptions(
    boolean escapeNames,
    boolean addSuffixes,
    Set<String> promote,
    boolean promoteAll,
    Set<String> ignore,
    boolean keepIdentifying,
    boolean customBuckets,
    boolean promoteScope) {
  public OtlpOptions {
    promote = Set.copyOf(promote);
    ignore = Set.copyOf(ignore);
  }

  /// `UnderscoreEscapingWithSuffixes`, nothing promoted.
  public static OtlpOptions standard() {
    return new OtlpOptions(true, true, Set.of(), false, Set.of(), false, false, false);
  }
}
