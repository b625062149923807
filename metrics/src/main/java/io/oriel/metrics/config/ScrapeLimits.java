package io.oriel.metrics.config;

import io.oriel.runtime.config.ConfigMap;

/// How much a job may bring in; zero means no limit everywhere.
///
/// @param bodyBytes of one answer, uncompressed
/// @param samples per scrape, after relabelling
/// @param targets per job, after relabelling
/// @param labels per sample
/// @param labelNameLength in bytes
/// @param labelValueLength in bytes
/// @param keptDroppedTargets per job, in memory
public record ScrapeLimits(
    long bodyBytes,
    long samples,
    long targets,
    long labels,
    long labelNameLength,
    long labelValueLength,
    long keptDroppedTargets) {
  /** Nothing is limited. */
  static final ScrapeLimits NONE = new ScrapeLimits(0, 0, 0, 0, 0, 0, 0);

  /// Binds the keys out of {@code in}; those not given, or given as zero, are taken from {@code
  /// global}.
  static ScrapeLimits bind(ConfigMap in, ScrapeLimits global) {
    long body = in.sizeBytes("body_size_limit", 0);
    return new ScrapeLimits(
        body == 0 ? global.bodyBytes : body,
        limit(in, "sample_limit", global.samples),
        limit(in, "target_limit", global.targets),
        limit(in, "label_limit", global.labels),
        limit(in, "label_name_length_limit", global.labelNameLength),
        limit(in, "label_value_length_limit", global.labelValueLength),
        limit(in, "keep_dropped_targets", global.keptDroppedTargets));
  }

  private static long limit(ConfigMap in, String key, long fallback) {
    long value = in.integer(key, 0);
    if (value < 0) {
      in.problem(key, "got " + value + ", want zero or more");
    }
    return value == 0 ? fallback : value;
  }
}
