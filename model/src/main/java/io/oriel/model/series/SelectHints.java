package io.oriel.model.series;

import java.util.List;

/// What a reader wants of a selection, so that storage may do less; only the range is binding.
///
/// @param startMillis first sample time wanted, inclusive
/// @param endMillis last sample time wanted, inclusive
/// @param stepMillis distance of evaluation times, zero for an instant
/// @param rangeMillis width of the window in a range selector, zero for an instant selector
/// @param function the PromQL function or aggregation around the selector, or empty
/// @param grouping labels of an aggregation directly around the selector
/// @param by whether {@code grouping} names labels to keep (else to drop)
/// @param limit at most so many series, zero for all
/// @param sorted whether series must come in label order
public record SelectHints(
    long startMillis,
    long endMillis,
    long stepMillis,
    long rangeMillis,
    String function,
    List<String> grouping,
    boolean by,
    int limit,
    boolean sorted) {
  public SelectHints {
    grouping = List.copyOf(grouping);
  }

  /// Everything in a range, in label order.
  public static SelectHints range(long startMillis, long endMillis) {
    return new SelectHints(startMillis, endMillis, 0, 0, "", List.of(), false, 0, true);
  }

  public SelectHints withSorted(boolean newSorted) {
    return new SelectHints(
        startMillis, endMillis, stepMillis, rangeMillis, function, grouping, by, limit, newSorted);
  }

  public SelectHints withLimit(int newLimit) {
    return new SelectHints(
        startMillis, endMillis, stepMillis, rangeMillis, function, grouping, by, newLimit, sorted);
  }
}
