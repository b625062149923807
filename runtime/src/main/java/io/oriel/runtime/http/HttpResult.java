package io.oriel.runtime.http;

import com.linecorp.armeria.common.HttpStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What came back. Immutable.
public final class HttpResult {
  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;

  HttpResult(int status, Map<String, String> headers, byte[] body) {
    this.status = status;
    this.headers = Map.copyOf(headers);
    this.body = body;
  }

  public int status() {
    return status;
  }

  /// The status with its reason, as in `503 Service Unavailable`.
  public String statusLine() {
    return HttpStatus.valueOf(status).toString();
  }

  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /// The first value of header {@code name}, given in lower case; empty when there is none.
  public String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /// The first value of every header, by its name in lower case.
  public Map<String, String> headers() {
    return headers;
  }

  /// The body, decompressed unless {@link HttpRequest#withPackedAnswer} was asked for. The array is
  /// the result's own: do not change it.
  public byte[] body() {
    return body;
  }

  /// The body as UTF-8 text.
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
