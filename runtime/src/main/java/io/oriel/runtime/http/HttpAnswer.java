package io.oriel.runtime.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An answer: a status, headers, and a body that is either there at once or written as a stream.
/// Immutable but for {@link #header}, which a handler calls before it returns the answer.
public final class HttpAnswer {
  /// Writes a body piece by piece; each write waits until the client can take it.
  @FunctionalInterface
  public interface BodyWriter {
    /// Writes the whole body to {@code out}, which the server closes. An exception breaks the
    /// connection off.
    void write(OutputStream out) throws IOException;
  }

  private static final byte[] NO_BODY = {};

  private final int status;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final byte[] body;
  private final @Nullable BodyWriter writer;

  private HttpAnswer(int status, String type, byte[] body, @Nullable BodyWriter writer) {
    this.status = status;
    this.body = body;
    this.writer = writer;
    if (!type.isEmpty()) {
      headers.put("content-type", type);
    }
  }

  /// An answer with {@code body}, which must not change afterwards.
  public static HttpAnswer of(int status, String contentType, byte[] body) {
    return new HttpAnswer(status, contentType, body, null);
  }

  /// Plain text.
  public static HttpAnswer text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /// JSON that is already encoded.
  public static HttpAnswer json(int status, byte[] body) {
    return of(status, "application/json", body);
  }

  /// A status and nothing else.
  public static HttpAnswer empty(int status) {
    return of(status, "", NO_BODY);
  }

  /// Sends the client to {@code location}.
  public static HttpAnswer redirect(String location) {
    return empty(302).header("location", location);
  }

  /// A body written as a stream.
  public static HttpAnswer stream(int status, String contentType, BodyWriter writer) {
    return new HttpAnswer(status, contentType, NO_BODY, writer);
  }

  /// Sets header {@code name}, given in lower case.
  public HttpAnswer header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  public int status() {
    return status;
  }

  Map<String, String> headers() {
    return headers;
  }

  byte[] body() {
    return body;
  }

  @Nullable BodyWriter writer() {
    return writer;
  }
}
