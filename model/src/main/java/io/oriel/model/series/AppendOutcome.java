package io.oriel.model.series;

/// What became of an appended sample. An enum and not a sealed type with data, because one is
/// returned per sample.
public enum AppendOutcome {
  /** It is part of the transaction. */
  APPENDED,
  /** Older than the series' newest sample, and out-of-order ingestion is off. */
  OUT_OF_ORDER,
  /** Older than the out-of-order window reaches. */
  TOO_OLD,
  /** Older than the head accepts at all, or too far in the future. */
  OUT_OF_BOUNDS,
  /** The series has another value at this time already. */
  DUPLICATE_TIMESTAMP,
  /** The reference names no series any more: resolve the labels again. */
  UNKNOWN_SERIES,
  /** A limit of the storage is reached. */
  LIMITED,
  /** The histogram contradicts itself. */
  INVALID_HISTOGRAM,
  /** The start timestamp is not before the sample, or is already covered. */
  INVALID_START,
  /** The exemplar is older than the series' newest, or the same one again. */
  STALE_EXEMPLAR
}
