package io.oriel.model.labels;

/// Well-known label names and the two rules for what a name may be.
public final class LabelName {
  /** The label that holds the metric's name. */
  public static final String METRIC = "__name__";

  /** The upper bound of a classic histogram's bucket. */
  public static final String BUCKET = "le";

  /** The quantile of a summary. */
  public static final String QUANTILE = "quantile";

  /** The scrape job. */
  public static final String JOB = "job";

  /** The scraped instance. */
  public static final String INSTANCE = "instance";

  private LabelName() {}

  /// Whether {@code name} is `[a-zA-Z_][a-zA-Z0-9_]*`, the rule before UTF-8 names (scheme
  /// `legacy`).
  public static boolean isLegacy(String name) {
    return isLegacy(name, false);
  }

  /// Whether {@code name} is `[a-zA-Z_:][a-zA-Z0-9_:]*`, the metric name rule before UTF-8 names.
  public static boolean isLegacyMetric(String name) {
    return isLegacy(name, true);
  }

  /// Whether {@code name} can be a name at all: not empty and valid Unicode (scheme `utf8`).
  public static boolean isUtf8(String name) {
    if (name.isEmpty()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isHighSurrogate(c)) {
        if (++i == name.length() || !Character.isLowSurrogate(name.charAt(i))) {
          return false;
        }
      } else if (Character.isLowSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLegacy(String name, boolean colons) {
    if (name.isEmpty()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      boolean later = i > 0 && c >= '0' && c <= '9';
      if (!letter && !later && !(colons && c == ':')) {
        return false;
      }
    }
    return true;
  }
}
