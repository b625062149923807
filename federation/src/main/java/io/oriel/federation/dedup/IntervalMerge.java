package io.oriel.federation.dedup;

import io.oriel.federation.dedup.Deduplication.Values;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.SampleColumns;
import java.util.Arrays;
import java.util.List;

/// All replicas at once, aware of how often each is scraped.
///
/// The answer stays with one replica while its next sample comes within 1.5 of its own scrape
/// intervals. Otherwise the earliest sample of any replica that is at least half an interval away
/// from the last one taken is used, and the answer stays with that replica. So samples are never
/// closer together than half an interval except where the replica itself has them so, and one
/// missed scrape is enough to change over (the penalty needs about two, and guesses the interval
/// from the last two samples even across a gap).
///
/// A stale marker counts only when no other replica has a sample within one interval after it.
final class IntervalMerge {
  /** How many distances on each side of a sample tell the interval there. */
  private static final int SIDE = 4;

  private final List<SampleColumns> replicas;
  private final boolean raises;
  private final Output out;
  private final int[] at;
  private final double[] raise;
  private final long[] distances = new long[2 * SIDE];
  private int current = -1;
  private long interval;
  private long lastMillis;
  private double lastValue = Double.NaN;

  private IntervalMerge(List<SampleColumns> replicas, Values values, SampleColumns into) {
    this.replicas = replicas;
    this.raises = values == Values.NEVER_FALLING;
    this.out = new Output(into);
    this.at = new int[replicas.size()];
    this.raise = new double[replicas.size()];
  }

  static void merge(List<SampleColumns> replicas, Values values, SampleColumns into) {
    IntervalMerge merge = new IntervalMerge(replicas, values, into);
    int next = merge.earliest(Long.MIN_VALUE);
    while (next >= 0) {
      merge.take(next);
      next = merge.choose();
    }
  }

  private void take(int replica) {
    SampleColumns rows = replicas.get(replica);
    int row = at[replica]++;
    boolean isFloat = rows.histogram(row) == null;
    if (replica != current) {
      current = replica;
      interval = intervalAround(rows, row);
      if (raises && isFloat && lastValue > rows.values()[row] + raise[replica]) {
        raise[replica] = lastValue - rows.values()[row];
      }
    }
    out.add(rows, row, isFloat ? raise[replica] : 0);
    lastMillis = rows.timestamps()[row];
    lastValue = isFloat ? rows.values()[row] + raise[replica] : Double.NaN;
  }

  /// The replica that has the next sample, or -1 after the last.
  private int choose() {
    SampleColumns rows = replicas.get(current);
    int row = at[current];
    if (row < rows.size()) {
      long due = lastMillis + interval + interval / 2;
      boolean stale = isStale(rows, row);
      if (rows.timestamps()[row] <= due && !stale) {
        return current;
      }
      interval = intervalAround(rows, row - 1);
      if (stale) {
        return insteadOfStale(rows.timestamps()[row]);
      }
    }
    return earliest(lastMillis + interval / 2);
  }

  private int insteadOfStale(long markerMillis) {
    int other = earliestOther(lastMillis + interval / 2);
    return other >= 0 && timeOf(other) <= markerMillis + interval ? other : current;
  }

  /// The replica with the earliest next sample, -1 when there is none; the current one wins a tie.
  private int earliest(long afterMillis) {
    int other = earliestOther(afterMillis);
    boolean more = current >= 0 && at[current] < replicas.get(current).size();
    if (!more) {
      return other;
    }
    return other >= 0 && timeOf(other) < timeOf(current) ? other : current;
  }

  /// Of the replicas but the current one, that with the earliest sample behind {@code afterMillis};
  /// -1 when there is none. Skips what lies before, and markers: that a replica nobody followed
  /// lost its target means nothing.
  private int earliestOther(long afterMillis) {
    int first = -1;
    for (int i = 0; i < at.length; i++) {
      SampleColumns rows = replicas.get(i);
      while (i != current
          && at[i] < rows.size()
          && (timeOf(i) <= afterMillis || isStale(rows, at[i]))) {
        at[i]++;
      }
      if (i != current && at[i] < rows.size() && (first < 0 || timeOf(i) < timeOf(first))) {
        first = i;
      }
    }
    return first;
  }

  private long timeOf(int replica) {
    return replicas.get(replica).timestamps()[at[replica]];
  }

  private static boolean isStale(SampleColumns rows, int row) {
    NativeHistogram histogram = rows.histogram(row);
    return StaleMarker.is(histogram == null ? rows.values()[row] : histogram.sum());
  }

  /// The median distance of samples around {@code row}, the lower one of two; zero when the replica
  /// has one sample only.
  private long intervalAround(SampleColumns rows, int row) {
    int from = Math.max(0, row - SIDE);
    int to = Math.min(rows.size() - 1, row + SIDE);
    int n = to - from;
    if (n == 0) {
      return 0;
    }
    for (int i = 0; i < n; i++) {
      distances[i] = rows.timestamps()[from + i + 1] - rows.timestamps()[from + i];
    }
    Arrays.sort(distances, 0, n);
    return distances[(n - 1) / 2];
  }
}
