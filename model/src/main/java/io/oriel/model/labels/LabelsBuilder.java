package io.oriel.model.labels;

import java.util.Arrays;

/// Collects labels in any order and builds {@link Labels}; may be reused after {@link #reset}. Not
/// thread-safe.
public final class LabelsBuilder {
  /** Name, value, …, sorted by name; the first {@link #length} entries count. */
  private String[] pairs;

  private int length;

  public LabelsBuilder() {
    pairs = new String[16];
  }

  LabelsBuilder(Labels start) {
    this();
    reset(start);
  }

  /// Forgets all labels.
  public LabelsBuilder reset() {
    length = 0;
    return this;
  }

  /// Forgets all labels and starts again with those of {@code start}.
  public LabelsBuilder reset(Labels start) {
    length = 0;
    ensure(2 * start.size());
    for (int i = 0; i < start.size(); i++) {
      pairs[length++] = start.name(i);
      pairs[length++] = start.value(i);
    }
    return this;
  }

  /// Sets {@code name} to {@code value}, in place of an earlier value; an empty value removes the
  /// label.
  public LabelsBuilder set(String name, String value) {
    if (value.isEmpty()) {
      return remove(name);
    }
    int at = length;
    while (at > 0) {
      int order = Utf8Order.compare(pairs[at - 2], name);
      if (order == 0) {
        pairs[at - 1] = value;
        return this;
      }
      if (order < 0) {
        break;
      }
      at -= 2;
    }
    ensure(length + 2);
    System.arraycopy(pairs, at, pairs, at + 2, length - at);
    pairs[at] = name;
    pairs[at + 1] = value;
    length += 2;
    return this;
  }

  /// Removes {@code name} if it is there.
  public LabelsBuilder remove(String name) {
    for (int i = 0; i < length; i += 2) {
      if (pairs[i].equals(name)) {
        System.arraycopy(pairs, i + 2, pairs, i, length - i - 2);
        length -= 2;
        break;
      }
    }
    return this;
  }

  /// The present value of {@code name}, or the empty string.
  public String get(String name) {
    for (int i = 0; i < length; i += 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return "";
  }

  public boolean has(String name) {
    return !get(name).isEmpty();
  }

  /// How many labels there are now.
  public int size() {
    return length >> 1;
  }

  /// The labels as they are now; the builder stays usable.
  public Labels build() {
    return Labels.ofSorted(Arrays.copyOf(pairs, length));
  }

  private void ensure(int wanted) {
    if (wanted > pairs.length) {
      pairs = Arrays.copyOf(pairs, Math.max(wanted, 2 * pairs.length));
    }
  }
}
