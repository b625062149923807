package io.oriel.app.role.sidecar;

import io.oriel.federation.store.PrometheusClient;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.util.Map;

/// Whether a Prometheus leaves its blocks alone until they are uploaded: it merges none when its
/// shortest block is its longest, and waits for the upload when it is told where we note it down.
/// Thread-safe.
final class BlockSizes {
  private static final String MIN = "storage.tsdb.min-block-duration";
  private static final String MAX = "storage.tsdb.max-block-duration";
  private static final String DELAY = "storage.tsdb.delay-compact-file.path";

  private final PrometheusClient prometheus;
  private final boolean ignored;

  /** What it said last; what it is not asked while it does not answer. */
  private volatile String obstacle = "prometheus has not told its flags yet";

  /// @param ignored whether merged blocks are no reason not to upload
  BlockSizes(PrometheusClient prometheus, boolean ignored) {
    this.prometheus = prometheus;
    this.ignored = ignored;
  }

  /// Why nothing may be uploaded; empty when it may.
  String obstacle() {
    if (ignored) {
      return "";
    }
    try {
      obstacle = of(prometheus.flags());
    } catch (IOException | OrielException _) {
      return obstacle;
    }
    return obstacle;
  }

  private static String of(Map<String, String> flags) {
    String min = flags.getOrDefault(MIN, "");
    String max = flags.getOrDefault(MAX, "");
    if (min.equals(max) || !flags.getOrDefault(DELAY, "").isEmpty()) {
      return "";
    }
    return "--%s: got %s, want %s as --%s, or --shipper.ignore-unequal-block-size"
        .formatted(MAX, max, min, MIN);
  }
}
