package io.oriel.tsdb.index;

import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// Set operations over ascending lists of references, and the series that matchers choose.
public final class Postings {
  private static final int[] NONE = {};
  private static final int GALLOP = 16;

  private Postings() {}

  /// The references of the series that satisfy all {@code matchers}, ascending.
  public static int[] select(PostingsSource source, List<Matcher> matchers) {
    List<int[]> required = new ArrayList<>();
    List<int[]> excluded = new ArrayList<>();
    for (Matcher matcher : matchers) {
      if (matcher.matchesEmpty()) {
        excluded.add(union(source, matcher.name(), matcher.negated()));
      } else if (matcher.type() == Matcher.Type.EQUAL) {
        required.add(source.postings(matcher.name(), matcher.value()));
      } else {
        required.add(union(source, matcher.name(), matcher));
      }
    }
    required.sort((a, b) -> Integer.compare(a.length, b.length));
    int[] chosen = required.isEmpty() ? source.all() : required.getFirst();
    for (int i = 1; i < required.size() && chosen.length > 0; i++) {
      chosen = intersect(chosen, required.get(i));
    }
    for (int[] gone : excluded) {
      chosen = gone.length == 0 || chosen.length == 0 ? chosen : without(chosen, gone);
    }
    return chosen;
  }

  /// References of the series whose label {@code name} is there and satisfies {@code matcher}.
  private static int[] union(PostingsSource source, String name, Matcher matcher) {
    Set<String> words = matcher.setMatches();
    boolean positive = matcher.type() == Matcher.Type.REGEX || matcher.type() == Matcher.Type.EQUAL;
    List<int[]> lists = new ArrayList<>();
    if (positive && !words.isEmpty()) {
      for (String word : words) {
        if (!word.isEmpty()) {
          lists.add(source.postings(name, word));
        }
      }
      return union(lists);
    }
    List<String> values = source.values(name);
    int from = 0;
    String prefix = positive ? matcher.prefix() : "";
    if (!prefix.isEmpty()) {
      int found = Collections.binarySearch(values, prefix, Utf8Order.COMPARATOR);
      from = found < 0 ? -found - 1 : found;
    }
    for (int i = from; i < values.size(); i++) {
      String value = values.get(i);
      if (!prefix.isEmpty() && !value.startsWith(prefix)) {
        break;
      }
      if (matcher.matches(value)) {
        lists.add(source.postings(name, value));
      }
    }
    return union(lists);
  }

  /// What both have.
  public static int[] intersect(int[] a, int[] b) {
    int[] small = a.length <= b.length ? a : b;
    int[] large = a.length <= b.length ? b : a;
    int[] out = new int[small.length];
    int n = 0;
    int k = 0;
    boolean gallops = large.length / Math.max(1, small.length) >= GALLOP;
    for (int wanted : small) {
      k = gallops ? gallop(large, k, wanted) : step(large, k, wanted);
      if (k == large.length) {
        break;
      }
      if (large[k] == wanted) {
        out[n++] = wanted;
      }
    }
    return Arrays.copyOf(out, n);
  }

  /// What {@code from} has and {@code gone} has not.
  public static int[] without(int[] from, int[] gone) {
    int[] out = new int[from.length];
    int n = 0;
    int k = 0;
    for (int ref : from) {
      k = step(gone, k, ref);
      if (k == gone.length || gone[k] != ref) {
        out[n++] = ref;
      }
    }
    return Arrays.copyOf(out, n);
  }

  /// What any of them has, each once.
  public static int[] union(List<int[]> lists) {
    if (lists.isEmpty()) {
      return NONE;
    }
    if (lists.size() == 1) {
      return lists.getFirst();
    }
    int total = 0;
    for (int[] list : lists) {
      total += list.length;
    }
    int[] all = new int[total];
    int n = 0;
    for (int[] list : lists) {
      System.arraycopy(list, 0, all, n, list.length);
      n += list.length;
    }
    Arrays.sort(all);
    int kept = 0;
    for (int i = 0; i < all.length; i++) {
      if (i == 0 || all[i] != all[i - 1]) {
        all[kept++] = all[i];
      }
    }
    return Arrays.copyOf(all, kept);
  }

  /// The first index from {@code k} on that holds at least {@code wanted}.
  private static int step(int[] list, int k, int wanted) {
    int i = k;
    while (i < list.length && list[i] < wanted) {
      i++;
    }
    return i;
  }

  private static int gallop(int[] list, int k, int wanted) {
    int step = 1;
    int low = k;
    int high = k;
    while (high < list.length && list[high] < wanted) {
      low = high + 1;
      high += step;
      step <<= 1;
    }
    int found = Arrays.binarySearch(list, low, Math.min(high, list.length), wanted);
    return found >= 0 ? found : -found - 1;
  }
}
