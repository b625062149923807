package io.oriel.traces.assemble;

import io.oriel.model.trace.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Who is whose parent among spans, by their positions in a list. Immutable.
///
/// Of several spans with one id the first is the parent of the children. A ring of ancestors is cut
/// at one of its spans, which becomes a root.
final class SpanTree {
  private static final int NONE = -1;

  private final int[] parents;
  private final int[] firstChild;
  private final int[] nextSibling;
  private final List<Integer> roots = new ArrayList<>();
  private final boolean[] repeated;

  SpanTree(List<Span> spans) {
    int count = spans.size();
    Map<Long, Integer> byId = new HashMap<>(2 * count);
    repeated = new boolean[count];
    for (int i = 0; i < count; i++) {
      repeated[i] = byId.putIfAbsent(spans.get(i).spanId(), i) != null;
    }
    parents = new int[count];
    for (int i = 0; i < count; i++) {
      Integer parent = spans.get(i).isRoot() ? null : byId.get(spans.get(i).parentSpanId());
      parents[i] = parent == null || parent == i ? NONE : parent;
    }
    cutRings();
    firstChild = new int[count];
    nextSibling = new int[count];
    Arrays.fill(firstChild, NONE);
    Arrays.fill(nextSibling, NONE);
    for (int i = count - 1; i >= 0; i--) {
      if (parents[i] != NONE) {
        nextSibling[i] = firstChild[parents[i]];
        firstChild[parents[i]] = i;
      }
    }
    for (int i = 0; i < count; i++) {
      if (parents[i] == NONE) {
        roots.add(i);
      }
    }
  }

  private void cutRings() {
    int[] walk = new int[parents.length];
    for (int i = 0; i < parents.length; i++) {
      int at = i;
      while (at != NONE && walk[at] == 0) {
        walk[at] = i + 1;
        int parent = parents[at];
        if (parent != NONE && walk[parent] == i + 1) {
          parents[at] = NONE;
        }
        at = parents[at];
      }
    }
  }

  /// Positions of spans without a parent here, in the order of the list.
  List<Integer> roots() {
    return roots;
  }

  boolean hasParent(int span) {
    return parents[span] != NONE;
  }

  int parent(int span) {
    return parents[span];
  }

  /// Whether an earlier span has the same id.
  boolean isRepeated(int span) {
    return repeated[span];
  }

  /// Positions of the children, in the order of the list.
  List<Integer> children(int span) {
    List<Integer> children = new ArrayList<>();
    for (int child = firstChild[span]; child != NONE; child = nextSibling[child]) {
      children.add(child);
    }
    return children;
  }

  /// All positions, each after its parent.
  int[] parentsFirst() {
    int[] order = new int[parents.length];
    int filled = 0;
    for (int root : roots) {
      order[filled++] = root;
    }
    for (int done = 0; done < filled; done++) {
      for (int child = firstChild[order[done]]; child != NONE; child = nextSibling[child]) {
        order[filled++] = child;
      }
    }
    return order;
  }
}
