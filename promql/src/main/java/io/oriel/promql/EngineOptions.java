package io.oriel.promql;

import java.time.Duration;
import java.util.Set;

/// How an engine treats every query, unless the query says otherwise.
///
/// @param lookback how old the newest sample of an instant selector may be
/// @param timeout how long a query may take, its time in the queue included
/// @param maxSamples samples one query may hold in memory, zero for no limit
/// @param maxBytes bytes of results and intermediate results one query may hold, zero for no limit
/// @param maxConcurrent how many queries run at once; more wait
/// @param defaultStep the step of subqueries that name none
/// @param features parts of the language that are on
public record EngineOptions(
    Duration lookback,
    Duration timeout,
    long maxSamples,
    long maxBytes,
    int maxConcurrent,
    Duration defaultStep,
    Set<Feature> features) {
  /** As Prometheus without flags. */
  public static final EngineOptions DEFAULT =
      new EngineOptions(
          Duration.ofMinutes(5),
          Duration.ofMinutes(2),
          50_000_000,
          0,
          20,
          Duration.ofMinutes(1),
          Set.of());

  public EngineOptions {
    features = Set.copyOf(features);
    if (maxConcurrent < 1) {
      throw new IllegalArgumentException("maxConcurrent: got " + maxConcurrent + ", want >= 1");
    }
  }

  /// The same with other features.
  public EngineOptions with(Set<Feature> newFeatures) {
    return new EngineOptions(
        lookback, timeout, maxSamples, maxBytes, maxConcurrent, defaultStep, newFeatures);
  }
}
