package io.oriel.traces.sample;

import java.time.Duration;

/// How probabilities follow the traffic; names and defaults are upstream's.
///
/// @param targetPerSecond sampled traces a second of each operation
/// @param tolerance how far from the target is near enough, as a share of it
/// @param interval between calculations
/// @param buckets how many intervals are looked at, the newest counting most
/// @param initial of an operation that was not seen before
/// @param lowest probability
/// @param growth most that a probability grows by at once, as a share of it; upstream's processor
///   passes 1 to its calculator, whose own default is 0.5 (2.20)
/// @param lowerBoundPerSecond traces a second that clients sample anyway
public record AdaptiveOptions(
    double targetPerSecond,
    double tolerance,
    Duration interval,
    int buckets,
    double initial,
    double lowest,
    double growth,
    double lowerBoundPerSecond) {
  public static AdaptiveOptions standard() {
    return new AdaptiveOptions(1, 0.3, Duration.ofMinutes(1), 10, 0.001, 1e-5, 1, 1.0 / 60);
  }
}
