package io.oriel.app.role.query;

import io.oriel.federation.frontend.CacheConfig;
import io.oriel.federation.frontend.FrontendSettings;
import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The `--query-range.*` flags of the query frontend.
final class FrontendRangeFlags {
  @Option(
      names = "--query-range.split-interval",
      paramLabel = "DURATION",
      description = "Range queries are split at multiples of it; 0 for no splitting.")
  private String splitInterval = "24h";

  @Option(
      names = "--query-range.align-range-with-step",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Round start and end down to multiples of the step.")
  private boolean align;

  @Option(
      names = "--query-range.max-retries-per-request",
      description = "How often a piece is asked at most when the query fails.")
  private int maxRetries = 5;

  @Option(
      names = "--query-range.max-query-length",
      paramLabel = "DURATION",
      description = "The longest range allowed; 0 for any.")
  private String maxLength = "0";

  @Option(
      names = "--query-range.max-query-parallelism",
      description = "Pieces of one query that are asked at once.")
  private int maxParallelism = 14;

  @Option(
      names = "--query-range.response-cache-max-freshness",
      paramLabel = "DURATION",
      description = "How old a point must be to be remembered.")
  private String maxFreshness = "1m";

  @Option(
      names = "--query-range.partial-response",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Ask for partial responses when the client does not say.")
  private boolean partialResponse;

  @Option(
      names = "--query-range.response-cache-config-file",
      paramLabel = "FILE",
      description = "What is remembered, as Thanos' YAML; of type IN-MEMORY.")
  private String cacheFile = "";

  @Option(
      names = "--query-range.response-cache-config",
      paramLabel = "YAML",
      description = "The same, given here instead.")
  private String cacheYaml = "";

  @Option(
      names = "--query-frontend.vertical-shards",
      description = "Into how many parts of all series a query is sharded where possible.")
  private int verticalShards;

  FrontendSettings.Range settings() throws IOException {
    return new FrontendSettings.Range(
        DurationSyntax.parse(splitInterval),
        align,
        maxRetries,
        DurationSyntax.parse(maxLength),
        maxParallelism,
        partialResponse,
        cache(),
        DurationSyntax.parse(maxFreshness),
        verticalShards);
  }

  private Optional<CacheConfig> cache() throws IOException {
    if (!cacheFile.isEmpty() && !cacheYaml.isEmpty()) {
      throw OrielException.invalid(
          "got both --query-range.response-cache-config-file and"
              + " --query-range.response-cache-config, want one of them");
    }
    if (!cacheFile.isEmpty()) {
      return Optional.of(CacheConfig.parse(cacheFile, Files.readString(Path.of(cacheFile))));
    }
    return cacheYaml.isEmpty()
        ? Optional.empty()
        : Optional.of(CacheConfig.parse("--query-range.response-cache-config", cacheYaml));
  }
}
