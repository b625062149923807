package io.oriel.metrics.config;

import io.oriel.runtime.config.ByteSize;
import io.oriel.runtime.config.ConfigMap;
import java.util.Map;
import java.util.Optional;

/// The `storage` section: what of the storage can change while it runs.
///
/// @param chunkEncodingXor2 empty when not given
/// @param retentionMillis zero means no limit by time; empty when not given
/// @param retentionBytes zero for no limit
/// @param retentionPercentage of the disk; zero for no limit
public record StorageConfig(
    long outOfOrderWindowMillis,
    double staleSeriesCompactionThreshold,
    Optional<Boolean> chunkEncodingXor2,
    Optional<Long> retentionMillis,
    long retentionBytes,
    double retentionPercentage,
    int maxExemplars) {
  static StorageConfig bind(ConfigMap in) {
    ConfigMap tsdb = in.map("tsdb");
    ConfigMap retention = tsdb.map("retention");
    ConfigMap encoding = tsdb.map("chunk_encoding");
    double threshold = tsdb.number("stale_series_compaction_threshold", 0);
    if (!(threshold >= 0 && threshold <= 1)) {
      tsdb.problem("stale_series_compaction_threshold", "got " + threshold + ", want 0 to 1");
    }
    double percentage = retention.number("percentage", 0);
    if (!(percentage >= 0 && percentage <= 100)) {
      retention.problem("percentage", "got " + percentage + ", want 0 to 100");
    }
    boolean xor2 = encoding.choice("floats", false, Map.of("xor", false, "xor2", true));
    return new StorageConfig(
        tsdb.durationMillis("out_of_order_time_window", 0),
        threshold,
        encoding.has("floats") ? Optional.of(xor2) : Optional.empty(),
        retention.optionalDurationMillis("time"),
        retention.parsed("size", 0L, "a size such as 512MB", ByteSize::parse),
        percentage,
        (int) in.map("exemplars").integer("max_exemplars", 100_000));
  }
}
