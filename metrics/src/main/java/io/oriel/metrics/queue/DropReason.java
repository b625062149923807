package io.oriel.metrics.queue;

/// Why something read from the log is not sent; words are upstream's.
enum DropReason {
  /** Older than `sample_age_limit`. */
  TOO_OLD("too_old"),
  /** `write_relabel_configs` dropped its series. */
  DROPPED_SERIES("dropped_series"),
  /** The log names a series that it never introduced. */
  UNKNOWN_SERIES("unintentionally_dropped_series"),
  /** Version 1 has no message for custom buckets. */
  CUSTOM_BUCKETS("nhcb_in_rw1_not_supported");

  private final String word;

  DropReason(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
