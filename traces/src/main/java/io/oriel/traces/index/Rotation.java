package io.oriel.traces.index;

/// How indices follow one another.
public enum Rotation {
  /** One a day, named by it. */
  PERIODIC,
  /** Through the alias `…-write`, rolled over by the lifecycle. */
  ALIAS,
  /** A data stream. */
  DATA_STREAM
}
