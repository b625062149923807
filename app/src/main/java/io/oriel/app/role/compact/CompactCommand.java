package io.oriel.app.role.compact;

import io.oriel.app.flag.BucketFlags;
import io.oriel.app.flag.HttpFlags;
import io.oriel.app.flag.SelectorFlags;
import io.oriel.app.flag.TracingFlags;
import io.oriel.app.process.BuildVersion;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.compact.CompactorConfig;
import io.oriel.federation.dedup.Deduplication;
import io.oriel.federation.downsample.Resolution;
import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.config.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `oriel compact`: one Thanos Compactor, with its flags.
@Command(
    name = "compact",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = "Runs the compact role: merges, downsamples and expires the blocks of a bucket.",
    footer = {
      "",
      "Flags are Thanos' own. Several may run on one bucket; one at a time works.",
      "Example: oriel compact --wait --objstore.config-file=bucket.yml --data-dir=./compact",
    })
public final class CompactCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(CompactCommand.class);

  /** Of the free disk, which others use too. */
  private static final double SCRATCH_SHARE = 0.9;

  @Mixin private HttpFlags http = new HttpFlags();
  @Mixin private BucketFlags bucket = new BucketFlags();
  @Mixin private SelectorFlags selector = new SelectorFlags();
  @Mixin private PaceFlags pace = new PaceFlags();

  @Mixin private TracingFlags tracing = new TracingFlags();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where blocks are worked on; holds nothing that must be kept.")
  private Path data = Path.of("./data");

  @Option(
      names = "--data-dir.max-bytes",
      paramLabel = "SIZE",
      description = "How much of it may be used; 0 for nine tenths of what is free (Oriel's own).")
  private String maxBytes = "0";

  @Option(
      names = "--consistency-delay",
      paramLabel = "DURATION",
      description = "How old a block must be before it is touched.")
  private String consistencyDelay = "30m";

  @Option(
      names = "--retention.resolution-raw",
      paramLabel = "DURATION",
      description = "How long raw samples are kept; 0d for ever.")
  private String raw = "0d";

  @Option(
      names = "--retention.resolution-5m",
      paramLabel = "DURATION",
      description = "How long samples of 5 minutes are kept; 0d for ever.")
  private String fiveMinutes = "0d";

  @Option(
      names = "--retention.resolution-1h",
      paramLabel = "DURATION",
      description = "How long samples of 1 hour are kept; 0d for ever.")
  private String oneHour = "0d";

  @Option(
      names = {"-w", "--wait"},
      description = "Go on for ever; without, there is one run.")
  private boolean wait;

  @Option(
      names = "--wait-interval",
      paramLabel = "DURATION",
      description = "From the end of a run to the next.")
  private String waitInterval = "5m";

  @Option(names = "--downsampling.disable", description = "Do not downsample.")
  private boolean noDownsampling;

  @Option(
      names = "--deduplication.replica-label",
      paramLabel = "NAME",
      description = "An external label that tells replicas apart, whose blocks become one.")
  private List<String> replicaLabels = List.of();

  @Option(
      names = "--deduplication.func",
      paramLabel = "NAME",
      description = "How they are merged: nothing for sample by sample, or penalty.")
  private String deduplication = "";

  @Option(
      names = "--delete-delay",
      paramLabel = "DURATION",
      description = "From a deletion mark to the deletion.")
  private String deleteDelay = "48h";

  @Option(
      names = "--compact.block-max-index-size",
      paramLabel = "SIZE",
      description = "No merged block gets a larger index.")
  private String maxIndex = "64GB";

  @Option(
      names = {
        "--compact.enable-vertical-compaction",
        "--compact.skip-block-with-out-of-order-chunks",
        "--compact.blocks-fetch-concurrency",
        "--disable-admin-operations",
        "--disable-web",
        "--web.disable",
        "--block-discovery-strategy",
        "--block-viewer.global.sync-block-interval",
        "--block-viewer.global.sync-block-timeout",
        "--bucket-web-label",
        "--debug.halt-on-error",
        "--debug.accept-malformed-index",
        "--web.external-prefix",
        "--web.prefix-header"
      },
      paramLabel = "VALUE",
      arity = "0..1",
      hidden = true,
      description = "Accepted for manifests that have it: it is so always, or does nothing here.")
  private List<String> unused = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (CompactRole role =
        CompactRole.start(options(), tracing.tracing(), BuildVersion.number())) {
      LOG.atInfo().addKeyValue("http", role.port()).log("ready");
      Runtime.getRuntime().addShutdownHook(new Thread(role::close, "oriel/compact/stop"));
      return role.await() || wait ? 0 : 1;
    }
  }

  CompactRole.Options options() throws IOException {
    BucketConfig config =
        bucket
            .config()
            .orElseThrow(
                () -> OrielException.invalid("--objstore.config-file: got none, want a file"));
    return new CompactRole.Options(
        http.config(),
        config,
        data,
        compaction(),
        merge(),
        pace.metaReads(),
        wait
            ? CompactRole.Repeat.every(DurationSyntax.parse(waitInterval), pace.cleanupInterval())
            : CompactRole.Repeat.once());
  }

  private Deduplication merge() {
    if (deduplication.isEmpty()) {
      return Deduplication.CHAIN;
    }
    if (replicaLabels.isEmpty()) {
      throw OrielException.invalid(
          "--deduplication.func: got "
              + deduplication
              + " without --deduplication.replica-label, want at least one");
    }
    return Deduplication.ofFlag(deduplication);
  }

  private CompactorConfig compaction() throws IOException {
    Map<Resolution, Duration> retention = new EnumMap<>(Resolution.class);
    retention.put(Resolution.RAW, DurationSyntax.parse(raw));
    retention.put(Resolution.FIVE_MINUTES, DurationSyntax.parse(fiveMinutes));
    retention.put(Resolution.ONE_HOUR, DurationSyntax.parse(oneHour));
    CompactorConfig config =
        CompactorConfig.standard(CompactRole.Options.scratch(data))
            .withBounds(scratchBytes(), pace.pace(), ByteSize.parse(maxIndex))
            .withDelays(DurationSyntax.parse(consistencyDelay), DurationSyntax.parse(deleteDelay))
            .withRetention(retention)
            .withReplicaLabels(replicaLabels)
            .withShard(selector.relabeler());
    return noDownsampling ? config.withoutDownsampling() : config;
  }

  private long scratchBytes() throws IOException {
    long given = ByteSize.parse(maxBytes);
    if (given > 0) {
      return given;
    }
    Files.createDirectories(data);
    return (long) (Files.getFileStore(data).getUsableSpace() * SCRATCH_SHARE);
  }
}
