package io.oriel.promql;

import java.util.List;

/// What a query took.
///
/// @param queueNanos time spent waiting for its turn
/// @param prepareNanos time spent on the plan
/// @param evalNanos time spent on evaluation, reading included
/// @param totalSamples samples looked at, counted once for each step they were looked at for
/// @param peakSamples most samples in memory at once
/// @param peakBytes most bytes of results in memory at once
/// @param seriesRead series read from storage
/// @param samplesPerStep samples looked at per step; empty unless {@link Feature#PER_STEP_STATS}
public record QueryStats(
    long queueNanos,
    long prepareNanos,
    long evalNanos,
    long totalSamples,
    long peakSamples,
    long peakBytes,
    long seriesRead,
    List<Long> samplesPerStep) {
  public QueryStats {
    samplesPerStep = List.copyOf(samplesPerStep);
  }
}
