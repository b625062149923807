package io.oriel.promql.eval;

import io.oriel.promql.plan.PlanNode.When;
import io.oriel.promql.value.Grid;
import java.util.Arrays;
import java.util.function.Consumer;

/// Which samples every step sees, for series with certain timestamps: those after the start of the
/// step's range and up to its end.
///
/// The series of a scraped target have the same timestamps, sample by sample, so what was found for
/// one holds for the others: it takes one comparison of arrays to know. Confined to one thread.
final class Windows {
  /** Per step, the first sample inside. */
  final int[] first;

  /** Per step, the sample behind the last inside; nothing is inside when it is not above first. */
  final int[] end;

  /** Per step, what a function makes of the timestamps alone; empty when it needs nothing. */
  final double[] factor;

  /** As {@link #factor}. */
  final double[] share;

  /** How many samples all windows hold together. */
  long looked;

  private long[] times = new long[0];
  private int size = -1;

  private Windows(int steps, boolean factors) {
    first = new int[steps];
    end = new int[steps];
    factor = new double[factors ? steps : 0];
    share = new double[factors ? steps : 0];
  }

  private boolean isFor(long[] wanted, int wantedSize) {
    return size == wantedSize && Arrays.equals(times, 0, size, wanted, 0, wantedSize);
  }

  private void fill(Range range, long[] newTimes, int newSize) {
    if (times.length < newSize) {
      times = new long[newSize + (newSize >> 2)];
    }
    System.arraycopy(newTimes, 0, times, 0, newSize);
    size = newSize;
    looked = 0;
    int from = 0;
    int to = 0;
    for (int step = 0; step < first.length; step++) {
      long until = range.when().from(range.grid().time(step));
      long after = until - range.rangeMillis();
      while (to < newSize && newTimes[to] <= until) {
        to++;
      }
      while (from < to && newTimes[from] <= after) {
        from++;
      }
      first[step] = from;
      end[step] = to;
      looked += to - from;
    }
  }

  /// The ranges of all steps.
  record Range(Grid grid, When when, long rangeMillis) {}

  /// Windows that were found lately, in slots by hash; a series of other timestamps takes over the
  /// slot. Confined to one thread.
  static final class Cache {
    private static final int MAX_BYTES = 2 << 20;
    private static final int MAX_SLOTS = 256;

    /** Room for the timestamps of each slot, as a guess. */
    private static final int TIMES_BYTES = 4096;

    private final Range range;
    private final boolean factors;
    private final Consumer<Windows> prepare;
    private final Windows[] slots;

    private Cache(Range range, boolean factors, Consumer<Windows> prepare) {
      this.range = range;
      this.factors = factors;
      this.prepare = prepare;
      long each = TIMES_BYTES + (factors ? 24L : 8L) * range.grid().count();
      slots = new Windows[Integer.highestOneBit(Math.clamp(MAX_BYTES / each, 1, MAX_SLOTS))];
    }

    static Cache of(Range range) {
      return new Cache(range, false, _ -> {});
    }

    /// A cache whose windows have factors, which {@code prepare} computes from the timestamps that
    /// were asked for last.
    static Cache withFactors(Range range, Consumer<Windows> prepare) {
      return new Cache(range, true, prepare);
    }

    /// The windows for the first {@code size} of {@code times}; valid until the next call.
    Windows find(long[] times, int size) {
      Windows found = slot(times, size);
      if (!found.isFor(times, size)) {
        found.fill(range, times, size);
        prepare.accept(found);
      }
      return found;
    }

    private Windows slot(long[] times, int size) {
      long key = size == 0 ? 0 : times[0] + 31 * times[size - 1] + 961L * size;
      int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 40) & (slots.length - 1);
      Windows found = slots[slot];
      if (found == null) {
        found = new Windows(range.grid().count(), factors);
        slots[slot] = found;
      }
      return found;
    }
  }

  /// The timestamps these windows were made for; as many as there were samples, or more.
  long[] times() {
    return times;
  }
}
