package io.oriel.tsdb.head;

/// One transaction being applied.
///
/// @param id its number; numbers ascend
/// @param seenByAll commits up to this one are seen by every open reader
record Commit(long id, long seenByAll) {
  /** What replay restores: seen by everyone. */
  static final Commit RESTORED = new Commit(0, 0);
}
