package io.oriel.runtime.http;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// A request being answered. Used by its handler's thread.
public final class HttpCall {
  private final ServiceRequestContext context;
  private final AggregatedHttpRequest request;
  private final QueryParams form;
  private final String path;

  HttpCall(ServiceRequestContext context, AggregatedHttpRequest request, String path) {
    this.context = context;
    this.request = request;
    this.path = path;
    String type = request.headers().get("content-type", "");
    this.form =
        type.startsWith("application/x-www-form-urlencoded")
            ? QueryParams.fromQueryString(request.content(StandardCharsets.UTF_8), 100_000)
            : QueryParams.of();
  }

  public String method() {
    return request.method().name();
  }

  /// The decoded path without the server's route prefix.
  public String path() {
    return path;
  }

  /// The path and query as they were sent.
  public String target() {
    return request.path();
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
    return request.headers().get(name, "");
  }

  /// The first value of every header, by its name in lower case; without HTTP/2's pseudo-headers.
  public Map<String, String> headers() {
    Map<String, String> all = new LinkedHashMap<>();
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (name.charAt(0) != ':') {
                all.putIfAbsent(name.toString(), value);
              }
            });
    return all;
  }

  /// The host that the client asked for, with its port.
  public String authority() {
    String authority = request.headers().authority();
    return authority == null ? "" : authority;
  }

  /// The body as it was sent, still compressed if it was. Do not change it.
  public byte[] body() {
    return request.content().array();
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
}
