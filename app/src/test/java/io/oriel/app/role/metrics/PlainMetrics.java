package io.oriel.app.role.metrics;

import io.oriel.metrics.scrape.IntakeOptions;
import io.oriel.promql.EngineOptions;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.tsdb.TsdbOptions;
import java.nio.file.Path;
import java.util.Map;

/// A metrics role as tests want it: on a free port of loopback, everything else as by default, and
/// the API open.
public final class PlainMetrics {
  private PlainMetrics() {}

  public static MetricsOptions of(Path config, Path data) {
    return of(config, data, SharingOptions.nothing(), Map.of());
  }

  public static MetricsOptions of(
      Path config, Path data, SharingOptions sharing, Map<String, String> flags) {
    return new MetricsOptions(
        config,
        data,
        HttpServerConfig.on("127.0.0.1:0"),
        "http://localhost",
        MetricsOptions.Api.open(),
        TsdbOptions.defaults(),
        EngineOptions.DEFAULT,
        MetricsOptions.Rules.standard(),
        IntakeOptions.standard(),
        MetricsOptions.FLUSH_DEADLINE,
        sharing,
        flags);
  }
}
