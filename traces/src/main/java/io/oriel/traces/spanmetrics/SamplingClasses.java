package io.oriel.traces.spanmetrics;

import io.oriel.search.client.Aggregate;
import io.oriel.search.query.Aggregation;
import io.oriel.search.query.Query;
import io.oriel.traces.index.TagFields;
import io.oriel.wire.jaeger.JaegerTags;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The spans of each step by how many they stand for, which the engine finds in their trace states:
/// these are nested objects or fields, as all tags.
final class SamplingClasses {
  private static final String LISTED = "listed";
  private static final String STATES = "states";
  private static final String CLASSES = "classes";
  private static final String SPANS = "spans";
  private static final String BARE = "bare";
  private static final String SPREAD = "spread";
  private static final String VALUE = "tags.value";

  /** Of spans that stand for themselves. */
  private static final String ONCE = "0";

  private final String field;
  private final String duration;

  /// @param duration the field of what {@link #quantile} is of
  SamplingClasses(TagFields fields, String duration) {
    this.field = "tag." + JaegerTags.TRACE_STATE.replace(".", fields.dotReplacement());
    this.duration = duration;
  }

  /// Has the spans of each class counted, for {@link #areMixed}.
  Aggregation.DateHistogram counted(Aggregation.DateHistogram steps) {
    return steps.with(LISTED, listed(classes(VALUE))).with(STATES, states(classes(field)));
  }

  /// Has the durations of each class taken, for {@link #quantile}.
  Aggregation.DateHistogram measured(Aggregation.DateHistogram steps) {
    return steps
        .with(
            LISTED,
            listed(
                classes(VALUE)
                    .with(SPANS, Aggregation.reverseNested().with(SPREAD, percentiles()))))
        .with(STATES, states(classes(field).with(SPREAD, percentiles())))
        .with(
            BARE,
            Aggregation.filter(
                    Query.not(
                        Query.anyOf(List.of(Query.exists(field), Query.nested("tags", isState())))))
                .with(SPREAD, percentiles()));
  }

  private static Query isState() {
    return Query.term("tags.key", JaegerTags.TRACE_STATE);
  }

  private static Aggregation listed(Aggregation classes) {
    return Aggregation.nested("tags")
        .with(STATES, Aggregation.filter(isState()).with(CLASSES, classes));
  }

  private Aggregation states(Aggregation classes) {
    return Aggregation.filter(Query.exists(field)).with(CLASSES, classes);
  }

  private static Aggregation.Terms classes(String source) {
    return Aggregation.termsOf(AdjustedCount.classScript(source), AdjustedCount.CLASSES);
  }

  private Aggregation percentiles() {
    return Aggregation.percentiles(duration, WeightedQuantile.PERCENTS);
  }

  /// Whether the spans of a step do not all stand for as many.
  static boolean areMixed(Aggregate.Bucket step) {
    Aggregate listed = step.inside(LISTED).inside(STATES);
    Aggregate states = step.inside(STATES);
    Set<String> found = new HashSet<>();
    listed.inside(CLASSES).buckets().forEach(each -> found.add(each.key()));
    states.inside(CLASSES).buckets().forEach(each -> found.add(each.key()));
    if (step.count() > listed.count() + states.count()) {
      found.add(ONCE);
    }
    return found.size() > 1;
  }

  /// A quantile of all spans that those of a step stand for; NaN when there are none.
  static double quantile(Aggregate.Bucket step, double quantile) {
    List<WeightedQuantile.Group> groups = new ArrayList<>();
    for (Aggregate.Bucket each : step.inside(LISTED).inside(STATES).inside(CLASSES).buckets()) {
      Aggregate spans = each.inside(SPANS);
      group(each.key(), spans.count(), spans.inside(SPREAD)).ifPresent(groups::add);
    }
    for (Aggregate.Bucket each : step.inside(STATES).inside(CLASSES).buckets()) {
      group(each.key(), each.count(), each.inside(SPREAD)).ifPresent(groups::add);
    }
    Aggregate bare = step.inside(BARE);
    group(ONCE, bare.count(), bare.inside(SPREAD)).ifPresent(groups::add);
    return WeightedQuantile.of(groups, quantile);
  }

  private static Optional<WeightedQuantile.Group> group(String key, long count, Aggregate spread) {
    List<Double> values = new ArrayList<>();
    for (double percent : WeightedQuantile.PERCENTS) {
      spread.percentile(percent).ifPresent(values::add);
    }
    return count == 0 || values.size() < WeightedQuantile.PERCENTS.size()
        ? Optional.empty()
        : Optional.of(new WeightedQuantile.Group(count * AdjustedCount.ofClass(key), values));
  }
}
