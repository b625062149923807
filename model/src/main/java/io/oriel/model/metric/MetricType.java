package io.oriel.model.metric;

/// The type of a metric family; names are those of the Prometheus metadata API.
public enum MetricType {
  UNKNOWN("unknown"),
  COUNTER("counter"),
  GAUGE("gauge"),
  SUMMARY("summary"),
  HISTOGRAM("histogram"),
  GAUGE_HISTOGRAM("gaugehistogram"),
  INFO("info"),
  STATESET("stateset");

  private final String word;

  MetricType(String word) {
    this.word = word;
  }

  /// As exposition formats and the API write it.
  public String word() {
    return word;
  }

  /// The type called {@code word}; UNKNOWN for any other word.
  public static MetricType ofWord(String word) {
    for (MetricType type : values()) {
      if (type.word.equals(word)) {
        return type;
      }
    }
    return UNKNOWN;
  }
}
