package io.oriel.wire.storeapi;

/// What to do when a part of the answer cannot be had: `PartialResponseStrategy`.
public enum PartialResponse {
  /** Answer with the rest and a warning. */
  WARN,
  /** Fail. */
  ABORT;

  static PartialResponse of(int number) {
    return number == 1 ? ABORT : WARN;
  }
}
