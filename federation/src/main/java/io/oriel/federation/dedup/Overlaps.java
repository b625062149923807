package io.oriel.federation.dedup;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/// Takes one series apart whose chunks overlap in time.
public final class Overlaps {
  private Overlaps() {}

  /// As few runs of chunks as it takes for no two chunks of one run to overlap; each chunk goes to
  /// the first run that ends before it, so the runs can be merged as replicas.
  ///
  /// @param chunks by start time
  /// @param min start of a chunk, inclusive
  /// @param max end of a chunk, inclusive
  public static <T> List<List<T>> split(
      List<T> chunks, ToLongFunction<T> min, ToLongFunction<T> max) {
    List<List<T>> runs = new ArrayList<>();
    for (T chunk : chunks) {
      runFor(runs, min.applyAsLong(chunk), max).add(chunk);
    }
    return runs;
  }

  private static <T> List<T> runFor(List<List<T>> runs, long start, ToLongFunction<T> max) {
    for (List<T> run : runs) {
      if (max.applyAsLong(run.getLast()) < start) {
        return run;
      }
    }
    List<T> run = new ArrayList<>();
    runs.add(run);
    return run;
  }
}
