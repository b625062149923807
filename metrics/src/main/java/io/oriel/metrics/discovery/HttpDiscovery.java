package io.oriel.metrics.discovery;

import io.oriel.metrics.config.DiscoveryConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Quoted;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// Targets that a web server lists as JSON.
final class HttpDiscovery implements RefreshLoop.Refresh {
  private static final long MAX_BYTES = 256 << 20;

  private final DiscoveryConfig.Http config;
  private final HttpClient client;

  HttpDiscovery(DiscoveryConfig.Http config, HttpClient client) {
    this.config = config;
    this.client = client;
  }

  @Override
  public List<TargetGroup> groups() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.get(URI.create(config.url()))
            .withHeader("accept", "application/json")
            .withHeader(
                "x-prometheus-refresh-interval-seconds",
                Double.toString(config.refreshMillis() / 1000.0))
            .withTimeout(Duration.ofMillis(config.refreshMillis()))
            .withMaxBodyBytes(MAX_BYTES);
    HttpResult result = client.send(request);
    if (result.status() != 200) {
      throw new OrielException(
          Kind.UNAVAILABLE, config.url() + ": server returned HTTP status " + result.statusLine());
    }
    String type = result.header("content-type").strip().toLowerCase(Locale.ROOT);
    if (!type.startsWith("application/json")) {
      throw OrielException.invalid(config.url() + ": unsupported content type " + Quoted.of(type));
    }
    return TargetGroupReader.read(
        config.url(),
        result.text(),
        i -> config.url() + ":" + i,
        Labels.of("__meta_url", config.url()));
  }
}
