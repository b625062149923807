package io.oriel.runtime.http;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.oriel.runtime.tls.PeerCheck;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// A request being answered. Used by its handler's thread.
public final class HttpCall {
  private final ServiceRequestContext context;
  private final RequestHeaders headers;
  private final byte[] body;
  private final InputStream bodyStream;
  private final QueryParams form;
  private final String path;

  /// A call whose body is there.
  HttpCall(ServiceRequestContext context, AggregatedHttpRequest request, String path) {
    this.context = context;
    this.headers = request.headers();
    this.body = request.content().array();
    this.bodyStream = new ByteArrayInputStream(body);
    this.path = path;
    String type = headers.get("content-type", "");
    this.form =
        type.startsWith("application/x-www-form-urlencoded")
            ? QueryParams.fromQueryString(request.content(StandardCharsets.UTF_8), 100_000)
            : QueryParams.of();
  }

  /// A call whose body is still coming.
  HttpCall(
      ServiceRequestContext context, RequestHeaders headers, InputStream bodyStream, String path) {
    this.context = context;
    this.headers = headers;
    this.body = new byte[0];
    this.bodyStream = new Lent(bodyStream);
    this.form = QueryParams.of();
    this.path = path;
  }

  public String method() {
    return headers.method().name();
  }

  /// The decoded path without the server's route prefix.
  public String path() {
    return path;
  }

  /// The path and query as they were sent.
  public String target() {
    return headers.path();
  }

  /// The part of the path that the route calls `{name}`, decoded.
  public String pathParam(String name) {
    String value = context.pathParam(name);
    return value == null ? "" : value;
  }

  /// The first value of {@code name} in the form body, else in the query; empty when it is in
  /// neither.
  public String param(String name) {
    String value = form.get(name);
    return value != null ? value : context.queryParams().get(name, "");
  }

  /// Whether {@code name} is given in the form body or the query.
  public boolean hasParam(String name) {
    return form.contains(name) || context.queryParams().contains(name);
  }

  /// All values of {@code name}, those of the form body first.
  public List<String> params(String name) {
    List<String> values = new ArrayList<>(form.getAll(name));
    values.addAll(context.queryParams().getAll(name));
    return values;
  }

  /// The names of all parameters, sorted.
  public Iterable<String> paramNames() {
    TreeSet<String> names = new TreeSet<>(form.names());
    names.addAll(context.queryParams().names());
    return names;
  }

  /// The first value of header {@code name}; empty when there is none.
  public String header(String name) {
    return headers.get(name, "");
  }

  /// The first value of every header, by its name in lower case; without HTTP/2's pseudo-headers.
  public Map<String, String> headers() {
    Map<String, String> all = new LinkedHashMap<>();
    headers.forEach(
        (name, value) -> {
          if (name.charAt(0) != ':') {
            all.putIfAbsent(name.toString(), value);
          }
        });
    return all;
  }

  /// The host that the client asked for, with its port.
  public String authority() {
    String authority = headers.authority();
    return authority == null ? "" : authority;
  }

  /// The body as it was sent, still compressed if it was; empty on a route whose body is streamed.
  /// Do not change it.
  public byte[] body() {
    return body;
  }

  /// How many bytes the body has as it is sent, if its sender says so; zero if not.
  public long bodyLength() {
    long length = headers.contentLength();
    return Math.max(0, length);
  }

  /// The body as it was sent, still compressed if it was. On a streamed route reading waits for the
  /// client, throws an `IOException` when the client goes away or sends more than the server's
  /// limit; the server closes it, and closing it before has no effect.
  public InputStream bodyStream() {
    return bodyStream;
  }

  /// The certificate that the client showed, and that was found good; empty without mutual TLS.
  public Optional<X509Certificate> clientCertificate() {
    return Optional.ofNullable(PeerCheck.leaf(context.sslSession()));
  }

  /// The other side's address and port.
  public String remote() {
    var remote = context.remoteAddress();
    return remote.getAddress() == null
        ? remote.toString()
        : remote.getAddress().getHostAddress() + ":" + remote.getPort();
  }

  /// Runs {@code action} if the client goes away before the answer is complete.
  public void onCancel(Runnable action) {
    var _ = context.whenRequestCancelled().thenAccept(_ -> action.run());
  }

  /// A stream that its reader cannot close.
  private static final class Lent extends FilterInputStream {
    Lent(InputStream in) {
      super(in);
    }

    @Override
    public void close() {
      // the server does
    }
  }
}
