package io.oriel.app.process;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.trace.Tracer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/// Where a role sends spans of its own work.
///
/// @param endpoint of OTLP over HTTP, such as a collector's `http://127.0.0.1:4318`; empty for not
///   at all
/// @param ratio the share of traces that are recorded, above 0 and up to 1
public record SelfTracing(String endpoint, double ratio) {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /// Nothing is recorded; contexts that come in are handed on.
  public static SelfTracing off() {
    return new SelfTracing("", 1);
  }

  /// A tracer of a role.
  ///
  /// @param service what the role is called in traces
  /// @param closer ends it
  /// @throws OrielException of kind INVALID when the ratio is out of range
  public Tracer start(String service, PrometheusRegistry registry, Closer closer)
      throws IOException {
    if (endpoint.isEmpty()) {
      return Tracer.off();
    }
    URI traces = URI.create(endpoint.replaceAll("/+$", "") + "/v1/traces");
    HttpClient client =
        closer.push(HttpClient.create(HttpClientConfig.standard(), "oriel-tracing"));
    return closer.push(
        Tracer.start(
            service,
            ratio,
            json -> {
              HttpResult result =
                  client.send(
                      HttpRequest.post(traces, "application/json", json).withTimeout(TIMEOUT));
              if (!result.isSuccess()) {
                throw new OrielException(Kind.UNAVAILABLE, traces + ": " + result.statusLine());
              }
            },
            registry));
  }
}
