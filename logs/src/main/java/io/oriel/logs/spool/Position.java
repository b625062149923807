package io.oriel.logs.spool;

/// How far a file is read.
///
/// @param source the file's key in the registry
/// @param generation counts how often the file was emptied and begun anew
/// @param offset bytes from its beginning that need not be read again
/// @param anchor checksum of the few bytes before {@code offset}, by which a file is known again
public record Position(String source, int generation, long offset, int anchor) {
  /// Whether this is later in the same file's life than {@code other}, or the same.
  public boolean isAtOrAfter(Position other) {
    return generation != other.generation ? generation > other.generation : offset >= other.offset;
  }
}
