package io.oriel.app.role.metrics;

import io.oriel.model.time.DurationSyntax;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.Feature;
import io.oriel.runtime.config.ByteSize;
import java.time.Duration;
import java.util.Set;
import picocli.CommandLine.Option;

/// The `--query.*` flags.
final class QueryFlags {
  @Option(
      names = "--query.lookback-delta",
      paramLabel = "DURATION",
      description = "How old the newest sample may be.")
  private String lookback = "5m";

  @Option(
      names = "--query.timeout",
      paramLabel = "DURATION",
      description = "How long a query may take.")
  private String queryTimeout = "2m";

  @Option(names = "--query.max-concurrency", description = "Queries that run at once.")
  private int maxConcurrency = 20;

  @Option(names = "--query.max-samples", description = "Samples that one query may hold.")
  private long maxSamples = 50_000_000;

  @Option(
      names = "--query.max-bytes",
      paramLabel = "SIZE",
      description = "Memory that one query's results may take; 0 for no limit (Oriel's own).")
  private String maxBytes = "1GB";

  EngineOptions options(Set<Feature> features) {
    return new EngineOptions(
        DurationSyntax.parse(lookback),
        DurationSyntax.parse(queryTimeout),
        maxSamples,
        ByteSize.parse(maxBytes),
        maxConcurrency,
        Duration.ofMinutes(1),
        features);
  }
}
