package io.oriel.federation.bucket;

import java.time.Duration;

/// Lets time go by; a test lets it fly.
public interface Pause {
  /// Returns after {@code duration}.
  void of(Duration duration) throws InterruptedException;
}
