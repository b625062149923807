package io.oriel.wire.storeapi;

import java.util.Optional;

/// What a sample of a chunk stands for: `Aggr`, in the order of its numbers.
public enum Aggregate {
  /** The sample itself. */
  RAW,
  /** How many samples there were in a window. */
  COUNT,
  SUM,
  MIN,
  MAX,
  /** The counter's value at the end of a window, resets taken out within a chunk. */
  COUNTER;

  static Optional<Aggregate> of(int number) {
    return number >= 0 && number < values().length
        ? Optional.of(values()[number])
        : Optional.empty();
  }
}
