package io.oriel.federation.frontend;

import io.oriel.federation.bucket.Pause;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The query role behind the frontend. Thread-safe.
final class Downstream {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final long MAX_BYTES = 256L << 20;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  /** About one connection only, or wrong once the body is decompressed. */
  private static final Set<String> OF_CONNECTION =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "host",
          "http2-settings",
          "accept-encoding",
          "content-length");

  private final HttpClient client;
  private final String base;
  private final Pause pause;
  private final FrontendMetrics metrics;

  Downstream(HttpClient client, URI base, Pause pause, FrontendMetrics metrics) {
    this.client = client;
    this.base = base.toString().replaceAll("/+$", "");
    this.pause = pause;
    this.metrics = metrics;
  }

  /// Sends {@code call} on as it is.
  HttpAnswer pass(HttpCall call) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.of(call.method(), URI.create(base + call.target()), call.body());
    for (Map.Entry<String, String> header : call.headers().entrySet()) {
      if (!OF_CONNECTION.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        request = request.withHeader(header.getKey(), header.getValue());
      }
    }
    return answer(client.send(request.withTimeout(TIMEOUT).withMaxBodyBytes(MAX_BYTES)));
  }

  /// The other side's answer as ours.
  static HttpAnswer answer(HttpResult result) {
    HttpAnswer answer = HttpAnswer.of(result.status(), "", result.body());
    boolean unpacked = result.header("content-encoding").equalsIgnoreCase("gzip");
    result
        .headers()
        .forEach(
            (name, value) -> {
              boolean left = unpacked && name.equals("content-encoding");
              if (name.charAt(0) != ':' && !OF_CONNECTION.contains(name) && !left) {
                answer.header(name, value);
              }
            });
    return answer;
  }

  /// Asks for a piece of a range query; failures of the other side are asked again with growing
  /// pauses, {@code tries} times in all.
  ///
  /// @throws OrielException when it cannot be reached at the last try either
  HttpResult range(String path, RangeRequest piece, int tries)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.post(URI.create(base + path), "application/x-www-form-urlencoded", piece.form())
            .withTimeout(TIMEOUT)
            .withMaxBodyBytes(MAX_BYTES);
    for (Map.Entry<String, String> header : piece.headers().entrySet()) {
      request = request.withHeader(header.getKey(), header.getValue());
    }
    Duration wait = FIRST_PAUSE;
    for (int tried = 1; ; tried++) {
      try {
        HttpResult result = client.send(request);
        if (result.status() < 500 || tried >= tries) {
          metrics.retried(tried - 1);
          return result;
        }
      } catch (OrielException e) {
        if (tried >= tries || !repeatable(e)) {
          metrics.retried(tried - 1);
          throw e;
        }
      }
      pause.of(wait);
      wait =
          wait.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? wait.multipliedBy(2) : LONGEST_PAUSE;
    }
  }

  private static boolean repeatable(OrielException e) {
    return switch (e.kind()) {
      case UNAVAILABLE, TIMEOUT -> true;
      case INVALID,
          NOT_FOUND,
          CANCELLED,
          LIMITED,
          CONFLICT,
          FORBIDDEN,
          UNAUTHENTICATED,
          CORRUPT,
          BUG ->
          false;
    };
  }
}
