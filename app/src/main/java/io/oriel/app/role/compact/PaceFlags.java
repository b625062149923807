package io.oriel.app.role.compact;

import io.oriel.federation.compact.CompactorConfig;
import io.oriel.model.time.DurationSyntax;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/// The flags of `oriel compact` that say how much is done at once, and how often.
final class PaceFlags {
  @Option(names = "--compact.concurrency", description = "Streams that are merged at once.")
  private int merges = 1;

  @Option(
      names = "--downsample.concurrency",
      description = "Blocks that are downsampled at once, beside the merges.")
  private int downsamples = 1;

  @Option(
      names = "--block-files-concurrency",
      description = "Files of a block that are copied at once.")
  private int files = 1;

  @Option(
      names = "--block-meta-fetch-concurrency",
      description = "How many meta.json are read at once.")
  private int metas = 32;

  @Option(
      names = "--compact.cleanup-interval",
      paramLabel = "DURATION",
      description = "How often what was marked long enough ago is deleted, also beside merges.")
  private String cleanup = "5m";

  @Option(
      names = "--compact.progress-interval",
      paramLabel = "DURATION",
      description = "How often the backlog is counted beside merges; 0 for not.")
  private String progress = "5m";

  @Option(
      names = "--hash-func",
      paramLabel = "NAME",
      hidden = true,
      description = "Accepted for manifests that have it.")
  private List<String> unused = List.of();

  CompactorConfig.Pace pace() {
    return new CompactorConfig.Pace(
        merges, downsamples, files, cleanupInterval(), DurationSyntax.parse(progress));
  }

  Duration cleanupInterval() {
    return DurationSyntax.parse(cleanup);
  }

  int metaReads() {
    return metas;
  }
}
