package io.oriel.federation.downsample;

import java.time.Duration;
import java.util.Optional;

/// The steps at which samples are kept.
public enum Resolution {
  RAW(0, Duration.ZERO),
  FIVE_MINUTES(300_000, Duration.ofHours(40)),
  ONE_HOUR(3_600_000, Duration.ofDays(10));

  private final long millis;
  private final Duration shortestBlock;

  Resolution(long millis, Duration shortestBlock) {
    this.millis = millis;
    this.shortestBlock = shortestBlock;
  }

  /// Width of a window; zero for samples as they came.
  public long millis() {
    return millis;
  }

  /// How long a block of the next finer step has to be before this one is made of it. A shorter one
  /// will still be compacted, and then downsampled as a whole.
  public Duration shortestBlock() {
    return shortestBlock;
  }

  /// The next coarser step.
  public Optional<Resolution> coarser() {
    return this == ONE_HOUR ? Optional.empty() : Optional.of(values()[ordinal() + 1]);
  }

  /// The step of this width.
  public static Optional<Resolution> ofMillis(long millis) {
    for (Resolution one : values()) {
      if (one.millis == millis) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }
}
