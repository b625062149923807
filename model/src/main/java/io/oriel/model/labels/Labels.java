package io.oriel.model.labels;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// An immutable set of labels, sorted by name in UTF-8 byte order, each name at most once.
///
/// An empty value means that the label is absent, so none is ever stored. Instances are safe to
/// share; equality is by content. Strings are kept as given: a store that interns them makes
/// comparison cheap.
public final class Labels implements Comparable<Labels> {
  private static final Labels EMPTY = new Labels(new String[0]);

  /** Name, value, name, value …, sorted by name. */
  private final String[] pairs;

  /** Computed on first use; zero until then. Benign race: every thread computes the same value. */
  private long hash;

  private Labels(String[] pairs) {
    this.pairs = pairs;
  }

  /// No labels.
  public static Labels empty() {
    return EMPTY;
  }

  /// Labels from alternating names and values, in any order; later duplicates win, empty values are
  /// dropped.
  public static Labels of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("odd number of names and values");
    }
    LabelsBuilder builder = new LabelsBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      builder.set(namesAndValues[i], namesAndValues[i + 1]);
    }
    return builder.build();
  }

  /// Labels from a map; empty values are dropped.
  public static Labels copyOf(Map<String, String> map) {
    LabelsBuilder builder = new LabelsBuilder();
    map.forEach(builder::set);
    return builder.build();
  }

  /// Labels over {@code pairs}, which must be sorted by name, without duplicates or empty values.
  ///
  /// For decoders of formats that guarantee it. Takes ownership of the array, which must not change
  /// afterwards.
  public static Labels ofSorted(String[] pairs) {
    return pairs.length == 0 ? EMPTY : new Labels(pairs);
  }

  /// How many labels there are.
  public int size() {
    return pairs.length >> 1;
  }

  public boolean isEmpty() {
    return pairs.length == 0;
  }

  /// The name of label {@code i}, counted from zero in sort order.
  public String name(int i) {
    return pairs[2 * i];
  }

  /// The value of label {@code i}, counted from zero in sort order.
  public String value(int i) {
    return pairs[2 * i + 1];
  }

  /// The value of {@code name}, or the empty string when there is no such label.
  public String get(String name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return "";
  }

  public boolean has(String name) {
    return !get(name).isEmpty();
  }

  /// The value of `__name__`, or the empty string.
  public String metricName() {
    return get(LabelName.METRIC);
  }

  /// Only the labels whose name satisfies {@code keep}.
  public Labels filter(Predicate<String> keep) {
    String[] kept = new String[pairs.length];
    int n = 0;
    for (int i = 0; i < pairs.length; i += 2) {
      if (keep.test(pairs[i])) {
        kept[n++] = pairs[i];
        kept[n++] = pairs[i + 1];
      }
    }
    return n == pairs.length ? this : ofSorted(Arrays.copyOf(kept, n));
  }

  /// Only the labels named in {@code names}.
  public Labels keep(Collection<String> names) {
    return filter(names::contains);
  }

  /// All labels but those named in {@code names}.
  public Labels without(Collection<String> names) {
    return filter(name -> !names.contains(name));
  }

  /// All labels but `__name__`.
  public Labels withoutMetricName() {
    return has(LabelName.METRIC) ? filter(name -> !name.equals(LabelName.METRIC)) : this;
  }

  /// These labels with {@code name} set to {@code value}; an empty value removes it.
  public Labels with(String name, String value) {
    return toBuilder().set(name, value).build();
  }

  /// A builder that starts with these labels.
  public LabelsBuilder toBuilder() {
    return new LabelsBuilder(this);
  }

  /// A copy as a map in label order.
  public Map<String, String> toMap() {
    Map<String, String> map = new TreeMap<>(Utf8Order.COMPARATOR);
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

  /// A 64-bit hash of the content, stable within one process only; equal labels have equal hashes.
  public long hash() {
    long h = hash;
    if (h == 0) {
      h = 0x9E3779B97F4A7C15L;
      for (String part : pairs) {
        h = mix(h ^ part.hashCode());
      }
      hash = h == 0 ? 1 : h;
      h = hash;
    }
    return h;
  }

  private static long mix(long z) {
    long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }

  /// Label by label: name, then value, in UTF-8 byte order; a prefix sorts first.
  @Override
  public int compareTo(Labels other) {
    int shared = Math.min(pairs.length, other.pairs.length);
    for (int i = 0; i < shared; i++) {
      int order = Utf8Order.compare(pairs[i], other.pairs[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(pairs.length, other.pairs.length);
  }

  @Override
  public boolean equals(Object o) {
    return this == o
        || (o instanceof Labels other
            && hash() == other.hash()
            && Arrays.equals(pairs, other.pairs));
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash());
  }

  /// As Prometheus prints a label set: `{__name__="up", job="node"}`; names beyond the legacy rule
  /// are quoted.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < pairs.length; i += 2) {
      out.append(i == 0 ? "" : ", ");
      appendName(out, pairs[i]);
      out.append('=');
      Quoted.append(out, pairs[i + 1]);
    }
    return out.append('}').toString();
  }

  private static void appendName(StringBuilder out, String name) {
    if (LabelName.isLegacy(name)) {
      out.append(name);
    } else {
      Quoted.append(out, name);
    }
  }
}
