package io.oriel.model.labels;

/// Prometheus' `metric_name_validation_scheme`: which names are acceptable.
public enum NameValidation {
  /** Any non-empty valid Unicode. */
  UTF8("utf8"),
  /** `[a-zA-Z_][a-zA-Z0-9_]*`, in metric names with colons. */
  LEGACY("legacy");

  private final String word;

  NameValidation(String word) {
    this.word = word;
  }

  /// As the config writes it.
  public String word() {
    return word;
  }

  /// Whether {@code name} may name a label.
  public boolean allowsLabel(String name) {
    return this == UTF8 ? LabelName.isUtf8(name) : LabelName.isLegacy(name);
  }

  /// Whether {@code name} may name a metric.
  public boolean allowsMetric(String name) {
    return this == UTF8 ? LabelName.isUtf8(name) : LabelName.isLegacyMetric(name);
  }
}
