package io.oriel.promql.eval;

import io.oriel.promql.value.Column;

/// What is known of one group while its series stream by. Confined to one thread; what several
/// threads know of a group is merged at the end.
interface GroupState {
  /// Takes the values of one more series into account.
  void add(Column column);

  /// Takes everything into account that {@code other}, of the same class, does.
  void merge(GroupState other);

  /// Puts the results into {@code out}, which is empty.
  void finish(Column out);
}
