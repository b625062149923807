package io.oriel.tsdb.wal;

import io.oriel.model.metric.MetricType;
import java.util.List;

/// The bytes that stand for metric types in metadata records: the position in this list.
final class MetadataTypes {
  private static final List<MetricType> BY_CODE =
      List.of(
          MetricType.UNKNOWN,
          MetricType.COUNTER,
          MetricType.GAUGE,
          MetricType.HISTOGRAM,
          MetricType.GAUGE_HISTOGRAM,
          MetricType.SUMMARY,
          MetricType.INFO,
          MetricType.STATESET);

  private MetadataTypes() {}

  static int code(MetricType type) {
    return BY_CODE.indexOf(type);
  }

  static MetricType of(int code) {
    return code < BY_CODE.size() ? BY_CODE.get(code) : MetricType.UNKNOWN;
  }
}
