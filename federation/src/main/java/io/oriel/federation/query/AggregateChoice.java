package io.oriel.federation.query;

import io.oriel.wire.storeapi.Aggregate;
import java.util.List;
import java.util.Set;

/// What a function needs of downsampled series.
final class AggregateChoice {
  private static final Set<String> COUNTERS =
      Set.of("increase", "rate", "irate", "resets", "xrate", "xincrease");

  private AggregateChoice() {}

  /// As Thanos' querier chooses.
  static List<Aggregate> of(String function) {
    if (function.startsWith("min")) {
      return List.of(Aggregate.MIN);
    }
    if (function.startsWith("max")) {
      return List.of(Aggregate.MAX);
    }
    if (function.startsWith("count")) {
      return List.of(Aggregate.COUNT);
    }
    if (function.startsWith("sum_")) {
      return List.of(Aggregate.SUM);
    }
    return COUNTERS.contains(function)
        ? List.of(Aggregate.COUNTER)
        : List.of(Aggregate.COUNT, Aggregate.SUM);
  }
}
