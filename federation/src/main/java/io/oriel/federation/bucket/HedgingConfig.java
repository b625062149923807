package io.oriel.federation.bucket;

import io.oriel.runtime.config.ConfigMap;

/// Thanos' `hedging_config`.
///
/// @param upTo how many attempts may be under way for one read, from 1
/// @param quantile of recent durations after which the next attempt starts, between 0 and 1
public record HedgingConfig(boolean enabled, int upTo, double quantile) {
  /// Off.
  public static HedgingConfig off() {
    return new HedgingConfig(false, 3, 0.9);
  }

  static HedgingConfig bind(ConfigMap in) {
    HedgingConfig config =
        new HedgingConfig(
            in.bool("enabled", false), (int) in.integer("up_to", 3), in.number("quantile", 0.9));
    if (config.upTo() < 1) {
      in.problem("up_to", "got " + config.upTo() + ", want at least 1");
    }
    if (!(config.quantile() >= 0 && config.quantile() <= 1)) {
      in.problem("quantile", "got " + config.quantile() + ", want 0 to 1");
    }
    return config;
  }
}
