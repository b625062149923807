package io.oriel.traces.batch;

import java.time.Duration;

/// How spans are written to the engine; upstream's `--es.bulk.*`.
///
/// @param workers bulk requests under way at once
/// @param batchSpans most spans of one request
/// @param batchBytes most bytes of one request's body
/// @param linger how long a span waits for others
/// @param firstPause before the first repetition; doubles
/// @param longestPause between repetitions
/// @param drain how long a stop waits for the engine
public record DeliveryOptions(
    int workers,
    int batchSpans,
    int batchBytes,
    Duration linger,
    Duration firstPause,
    Duration longestPause,
    Duration drain) {
  /// Two requests at once, of 5 MB each, after 200 ms at the latest, as upstream.
  public static DeliveryOptions standard() {
    return new DeliveryOptions(
        2,
        5_000,
        5_000_000,
        Duration.ofMillis(200),
        Duration.ofMillis(200),
        Duration.ofSeconds(10),
        Duration.ofSeconds(20));
  }
}
