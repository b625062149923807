package io.oriel.traces.receive;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.RetryLater;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.limit.Limit;
import io.oriel.wire.compress.Compression;
import java.time.Duration;

/// Bodies of requests, decompressed within bounds; so many are decoded at once and no more.
/// Thread-safe.
public final class Bodies {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration SOON = Duration.ofSeconds(1);

  private final int maxBytes;
  private final Limit decoding;

  /// @param maxBytes of a body, decompressed
  /// @param atOnce how many bodies are decoded at once
  public Bodies(int maxBytes, int atOnce) {
    this.maxBytes = maxBytes;
    this.decoding = new Limit("collector.max-concurrent-requests", atOnce);
  }

  /// What is done with a body.
  interface Work<T> {
    T with(byte[] body);
  }

  /// Decompresses the call's body and does {@code work} with it when it is its turn.
  ///
  /// @throws LimitExceeded when it is too large
  /// @throws RetryLater when its turn does not come
  <T> T with(HttpCall call, Work<T> work) throws InterruptedException {
    Compression compression = Compression.ofWord(call.header("content-encoding"));
    try (Limit.Permit _ = acquire()) {
      return work.with(compression.decompress(call.body(), maxBytes));
    }
  }

  Limit.Permit acquire() throws InterruptedException {
    try {
      return decoding.acquire(PATIENCE);
    } catch (LimitExceeded e) {
      throw new RetryLater(Kind.LIMITED, SOON, e.reason());
    }
  }
}
