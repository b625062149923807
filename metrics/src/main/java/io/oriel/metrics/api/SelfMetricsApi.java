package io.oriel.metrics.api;

import io.oriel.model.error.OrielException;
import io.oriel.model.matcher.Matcher;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiEnvelope;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

/// The server's own metrics as JSON: `status/self_metrics`. Thread-safe.
public final class SelfMetricsApi {
  private final PrometheusRegistry registry;

  public SelfMetricsApi(PrometheusRegistry registry) {
    this.registry = registry;
  }

  /// Adds the endpoint.
  public void addTo(Routes routes) {
    routes.get("/api/v1/status/self_metrics", ApiCalls.enveloped(this::selfMetrics));
  }

  private HttpAnswer selfMetrics(HttpCall call) {
    String pattern = call.param("metric_name_pattern");
    Matcher wanted = matcher(pattern.isEmpty() ? ".*" : pattern);
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginArray();
              for (MetricSnapshot family : registry.scrape()) {
                FamilyJson of = new FamilyJson(family);
                if (!family.getDataPoints().isEmpty() && wanted.matches(of.name())) {
                  of.write(json);
                }
              }
              json.endArray();
            }));
  }

  private static Matcher matcher(String pattern) {
    try {
      return Matcher.of(Matcher.Type.REGEX, "__name__", pattern);
    } catch (OrielException e) {
      throw OrielException.invalid("invalid metric_name_pattern: " + e.reason());
    }
  }
}
