package io.oriel.traces.receive;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.RetryLater;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.limit.Limit;
import io.oriel.wire.compress.Compression;
import java.time.Duration;
import java.util.function.Function;

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

  /// What was read from a body.
  ///
  /// @param bytes the body's, decompressed
  record Read<T>(T value, int bytes) {}

  /// Decompresses and reads the call's body when it is its turn, which it does not keep.
  ///
  /// @throws LimitExceeded when it is too large
  /// @throws RetryLater when its turn does not come
  <T> Read<T> read(HttpCall call, Function<byte[], T> reader) throws InterruptedException {
    Compression compression = Compression.ofWord(call.header("content-encoding"));
    try (Limit.Permit _ = acquire()) {
      byte[] body = compression.decompress(call.body(), maxBytes);
      return new Read<>(reader.apply(body), body.length);
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
