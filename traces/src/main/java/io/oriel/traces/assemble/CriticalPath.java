package io.oriel.traces.assemble;

import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What made a trace take as long as it did: the stretches of spans that nothing else could have
/// made shorter.
///
/// From a root's end backwards: the child that finished last was waited for, from its end on the
/// parent worked; within the child the same; before its start the child that finished last before
/// it, and so on. Children are clipped to their parents, and work that nobody waits for (consumers
/// of what a producer sent) is left out.
public final class CriticalPath {
  private CriticalPath() {}

  /// A stretch of a span, in Unix nanoseconds.
  public record Section(long spanId, long startNanos, long endNanos) {}

  /// The path of a trace, latest stretch first; one path after another when it has several roots.
  public static List<Section> of(Trace trace) {
    return new Walk(trace.spans()).sections();
  }

  private static final class Walk {
    private final List<Span> spans;
    private final SpanTree tree;
    private final long[] start;
    private final long[] end;

    /** Children that were waited for, latest end first, and how many of them are behind us. */
    private final List<List<Integer>> waitedFor = new ArrayList<>();

    private final int[] passed;
    private final List<Section> sections = new ArrayList<>();

    Walk(List<Span> spans) {
      this.spans = spans;
      this.tree = new SpanTree(spans);
      this.start = new long[spans.size()];
      this.end = new long[spans.size()];
      this.passed = new int[spans.size()];
      for (int at : tree.parentsFirst()) {
        clip(at);
      }
      for (int at = 0; at < spans.size(); at++) {
        waitedFor.add(blocking(at));
      }
    }

    private void clip(int at) {
      Span span = spans.get(at);
      start[at] = span.startNanos();
      end[at] = Math.max(span.startNanos(), span.endNanos());
      if (tree.hasParent(at)) {
        int parent = tree.parent(at);
        start[at] = Math.clamp(start[at], start[parent], end[parent]);
        end[at] = Math.clamp(end[at], start[parent], end[parent]);
      }
    }

    private List<Integer> blocking(int at) {
      return tree.children(at).stream()
          .filter(child -> spans.get(child).kind() != SpanKind.CONSUMER)
          .filter(child -> end[child] > start[child])
          .sorted(Comparator.comparingLong((Integer child) -> end[child]).reversed())
          .toList();
    }

    List<Section> sections() {
      tree.roots().forEach(this::walk);
      return sections;
    }

    private void walk(int root) {
      int at = root;
      long until = end[root];
      while (true) {
        int child = lastBefore(at, until);
        if (child >= 0) {
          add(at, end[child], until);
          at = child;
          until = end[child];
        } else {
          add(at, start[at], until);
          if (at == root) {
            return;
          }
          until = start[at];
          at = tree.parent(at);
        }
      }
    }

    /// The child that ends last, at {@code until} or before, among those not walked yet.
    private int lastBefore(int at, long until) {
      List<Integer> children = waitedFor.get(at);
      while (passed[at] < children.size()) {
        int child = children.get(passed[at]++);
        if (end[child] <= until) {
          return child;
        }
      }
      return -1;
    }

    private void add(int at, long from, long to) {
      if (to > from) {
        sections.add(new Section(spans.get(at).spanId(), from, to));
      }
    }
  }
}
