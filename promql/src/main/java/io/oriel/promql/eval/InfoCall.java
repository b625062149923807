package io.oriel.promql.eval;

import com.google.re2j.Pattern;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.matcher.Matcher.Type;
import io.oriel.promql.value.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `info`: adds the labels of info series, such as `target_info`, to series of the same instance
/// and job.
final class InfoCall {
  private static final List<String> IDENTIFYING = List.of(LabelName.INSTANCE, LabelName.JOB);

  private final List<Matcher> dataMatchers;
  private final List<Matcher> nameMatchers;
  private final int steps;

  /// @param matchers what the second argument of the call selects; empty without one
  InfoCall(List<Matcher> matchers, int steps) {
    this.steps = steps;
    this.dataMatchers =
        matchers.stream().filter(matcher -> !matcher.name().equals(LabelName.METRIC)).toList();
    List<Matcher> names =
        matchers.stream().filter(matcher -> matcher.name().equals(LabelName.METRIC)).toList();
    this.nameMatchers = effective(names);
  }

  private static List<Matcher> effective(List<Matcher> names) {
    if (names.isEmpty()) {
      return List.of(Matcher.metric("target_info"));
    }
    boolean positive =
        names.stream().anyMatch(m -> m.type() == Type.EQUAL || m.type() == Type.REGEX);
    if (positive) {
      return names;
    }
    Matcher infos = Matcher.of(Type.REGEX, LabelName.METRIC, ".+_info");
    return Stream.concat(Stream.of(infos), names.stream()).toList();
  }

  /// Whether a base series is an info series itself, which stays as it is.
  private boolean isInfo(Column base) {
    return Matcher.all(nameMatchers, base.labels());
  }

  /// What selects the info series of {@code base}; empty when there cannot be any.
  List<Matcher> selection(List<Column> base) {
    Map<String, Set<String>> values = new LinkedHashMap<>();
    for (Column column : base) {
      if (isInfo(column)) {
        continue;
      }
      for (String label : IDENTIFYING) {
        String value = column.labels().get(label);
        if (!value.isEmpty()) {
          values.computeIfAbsent(label, _ -> new TreeSet<>()).add(value);
        }
      }
    }
    if (values.isEmpty()) {
      return List.of();
    }
    List<Matcher> all = new ArrayList<>();
    values.forEach(
        (label, some) ->
            all.add(
                Matcher.of(
                    Type.REGEX,
                    label,
                    some.stream().map(Pattern::quote).collect(Collectors.joining("|")))));
    all.addAll(dataMatchers);
    all.addAll(nameMatchers);
    return all;
  }

  /// {@code base} with the labels of {@code info}, whose values are the times of their samples in
  /// milliseconds.
  List<Column> combine(List<Column> base, List<Column> info) {
    Map<Labels, List<Column>> byTarget = new HashMap<>();
    for (Column column : info) {
      if (column.histograms() != null) {
        throw OrielException.invalid(
            "this should be an info metric, with float samples: " + column.labels());
      }
      byTarget.computeIfAbsent(target(column), _ -> new ArrayList<>()).add(column);
    }
    Map<Labels, Column> results = new LinkedHashMap<>();
    for (Column column : base) {
      if (isInfo(column)) {
        for (int step = 0; step < steps; step++) {
          if (column.isPresent(step)) {
            put(results, column.labels(), column, step);
          }
        }
      } else {
        enrich(column, byTarget.getOrDefault(target(column), List.of()), results);
      }
    }
    List<Column> all = new ArrayList<>(results.values());
    for (int i = 0; i < all.size(); i++) {
      all.get(i).ordinal(i);
    }
    return all;
  }

  private static Labels target(Column column) {
    return column.labels().keep(IDENTIFYING);
  }

  private void enrich(Column base, List<Column> infos, Map<Labels, Column> results) {
    boolean mustMatch = dataMatchers.stream().anyMatch(matcher -> !matcher.matchesEmpty());
    for (int step = 0; step < steps; step++) {
      if (!base.isPresent(step)) {
        continue;
      }
      Map<String, Column> newest = newest(infos, step);
      if (newest.isEmpty() && mustMatch) {
        continue;
      }
      put(results, withInfo(base.labels(), newest), base, step);
    }
  }

  /// Per info metric the series whose sample is newest.
  private static Map<String, Column> newest(List<Column> infos, int step) {
    Map<String, Column> newest = new LinkedHashMap<>();
    for (Column info : infos) {
      if (!info.hasFloat(step)) {
        continue;
      }
      String name = info.labels().metricName();
      Column other = newest.get(name);
      if (other != null && other.value(step) == info.value(step)) {
        throw OrielException.invalid(
            "found duplicate series for info metric: existing "
                + other.labels()
                + " @ "
                + (long) other.value(step)
                + ", new "
                + info.labels()
                + " @ "
                + (long) info.value(step));
      }
      if (other == null || other.value(step) < info.value(step)) {
        newest.put(name, info);
      }
    }
    return newest;
  }

  private Labels withInfo(Labels base, Map<String, Column> infos) {
    Map<String, String> added = new LinkedHashMap<>();
    for (Column info : infos.values()) {
      for (int i = 0; i < info.labels().size(); i++) {
        String name = info.labels().name(i);
        boolean wanted =
            dataMatchers.isEmpty() || dataMatchers.stream().anyMatch(m -> m.name().equals(name));
        if (name.equals(LabelName.METRIC) || !wanted) {
          continue;
        }
        String value = info.labels().value(i);
        String other = added.get(name);
        if (other != null && !other.equals(value)) {
          throw OrielException.invalid("conflicting label: " + name);
        }
        if (!base.has(name)) {
          added.put(name, value);
        }
      }
    }
    LabelsBuilder builder = base.toBuilder();
    added.forEach(builder::set);
    return builder.build();
  }

  private static void put(Map<Labels, Column> results, Labels labels, Column from, int step) {
    Column into = results.computeIfAbsent(labels, _ -> from.sibling().labels(labels));
    if (into.isPresent(step)) {
      throw OrielException.invalid("vector cannot contain metrics with the same labelset");
    }
    into.copy(from, step);
  }
}
