package io.oriel.promql;

/// A query that waits or runs.
///
/// @param id names it for {@link QueryEngine#cancel}
/// @param ageNanos how long ago it was started
/// @param waiting whether it still waits for its turn
/// @param peakBytes most bytes of results it has held so far
public record RunningQuery(long id, String query, long ageNanos, boolean waiting, long peakBytes) {}
