package io.oriel.federation.dedup;

import io.oriel.model.series.SampleColumns;
import java.util.List;

/// Every sample of every replica, by time; of several with one time the first replica's.
final class ChainMerge {
  private ChainMerge() {}

  static void merge(List<SampleColumns> replicas, SampleColumns into) {
    int[] at = new int[replicas.size()];
    Output out = new Output(into);
    for (int next = earliest(replicas, at); next >= 0; next = earliest(replicas, at)) {
      SampleColumns replica = replicas.get(next);
      long taken = replica.timestamps()[at[next]];
      out.add(replica, at[next], 0);
      for (int i = 0; i < at.length; i++) {
        SampleColumns other = replicas.get(i);
        at[i] += at[i] < other.size() && other.timestamps()[at[i]] == taken ? 1 : 0;
      }
    }
  }

  private static int earliest(List<SampleColumns> replicas, int[] at) {
    int first = -1;
    long earliest = Long.MAX_VALUE;
    for (int i = 0; i < at.length; i++) {
      SampleColumns replica = replicas.get(i);
      if (at[i] < replica.size() && (first < 0 || replica.timestamps()[at[i]] < earliest)) {
        first = i;
        earliest = replica.timestamps()[at[i]];
      }
    }
    return first;
  }
}
