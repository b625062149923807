package io.oriel.wire.exposition;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;

/// An exposition that breaks its format; the message names line and column, or the byte.
public final class ExpositionException extends OrielException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  /// @param line counted from 1; 0 in a binary format
  /// @param column in bytes, counted from 1
  public ExpositionException(int line, int column, String problem) {
    super(
        Kind.INVALID,
        (line == 0 ? "byte " + column : "line " + line + ":" + column) + ": " + problem);
    this.line = line;
    this.column = column;
  }

  public int line() {
    return line;
  }

  public int column() {
    return column;
  }
}
