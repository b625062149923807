package io.oriel.runtime.http;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// A request to send. Immutable; the `with…` methods copy.
public final class HttpRequest {
  private static final byte[] NO_BODY = {};

  private final String method;
  private final URI uri;
  private final Map<String, String> headers;
  private final byte[] body;
  private final int bodyLength;
  private final Duration timeout;
  private final long maxBodyBytes;
  private final boolean packed;

  private HttpRequest(
      String method,
      URI uri,
      Map<String, String> headers,
      byte[] body,
      int bodyLength,
      Duration timeout,
      long maxBodyBytes,
      boolean packed) {
    this.method = method;
    this.uri = uri;
    this.headers = headers;
    this.body = body;
    this.bodyLength = bodyLength;
    this.timeout = timeout;
    this.maxBodyBytes = maxBodyBytes;
    this.packed = packed;
  }

  /// A GET with thirty seconds of patience.
  public static HttpRequest get(URI uri) {
    return new HttpRequest("GET", uri, Map.of(), NO_BODY, 0, Duration.ofSeconds(30), 0, false);
  }

  /// A POST of {@code body}, which must not change afterwards, with thirty seconds of patience.
  public static HttpRequest post(URI uri, String contentType, byte[] body) {
    return post(uri, contentType, body, body.length);
  }

  /// A POST of the first {@code length} bytes of {@code body}, which must not change afterwards,
  /// with thirty seconds of patience.
  public static HttpRequest post(URI uri, String contentType, byte[] body, int length) {
    return new HttpRequest(
        "POST",
        uri,
        Map.of("content-type", contentType),
        body,
        length,
        Duration.ofSeconds(30),
        0,
        false);
  }

  /// Any request, with thirty seconds of patience. {@code body} must not change afterwards.
  ///
  /// @param method in upper case
  public static HttpRequest of(String method, URI uri, byte[] body) {
    return new HttpRequest(
        method, uri, Map.of(), body, body.length, Duration.ofSeconds(30), 0, false);
  }

  /// The same with header {@code name}, in lower case, set.
  public HttpRequest withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new HttpRequest(method, uri, more, body, bodyLength, timeout, maxBodyBytes, packed);
  }

  /// The same with {@code newTimeout} for the whole exchange, redirects included.
  public HttpRequest withTimeout(Duration newTimeout) {
    return new HttpRequest(
        method, uri, headers, body, bodyLength, newTimeout, maxBodyBytes, packed);
  }

  /// The same, refusing an answer of more than {@code bytes} after decompression; zero for no
  /// limit.
  public HttpRequest withMaxBodyBytes(long bytes) {
    return new HttpRequest(method, uri, headers, body, bodyLength, timeout, bytes, packed);
  }

  /// The same, whose answer's body is left as it comes, compressed if its `content-encoding` says
  /// so. Set `accept-encoding` to what can be used.
  public HttpRequest withPackedAnswer() {
    return new HttpRequest(method, uri, headers, body, bodyLength, timeout, maxBodyBytes, true);
  }

  HttpRequest redirected(URI to, boolean keepMethod, boolean keepAuthorization) {
    Map<String, String> kept = new LinkedHashMap<>(headers);
    if (!keepAuthorization) {
      kept.remove("authorization");
    }
    return new HttpRequest(
        keepMethod ? method : "GET",
        to,
        kept,
        keepMethod ? body : NO_BODY,
        keepMethod ? bodyLength : 0,
        timeout,
        maxBodyBytes,
        packed);
  }

  boolean isAnswerPacked() {
    return packed;
  }

  public String method() {
    return method;
  }

  public URI uri() {
    return uri;
  }

  public Map<String, String> headers() {
    return headers;
  }

  /// What to send of it is {@link #bodyLength}.
  byte[] body() {
    return body;
  }

  int bodyLength() {
    return bodyLength;
  }

  public Duration timeout() {
    return timeout;
  }

  public long maxBodyBytes() {
    return maxBodyBytes;
  }
}
