package io.oriel.metrics.scrape;

/// What the storage wants of scrapes, beyond each job's config.
///
/// @param startTimestamps whether a counter's start is injected as a zero sample (feature
///   `created-timestamp-zero-ingestion`)
/// @param typeAndUnitLabels feature `type-and-unit-labels`
/// @param metadata whether metadata goes to storage (feature `metadata-wal-records`)
/// @param offsetSeed differs between replicas, so that they do not scrape at the same moment
public record IntakeOptions(
    boolean startTimestamps, boolean typeAndUnitLabels, boolean metadata, long offsetSeed) {
  /// Everything off.
  public static IntakeOptions standard() {
    return new IntakeOptions(false, false, false, 0);
  }
}
