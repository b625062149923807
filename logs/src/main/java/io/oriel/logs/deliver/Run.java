package io.oriel.logs.deliver;

import io.oriel.logs.spool.SpooledChunk;

/// Neighbouring events of one chunk.
///
/// @param from first event
/// @param to behind the last one
record Run(SpooledChunk chunk, int from, int to) {
  int count() {
    return to - from;
  }

  /// Bytes of action and document lines of all of them.
  int bytes() {
    return from == to ? 0 : chunk.end(to - 1) - chunk.action(from);
  }
}
