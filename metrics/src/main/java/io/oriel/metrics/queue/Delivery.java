package io.oriel.metrics.queue;

import io.oriel.metrics.config.RemoteWriteConfig;
import io.oriel.metrics.discovery.Pause;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.retry.Backoff;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.remotewrite.RemoteWriteVersion;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Posts requests of one queue, again while the other side says that it may work later.
/// Thread-safe.
final class Delivery {
  /// How a request ended.
  sealed interface Outcome {
    /// It was taken.
    ///
    /// @param result its headers say what was written
    record Taken(HttpResult result) implements Outcome {}

    /// It is not to be sent again.
    ///
    /// @param result null when there was no answer
    record Refused(@Nullable HttpResult result, String why) implements Outcome {}
  }

  private static final int MAX_REASON = 1024;
  private static final long MAX_ANSWER_BYTES = 64 << 10;

  private final RemoteWriteConfig config;
  private final HttpClient client;
  private final Pause pause;
  private final InstantSource clock;
  private final RandomGenerator random;

  Delivery(
      RemoteWriteConfig config,
      HttpClient client,
      Pause pause,
      InstantSource clock,
      RandomGenerator random) {
    this.config = config;
    this.client = client;
    this.pause = pause;
    this.clock = clock;
    this.random = random;
  }

  RemoteWriteVersion version() {
    return switch (config.version()) {
      case V1 -> RemoteWriteVersion.V1;
      case V2 -> RemoteWriteVersion.V2;
    };
  }

  /// Sends a compressed request until it is taken or refused.
  ///
  /// @param beforeRetry is told the number of the attempt that failed; it may throw to give up
  Outcome send(byte[] compressed, IntConsumer beforeRetry) throws InterruptedException {
    Backoff backoff =
        new Backoff(
            Duration.ofMillis(config.queue().minBackoffMillis()),
            Duration.ofMillis(config.queue().maxBackoffMillis()),
            random);
    for (int attempt = 0; ; attempt++) {
      Duration asked = Duration.ZERO;
      try {
        HttpResult result = client.send(request(compressed, attempt));
        if (result.isSuccess()) {
          return new Outcome.Taken(result);
        }
        if (!isRetryable(result.status())) {
          return new Outcome.Refused(result, reason(result));
        }
        asked = retryAfter(result.header("retry-after"));
      } catch (IOException e) {
        return new Outcome.Refused(null, String.valueOf(e.getMessage()));
      } catch (OrielException e) {
        boolean again = e.kind() == Kind.UNAVAILABLE || e.kind() == Kind.TIMEOUT;
        if (!again) {
          return new Outcome.Refused(null, e.reason());
        }
      }
      beforeRetry.accept(attempt);
      pause.sleep(backoff.next(asked).toMillis());
    }
  }

  private boolean isRetryable(int status) {
    return status / 100 == 5 || (status == 429 && config.queue().retryOn429());
  }

  private HttpRequest request(byte[] compressed, int attempt) {
    HttpRequest request =
        HttpRequest.post(URI.create(config.url()), version().contentType(), compressed)
            .withHeader("content-encoding", Compression.SNAPPY.word())
            .withHeader("x-prometheus-remote-write-version", version().header())
            .withTimeout(Duration.ofMillis(config.timeoutMillis()))
            .withMaxBodyBytes(MAX_ANSWER_BYTES);
    if (attempt > 0) {
      request = request.withHeader("retry-attempt", Integer.toString(attempt));
    }
    for (Map.Entry<String, String> header : config.headers().entrySet()) {
      request =
          request.withHeader(header.getKey().toLowerCase(java.util.Locale.ROOT), header.getValue());
    }
    return request;
  }

  private static String reason(HttpResult result) {
    String text = result.text().strip();
    return "server returned HTTP status "
        + result.statusLine()
        + ": "
        + (text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON) + "…");
  }

  /// Seconds, or an HTTP date; zero for anything else.
  private Duration retryAfter(String header) {
    if (header.isEmpty()) {
      return Duration.ZERO;
    }
    try {
      return Duration.ofSeconds(Math.max(0, Long.parseLong(header.strip())));
    } catch (NumberFormatException _) {
      try {
        ZonedDateTime at =
            ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
        Duration left = Duration.between(clock.instant(), at.toInstant());
        return left.isNegative() ? Duration.ZERO : left;
      } catch (DateTimeException _) {
        return Duration.ZERO;
      }
    }
  }
}
