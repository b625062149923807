package io.oriel.federation.block;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;

/// Lets work on blocks, which may take hours between two waits, be cut short.
public final class Interruption {
  private Interruption() {}

  /// Refuses to go on in a thread that was interrupted, which it stays.
  ///
  /// @throws OrielException of kind CANCELLED
  public static void check() {
    if (Thread.currentThread().isInterrupted()) {
      throw new OrielException(Kind.CANCELLED, "work on a block: cut short");
    }
  }
}
