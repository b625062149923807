package io.oriel.search.client;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Sends calls to whichever URL answers. Thread-safe.
final class EngineCalls implements AutoCloseable {
  private static final byte[] NO_BODY = {};
  private static final String JSON = "application/json";
  private static final String LINES = "application/x-ndjson";
  private static final String HEX = "0123456789ABCDEF";

  /// Whether a call may be sent twice.
  enum Repeat {
    /** Twice is the same as once. */
    SAFE,
    /** Only when the first did not get through. */
    UNSENT_ONLY
  }

  private final SearchClientConfig config;
  private final HttpClient http;
  private final AtomicInteger preferred = new AtomicInteger();

  EngineCalls(SearchClientConfig config, HttpClient http) {
    this.config = config;
    this.http = http;
  }

  JsonNode get(String path) throws InterruptedException {
    return json("GET", path, NO_BODY, Repeat.SAFE);
  }

  boolean exists(String path) throws InterruptedException {
    HttpResult result = send("HEAD", path, NO_BODY, JSON, Repeat.SAFE, config.timeout());
    if (result.status() == 404) {
      return false;
    }
    if (!result.isSuccess()) {
      throw EngineException.of("HEAD " + path, result.status(), "", "", "");
    }
    return true;
  }

  JsonNode put(String path, byte[] body) throws InterruptedException {
    return json("PUT", path, body, Repeat.SAFE);
  }

  JsonNode delete(String path) throws InterruptedException {
    return json("DELETE", path, NO_BODY, Repeat.SAFE);
  }

  JsonNode delete(String path, byte[] body) throws InterruptedException {
    return json("DELETE", path, body, Repeat.SAFE);
  }

  /// A POST that only asks.
  JsonNode ask(String path, byte[] body) throws InterruptedException {
    return json("POST", path, body, Repeat.SAFE);
  }

  /// A POST that does something.
  JsonNode act(String path, byte[] body) throws InterruptedException {
    return json("POST", path, body, Repeat.UNSENT_ONLY);
  }

  JsonNode json(String method, String path, byte[] body, Repeat repeat)
      throws InterruptedException {
    return tree(method, path, send(method, path, body, JSON, repeat, config.timeout()));
  }

  JsonNode lines(String path, byte[] body, Repeat repeat) throws InterruptedException {
    return tree("POST", path, send("POST", path, body, LINES, repeat, config.timeout()));
  }

  /// The body of a successful answer to {@code body} in lines.
  byte[] linesRaw(String path, byte[] body, Repeat repeat, Duration timeout)
      throws InterruptedException {
    HttpResult result = send("POST", path, body, LINES, repeat, timeout);
    if (!result.isSuccess()) {
      throw EngineException.of("POST " + path, result);
    }
    return result.body();
  }

  private static JsonNode tree(String method, String path, HttpResult result) {
    if (!result.isSuccess()) {
      throw EngineException.of(method + " " + path, result);
    }
    try {
      return Json.read(result.body());
    } catch (JacksonException e) {
      throw new OrielException(
          Kind.UNAVAILABLE, method + " " + path + ": the answer is not JSON", e);
    }
  }

  HttpResult send(
      String method, String path, byte[] body, String type, Repeat repeat, Duration timeout)
      throws InterruptedException {
    List<URI> urls = config.urls();
    OrielException last = null;
    for (int attempt = 0; attempt < urls.size(); attempt++) {
      int index = Math.floorMod(preferred.get(), urls.size());
      try {
        HttpResult result = http.send(request(urls.get(index), method, path, body, type, timeout));
        boolean elsewhere = result.status() == 502 || result.status() == 503;
        if (!elsewhere || attempt + 1 == urls.size() || repeat != Repeat.SAFE) {
          return result;
        }
      } catch (OrielException e) {
        boolean again =
            e.kind() == Kind.UNAVAILABLE && (repeat == Repeat.SAFE || isUnsent(e))
                || e.kind() == Kind.TIMEOUT && repeat == Repeat.SAFE;
        if (!again) {
          throw e;
        }
        last = e;
      } catch (IOException e) {
        throw new OrielException(Kind.UNAVAILABLE, method + " " + path + ": " + e.getMessage(), e);
      }
      preferred.compareAndSet(index, (index + 1) % urls.size());
    }
    throw last == null ? OrielException.bug("no URL was asked") : last;
  }

  private static boolean isUnsent(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return true;
      }
    }
    return false;
  }

  private HttpRequest request(
      URI base, String method, String path, byte[] body, String type, Duration timeout) {
    String root = base.toString();
    URI uri = URI.create((root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + path);
    HttpRequest request =
        HttpRequest.of(method, uri, body)
            .withTimeout(timeout)
            .withMaxBodyBytes(config.maxAnswerBytes());
    return body.length == 0 ? request : request.withHeader("content-type", type);
  }

  /// {@code segment} as it may stand in a path or a query.
  static String encoded(String segment) {
    StringBuilder out = new StringBuilder(segment.length() + 8);
    for (byte b : segment.getBytes(StandardCharsets.UTF_8)) {
      int c = b & 0xff;
      boolean plain =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || "-_.~*,".indexOf(c) >= 0;
      if (plain) {
        out.append((char) c);
      } else {
        out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    return out.toString();
  }

  /// Names joined by commas, as they stand in a path.
  static String encoded(List<String> names) {
    return encoded(String.join(",", names));
  }

  @Override
  public void close() {
    http.close();
  }
}
