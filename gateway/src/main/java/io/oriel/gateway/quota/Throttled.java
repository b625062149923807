package io.oriel.gateway.quota;

import io.oriel.model.error.Kind;
import io.oriel.model.error.RetryLater;
import java.time.Duration;

/// A request that is to be sent again later.
public final class Throttled extends RetryLater {
  private static final long serialVersionUID = 1;

  private final String limit;

  Throttled(String limit, Duration retryAfter, String message) {
    super(Kind.LIMITED, retryAfter, message);
    this.limit = limit;
  }

  /// Which limit it ran into: `bytes`, `documents`, `requests`, `memory`, `engine`.
  public String limit() {
    return limit;
  }
}
