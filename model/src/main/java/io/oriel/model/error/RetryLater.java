package io.oriel.model.error;

import java.time.Duration;

/// A refusal that says when to come again: `Retry-After` over HTTP, `google.rpc.RetryInfo` over
/// gRPC.
public class RetryLater extends OrielException {
  private static final long serialVersionUID = 1;

  private final Duration retryAfter;

  /// @param kind LIMITED or UNAVAILABLE
  public RetryLater(Kind kind, Duration retryAfter, String message) {
    super(kind, message);
    this.retryAfter = retryAfter;
  }

  /// How long to wait.
  public final Duration retryAfter() {
    return retryAfter;
  }

  /// The same in whole seconds, at least one.
  public final long retryAfterSeconds() {
    return Math.max(1, retryAfter.plusMillis(999).toSeconds());
  }
}
