package io.oriel.app.tool;

import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.metrics.config.ScrapeConfig;
import io.oriel.metrics.discovery.Discoveries;
import io.oriel.metrics.discovery.DiscoveryMetrics;
import io.oriel.metrics.scrape.TargetCheck;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.model.labels.Labels;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// Runs the service discovery of one job for a while, and says what it found.
final class DiscoveryCheck {
  private DiscoveryCheck() {}

  /// @param job its name
  /// @param wait how long results are awaited
  /// @return a JSON array, indented as promtool does it
  static String run(PrometheusConfig config, String job, Duration wait)
      throws IOException, InterruptedException {
    ScrapeConfig found = null;
    for (ScrapeConfig one : config.scrapeConfigs()) {
      found = one.job().equals(job) ? one : found;
    }
    if (found == null) {
      StringBuilder names = new StringBuilder("Job " + job + " not found. Select one of:");
      config.scrapeConfigs().forEach(one -> names.append("\n\t").append(one.job()));
      throw OrielException.invalid(names.toString());
    }
    Discoveries.Environment environment =
        new Discoveries.Environment(
            new DiscoveryMetrics(new PrometheusRegistry()),
            Thread::sleep,
            System::nanoTime,
            "oriel-tool");
    try (Discoveries discoveries =
        Discoveries.start(job, "scrape", found.discovery(), environment, () -> {})) {
      Thread.sleep(wait);
      return json(TargetCheck.of(found, discoveries.groups()));
    }
  }

  private static String json(List<TargetCheck> checks) {
    StringBuilder out = new StringBuilder("[");
    for (TargetCheck check : checks) {
      out.append(out.length() == 1 ? "\n" : ",\n").append("  {\n    \"discoveredLabels\": ");
      labels(out, check.discovered());
      out.append(",\n    \"labels\": ");
      labels(out, check.labels());
      if (!check.error().isEmpty()) {
        out.append(",\n    \"error\": ").append(quoted(check.error()));
      }
      out.append("\n  }");
    }
    return out.append(checks.isEmpty() ? "]" : "\n]").toString();
  }

  private static void labels(StringBuilder out, Labels labels) {
    out.append('{');
    for (int i = 0; i < labels.size(); i++) {
      out.append(i == 0 ? "\n      " : ",\n      ");
      out.append(quoted(labels.name(i))).append(": ").append(quoted(labels.value(i)));
    }
    out.append(labels.isEmpty() ? "}" : "\n    }");
  }

  private static String quoted(String text) {
    return new String(new JsonWriter().string(text).toBytes(), StandardCharsets.UTF_8);
  }
}
