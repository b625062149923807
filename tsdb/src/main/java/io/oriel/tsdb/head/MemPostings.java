package io.oriel.tsdb.head;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.tsdb.index.PostingsSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The posting lists of the head, which are also its symbol table: every name and value is held
/// once. Thread-safe.
final class MemPostings implements PostingsSource {
  private static final int[] NONE = {};

  private static final class RefList {
    private final String value;
    private int[] refs = new int[2];
    private int size;

    /** Whether the references ascend; replay adds them in the order of the log. */
    private boolean ascends = true;

    RefList(String value) {
      this.value = value;
    }

    void add(int ref) {
      if (size == refs.length) {
        refs = Arrays.copyOf(refs, size + (size >> 1) + 2);
      }
      ascends &= size == 0 || refs[size - 1] < ref;
      refs[size++] = ref;
    }

    int[] copy() {
      if (!ascends) {
        Arrays.sort(refs, 0, size);
        ascends = true;
      }
      return Arrays.copyOf(refs, size);
    }

    void removeIf(IntPredicate gone) {
      int kept = 0;
      for (int i = 0; i < size; i++) {
        if (!gone.test(refs[i])) {
          refs[kept++] = refs[i];
        }
      }
      size = kept;
    }
  }

  private static final class Name {
    private final String name;
    private final Map<String, RefList> values = new HashMap<>();
    private @Nullable List<String> sorted;

    /** The value asked for last: neighbours often have the same. */
    private @Nullable RefList recent;

    Name(String name) {
      this.name = name;
    }

    RefList list(String value) {
      RefList last = recent;
      if (last != null && last.value.equals(value)) {
        return last;
      }
      RefList list = values.get(value);
      if (list == null) {
        list = new RefList(value);
        values.put(value, list);
        sorted = null;
      }
      recent = list;
      return list;
    }
  }

  @GuardedBy("this")
  private final Map<String, Name> names = new HashMap<>();

  @GuardedBy("this")
  private final RefList all = new RefList("");

  /// Adds a series; returns its labels, made of the strings that are held here.
  synchronized Labels add(int ref, Labels labels) {
    String[] pairs = new String[2 * labels.size()];
    for (int i = 0; i < labels.size(); i++) {
      Name name = names.computeIfAbsent(labels.name(i), Name::new);
      RefList list = name.list(labels.value(i));
      list.add(ref);
      pairs[2 * i] = name.name;
      pairs[2 * i + 1] = list.value;
    }
    all.add(ref);
    return Labels.ofSorted(pairs);
  }

  /// Forgets series, and labels that no series has any more.
  synchronized void remove(IntPredicate gone) {
    all.removeIf(gone);
    for (Name name : names.values()) {
      boolean shrank =
          name.values
              .values()
              .removeIf(
                  list -> {
                    list.removeIf(gone);
                    return list.size == 0;
                  });
      if (shrank) {
        name.recent = null;
        name.sorted = null;
      }
    }
    names.values().removeIf(name -> name.values.isEmpty());
  }

  @Override
  public synchronized int[] postings(String name, String value) {
    Name found = names.get(name);
    RefList list = found == null ? null : found.values.get(value);
    return list == null ? NONE : list.copy();
  }

  @Override
  public synchronized int[] all() {
    return all.copy();
  }

  @Override
  public synchronized List<String> values(String name) {
    Name found = names.get(name);
    if (found == null) {
      return List.of();
    }
    List<String> sorted = found.sorted;
    if (sorted == null) {
      List<String> fresh = new ArrayList<>(found.values.keySet());
      fresh.sort(Utf8Order.COMPARATOR);
      sorted = List.copyOf(fresh);
      found.sorted = sorted;
    }
    return sorted;
  }

  /// All label names in UTF-8 order.
  synchronized List<String> names() {
    List<String> sorted = new ArrayList<>(names.keySet());
    sorted.sort(Utf8Order.COMPARATOR);
    return sorted;
  }

  /// How many series have each value of {@code name}.
  synchronized Map<String, Integer> counts(String name) {
    Map<String, Integer> counts = new HashMap<>();
    Name found = names.get(name);
    if (found != null) {
      found.values.forEach((value, list) -> counts.put(value, list.size));
    }
    return counts;
  }
}
