package io.oriel.promql.eval;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.parse.VectorMatching;
import io.oriel.promql.parse.VectorMatching.Cardinality;
import io.oriel.promql.value.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Arithmetic and comparison between two vectors: a hash join on the labels that matter.
///
/// Within a group of matching series, the "one" side must have at most one series per step; it is
/// checked per step, since series may take turns.
final class VectorJoin {
  private final Expr.Binary binary;
  private final VectorMatching matching;
  private final Grouping grouping;
  private final ElementOperation operation;
  private final boolean delayed;
  private final int steps;
  private final boolean swapped;
  private final Map<Labels, Column> results = new LinkedHashMap<>();

  VectorJoin(Expr.Binary binary, Execution execution, boolean delayed, int steps) {
    this.binary = binary;
    this.matching = binary.matching();
    this.grouping = Grouping.matching(matching.on(), matching.labels());
    this.operation = new ElementOperation(binary, execution.annotations());
    this.delayed = delayed;
    this.steps = steps;
    this.swapped = matching.cardinality() == Cardinality.ONE_TO_MANY;
  }

  /// The series of both sides that match each other.
  private static final class Match {
    final List<Column> many = new ArrayList<>();
    final List<Column> one = new ArrayList<>();
  }

  List<Column> join(List<Column> left, List<Column> right) {
    Map<Labels, Match> matches = new LinkedHashMap<>();
    for (Column column : swapped ? right : left) {
      match(matches, column).many.add(column);
    }
    for (Column column : swapped ? left : right) {
      match(matches, column).one.add(column);
    }
    boolean[] busy = busySteps(left, right);
    matches.forEach((labels, match) -> join(labels, match, busy));
    List<Column> all = new ArrayList<>();
    for (Column column : results.values()) {
      if (!column.isEmpty()) {
        all.add(column.ordinal(all.size()));
      }
    }
    return all;
  }

  private Match match(Map<Labels, Match> matches, Column column) {
    return matches.computeIfAbsent(grouping.group(column.labels()), _ -> new Match());
  }

  /// Steps at which anything can match: both sides have something, or fills stand in.
  private boolean[] busySteps(List<Column> left, List<Column> right) {
    boolean[] busy = present(left);
    boolean[] rightThere = present(right);
    for (int step = 0; step < steps; step++) {
      busy[step] = (busy[step] && rightThere[step]) || !matching.fill().isNone();
    }
    return busy;
  }

  private boolean[] present(List<Column> columns) {
    boolean[] present = new boolean[steps];
    for (Column column : columns) {
      for (int step = 0; step < steps; step++) {
        present[step] |= column.isPresent(step);
      }
    }
    return present;
  }

  private void join(Labels signature, Match match, boolean[] busy) {
    @Nullable Column[] ones = oneSide(signature, match.one, busy);
    /* As upstream, also where the sides are swapped: "right" means the "one" side. */
    boolean fillOne = matching.fill().onRight();
    boolean fillMany = matching.fill().onLeft();
    boolean[] matched = new boolean[steps];
    for (Column many : match.many) {
      for (Column one : match.one) {
        joinPair(many, one, ones, matched);
      }
      if (fillOne) {
        fillPair(many, signature, ones, matched);
      }
    }
    if (fillMany) {
      Column filler = filler(signature, matching.fill().left());
      for (Column one : match.one) {
        Column out = null;
        for (int step = 0; step < steps; step++) {
          if (one.isPresent(step) && !matched[step]) {
            out = out == null ? result(filler.labels(), one.labels()) : out;
            put(out, filler, one, step);
          }
        }
      }
    }
  }

  private Column filler(Labels signature, double value) {
    Column filler = new Column(steps).labels(signature);
    Arrays.fill(filler.values(), value);
    return filler;
  }

  /// The series of the "one" side at each step.
  private @Nullable Column[] oneSide(Labels signature, List<Column> candidates, boolean[] busy) {
    @Nullable Column[] ones = new Column[steps];
    for (Column column : candidates) {
      for (int step = 0; step < steps; step++) {
        if (!column.isPresent(step) || !busy[step]) {
          continue;
        }
        Column other = ones[step];
        if (other != null) {
          throw duplicate(signature, other, column);
        }
        ones[step] = column;
      }
    }
    return ones;
  }

  private OrielException duplicate(Labels signature, Column a, Column b) {
    Set<String> both = new TreeSet<>(Set.of(a.labels().toString()));
    both.add(b.labels().toString());
    return OrielException.invalid(
        "found duplicate series for the match group "
            + signature
            + " on the "
            + (swapped ? "left" : "right")
            + " hand-side of the operation: ["
            + String.join(", ", both)
            + "];many-to-many matching not allowed: matching labels must be unique on one side");
  }

  private void joinPair(Column many, Column one, @Nullable Column[] ones, boolean[] matched) {
    Column out = null;
    for (int step = 0; step < steps; step++) {
      if (ones[step] == one && many.isPresent(step)) {
        out = out == null ? result(many.labels(), one.labels()) : out;
        checkSingle(matched, step);
        put(out, many, one, step);
        matched[step] = true;
      }
    }
  }

  private void fillPair(Column many, Labels signature, @Nullable Column[] ones, boolean[] matched) {
    double fill = matching.fill().right();
    Column filler = null;
    Column out = null;
    for (int step = 0; step < steps; step++) {
      if (ones[step] == null && many.isPresent(step)) {
        filler = filler == null ? filler(signature, fill) : filler;
        out = out == null ? result(many.labels(), signature) : out;
        checkSingle(matched, step);
        put(out, many, filler, step);
        matched[step] = true;
      }
    }
  }

  private void checkSingle(boolean[] matched, int step) {
    if (matched[step] && matching.cardinality() == Cardinality.ONE_TO_ONE) {
      throw OrielException.invalid(
          "multiple matches for labels: many-to-one matching must be explicit"
              + " (group_left/group_right)");
    }
  }

  private void put(Column out, Column many, Column one, int step) {
    if (out.isPresent(step)) {
      throw OrielException.invalid(
          matching.cardinality() == Cardinality.ONE_TO_ONE
              ? "vector cannot contain metrics with the same labelset"
              : "multiple matches for labels: grouping labels must ensure unique matches");
    }
    operation.apply(swapped ? one : many, swapped ? many : one, out, step);
  }

  private Column result(Labels many, Labels one) {
    Labels labels = resultLabels(many, one);
    return results.computeIfAbsent(
        labels,
        _ -> new Column(steps).clear().labels(labels).nameDropped(delayed && binary.returnBool()));
  }

  private Labels resultLabels(Labels many, Labels one) {
    Labels base = many;
    if (binary.operator().changesMeaning() || (binary.returnBool() && !delayed)) {
      base = Names.withoutMetadata(base);
    }
    if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
      Set<String> names = Set.copyOf(matching.labels());
      base = matching.on() ? base.keep(names) : base.without(names);
    }
    if (matching.include().isEmpty()) {
      return base;
    }
    LabelsBuilder builder = base.toBuilder();
    for (String label : matching.include()) {
      builder.set(label, one.get(label));
    }
    return builder.build();
  }
}
