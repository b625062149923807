package io.oriel.promql.eval;

import io.oriel.promql.value.Column;

/// Takes columns one by one. Confined to one thread.
interface Sink {
  /// Takes {@code column}; whether it keeps it. What is not kept may be filled anew by the caller.
  boolean accept(Column column);
}
