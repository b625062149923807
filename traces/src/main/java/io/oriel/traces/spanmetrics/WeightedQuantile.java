package io.oriel.traces.spanmetrics;

import java.util.ArrayList;
import java.util.List;

/// A quantile over several groups of values whose members count differently, from what is known of
/// each: its percentiles. Between two of these a group is taken to be spread evenly, so the rank of
/// what is found is at most as far off as they are apart, one in a hundred and less at the end.
final class WeightedQuantile {
  /** Which percentiles of a group are to be known, in percent. */
  static final List<Double> PERCENTS = percents();

  private static final int HALVINGS = 64;

  /// One of the groups.
  ///
  /// @param weight how much all of it counts
  /// @param values at {@link #PERCENTS}, none NaN
  record Group(double weight, List<Double> values) {
    Group {
      values = List.copyOf(values);
    }
  }

  private WeightedQuantile() {}

  private static List<Double> percents() {
    List<Double> percents = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      percents.add((double) i);
    }
    percents.addAll(List.of(99.5, 99.9, 99.99, 100.0));
    return List.copyOf(percents);
  }

  /// The smallest value below or at which {@code quantile} of all weight lies; NaN without groups.
  static double of(List<Group> groups, double quantile) {
    double all = groups.stream().mapToDouble(Group::weight).sum();
    if (!(all > 0)) {
      return Double.NaN;
    }
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Group group : groups) {
      low = Math.min(low, group.values.getFirst());
      high = Math.max(high, group.values.getLast());
    }
    if (below(groups, low) >= quantile * all) {
      return low;
    }
    for (int i = 0; i < HALVINGS && low < high; i++) {
      double middle = low + (high - low) / 2;
      if (below(groups, middle) >= quantile * all) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  /// How much lies below or at {@code value}.
  private static double below(List<Group> groups, double value) {
    double below = 0;
    for (Group group : groups) {
      below += group.weight * share(group.values, value);
    }
    return below;
  }

  private static double share(List<Double> values, double value) {
    int last = values.size() - 1;
    if (value >= values.get(last)) {
      return 1;
    }
    int above = 0;
    while (values.get(above) <= value) {
      above++;
    }
    if (above == 0) {
      return 0;
    }
    double from = values.get(above - 1);
    double part = (value - from) / (values.get(above) - from);
    double percent = PERCENTS.get(above - 1);
    return (percent + part * (PERCENTS.get(above) - percent)) / 100;
  }
}
