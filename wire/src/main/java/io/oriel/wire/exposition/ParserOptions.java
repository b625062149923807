package io.oriel.wire.exposition;

/// What a scrape wants of a parser; every part is off unless asked for.
///
/// @param startTimestamps whether `_created` samples of OpenMetrics are taken for start timestamps
///   instead of series
/// @param nativeHistograms whether native histograms in protobuf are read as such
/// @param alwaysClassic whether the classic series of a native histogram are read too
/// @param convertClassic whether classic histograms become native ones with custom buckets
/// @param typeAndUnitLabels whether `__type__` and `__unit__` are added to the labels
public record ParserOptions(
    boolean startTimestamps,
    boolean nativeHistograms,
    boolean alwaysClassic,
    boolean convertClassic,
    boolean typeAndUnitLabels) {
  /// Everything off.
  public static ParserOptions standard() {
    return new ParserOptions(false, false, false, false, false);
  }
}
