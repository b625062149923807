package io.oriel.alerting.rule;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.matcher.Matcher;
import io.oriel.promql.Feature;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.Parser;
import io.oriel.promql.parse.Selectors;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// In which order the rules of a group may be evaluated, and which of them at once.
///
/// A rule depends on those before it whose metric, or whose alerts' `ALERTS` series, its expression
/// may read. Where an expression selects without a metric name, nothing can be said, and the rules
/// run one by one.
final class RuleOrder {
  private static final String ALERT_NAME = "alertname";

  private RuleOrder() {}

  /// The positions of {@code rules} in batches, as upstream makes them: those that depend on none,
  /// then one by one those in the middle, then those on which none depends.
  static List<List<Integer>> batches(List<RuleConfig> rules) {
    boolean[] depends = new boolean[rules.size()];
    boolean[] isNeeded = new boolean[rules.size()];
    for (int i = 0; i < rules.size(); i++) {
      List<Expr.VectorSelector> selectors = new ArrayList<>();
      if (!collect(rules.get(i).expression(), selectors)) {
        return IntStream.range(0, rules.size()).mapToObj(List::of).toList();
      }
      for (int before = 0; before < i; before++) {
        RuleConfig other = rules.get(before);
        if (selectors.stream().anyMatch(selector -> reads(selector, other))) {
          depends[i] = true;
          isNeeded[before] = true;
        }
      }
    }
    List<Integer> first = new ArrayList<>();
    List<List<Integer>> batches = new ArrayList<>();
    List<Integer> last = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      if (!depends[i]) {
        first.add(i);
      } else if (isNeeded[i]) {
        batches.add(List.of(i));
      } else {
        last.add(i);
      }
    }
    batches.addFirst(first);
    batches.add(last);
    batches.removeIf(List::isEmpty);
    return List.copyOf(batches);
  }

  /// Adds what an expression selects; false when it cannot be said which metrics these are.
  private static boolean collect(String expression, List<Expr.VectorSelector> into) {
    try {
      into.addAll(Selectors.vectorsIn(Parser.parse(expression, EnumSet.allOf(Feature.class))));
    } catch (OrielException _) {
      return false;
    }
    return into.stream().allMatch(selector -> nameMatcher(selector).isPresent());
  }

  private static Optional<Matcher> nameMatcher(Expr.VectorSelector selector) {
    return matcher(selector, LabelName.METRIC);
  }

  private static Optional<Matcher> matcher(Expr.VectorSelector selector, String label) {
    return selector.matchers().stream().filter(one -> one.name().equals(label)).findFirst();
  }

  private static boolean reads(Expr.VectorSelector selector, RuleConfig other) {
    Matcher name = nameMatcher(selector).orElseThrow();
    if (name.matches(other.name())) {
      return true;
    }
    return other instanceof RuleConfig.Alerting
        && (name.matches("ALERTS") || name.matches("ALERTS_FOR_STATE"))
        && matcher(selector, ALERT_NAME).map(one -> one.matches(other.name())).orElse(true);
  }
}
