package io.oriel.federation.storegateway;

import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The label values whose series a matcher asks for or rules out, as Prometheus does: a matcher
/// that the empty string satisfies rules out the series of all values that do not satisfy it.
///
/// @param excludes whether the series of {@code keys} are ruled out rather than asked for
/// @param keys values of the label, sorted
record MatcherGroup(Matcher matcher, boolean excludes, List<String> keys) {
  static MatcherGroup of(Matcher matcher, IndexHeader header) {
    boolean excludes = matcher.matchesEmpty();
    Matcher positive = excludes ? matcher.negated() : matcher;
    return new MatcherGroup(matcher, excludes, keys(positive, header));
  }

  String name() {
    return matcher.name();
  }

  private static List<String> keys(Matcher matcher, IndexHeader header) {
    if (!header.hasName(matcher.name()) || isNothing(matcher)) {
      return List.of();
    }
    boolean named =
        matcher.type() == Matcher.Type.EQUAL
            || matcher.type() == Matcher.Type.REGEX && !matcher.setMatches().isEmpty();
    if (named) {
      return matcher.setMatches().stream()
          .filter(word -> !word.isEmpty())
          .filter(word -> header.postings(matcher.name(), word).isPresent())
          .sorted(Utf8Order.COMPARATOR)
          .toList();
    }
    List<String> values = header.values(matcher.name());
    String prefix = matcher.type() == Matcher.Type.REGEX ? matcher.prefix() : "";
    int from = 0;
    if (!prefix.isEmpty()) {
      int found = Collections.binarySearch(values, prefix, Utf8Order.COMPARATOR);
      from = found < 0 ? -found - 1 : found;
    }
    List<String> keys = new ArrayList<>();
    for (String value : values.subList(from, values.size())) {
      if (!prefix.isEmpty() && !value.startsWith(prefix)) {
        break;
      }
      if (isEverything(matcher) || matcher.matches(value)) {
        keys.add(value);
      }
    }
    return keys;
  }

  private static boolean isNothing(Matcher matcher) {
    return matcher.type() == Matcher.Type.NOT_REGEX && matcher.value().equals(".*");
  }

  private static boolean isEverything(Matcher matcher) {
    return matcher.type() == Matcher.Type.NOT_EQUAL && matcher.value().isEmpty();
  }
}
