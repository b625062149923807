package io.oriel.federation.query;

import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.wire.storeapi.InfoResponse;
import java.util.List;

/// Which endpoints can have part of an answer.
final class Selection {
  private static final String ADDRESS = "__address__";

  private Selection() {}

  /// Whether {@code endpoint} can have series that satisfy {@code matchers} in a time range, both
  /// ends inclusive. One that never answered can have anything.
  static boolean may(
      Endpoint endpoint, QueryScope scope, List<Matcher> matchers, long minMillis, long maxMillis) {
    if (!isInScope(endpoint, scope)) {
      return false;
    }
    if (endpoint.info().isEmpty()) {
      return true;
    }
    InfoResponse info = endpoint.info().get();
    if (info.store().isEmpty()) {
      return false;
    }
    InfoResponse.StoreInfo store = info.store().get();
    return store.minMillis() <= maxMillis
        && store.maxMillis() >= minMillis
        && anySet(info.labelSets(), matchers);
  }

  /// Whether the query's store matchers let the endpoint in.
  static boolean isInScope(Endpoint endpoint, QueryScope scope) {
    if (scope.storeMatchers().isEmpty()) {
      return true;
    }
    List<Labels> sets =
        endpoint.labelSets().isEmpty() ? List.of(Labels.empty()) : endpoint.labelSets();
    for (List<Matcher> matchers : scope.storeMatchers()) {
      for (Labels set : sets) {
        if (Matcher.all(matchers, set.with(ADDRESS, endpoint.address()))) {
          return true;
        }
      }
    }
    return false;
  }

  /// A label that a set does not have is one that its series may have.
  private static boolean anySet(List<Labels> sets, List<Matcher> matchers) {
    return sets.isEmpty()
        || sets.stream()
            .anyMatch(
                set ->
                    matchers.stream()
                        .allMatch(
                            matcher ->
                                !set.has(matcher.name())
                                    || matcher.matches(set.get(matcher.name()))));
  }
}
