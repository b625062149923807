package io.oriel.traces.assemble;

import io.oriel.model.trace.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How two traces differ: how often each has a step, where a step is an operation of a service with
/// the steps that led to it.
public final class TraceComparison {
  private TraceComparison() {}

  /// A step of either trace.
  ///
  /// @param parent position of the step before it in the list; -1 for a first one
  /// @param left how many spans of the left trace are this step
  /// @param right how many of the right
  public record Step(String service, String operation, int parent, int left, int right) {
    /// How many more the right one has.
    public int difference() {
      return right - left;
    }
  }

  private record Key(int parent, String service, String operation) {}

  /// The steps of both, each after the one before it.
  public static List<Step> of(Trace left, Trace right) {
    Map<Key, Integer> positions = new LinkedHashMap<>();
    List<int[]> counts = new ArrayList<>();
    count(left.spans(), 0, positions, counts);
    count(right.spans(), 1, positions, counts);
    List<Step> steps = new ArrayList<>();
    positions.forEach(
        (key, at) ->
            steps.add(
                new Step(
                    key.service, key.operation, key.parent, counts.get(at)[0], counts.get(at)[1])));
    return steps;
  }

  private static void count(
      List<Span> spans, int side, Map<Key, Integer> positions, List<int[]> counts) {
    SpanTree tree = new SpanTree(spans);
    int[] stepOf = new int[spans.size()];
    for (int at : tree.parentsFirst()) {
      int parent = tree.hasParent(at) ? stepOf[tree.parent(at)] : -1;
      Key key = new Key(parent, spans.get(at).service(), spans.get(at).name());
      Integer position = positions.get(key);
      if (position == null) {
        position = counts.size();
        positions.put(key, position);
        counts.add(new int[2]);
      }
      stepOf[at] = position;
      counts.get(position)[side]++;
    }
  }
}
