package io.oriel.app.tool;

import io.oriel.app.process.Buckets;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.BlockFetcher;
import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.BlockReplication;
import io.oriel.federation.block.BlockVerification;
import io.oriel.federation.block.BlockView;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.FetcherMetrics;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.compact.BucketCompactor;
import io.oriel.federation.compact.BucketLease;
import io.oriel.federation.compact.CompactorConfig;
import io.oriel.federation.compact.CompactorMetrics;
import io.oriel.federation.compact.CompactorParts;
import io.oriel.federation.compact.CompactorReport;
import io.oriel.federation.dedup.Deduplication;
import io.oriel.federation.downsample.Resolution;
import io.oriel.model.error.OrielException;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.time.DurationSyntax;
import io.oriel.promql.parse.Parser;
import io.oriel.tsdb.block.Ulid;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// Looks into a bucket of blocks and keeps it by hand: what `thanos tools bucket` does.
@Command(
    name = "bucket",
    mixinStandardHelpOptions = true,
    description = "Lists, verifies, copies, marks, expires and downsamples blocks of a bucket.")
final class BucketTool {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--objstore.config-file",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "The bucket, as Thanos' objstore YAML.")
  private Path configFile = Path.of("");

  @Option(
      names = "--objstore.config",
      scope = ScopeType.INHERIT,
      paramLabel = "YAML",
      defaultValue = "",
      description = "The same as text.")
  private String config = "";

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private Bucket open() throws IOException {
    if (!config.isEmpty() && !configFile.toString().isEmpty()) {
      throw OrielException.invalid(
          "got both --objstore.config-file and --objstore.config, want one of them");
    }
    if (!config.isEmpty()) {
      return open(BucketConfig.parse("--objstore.config", config));
    }
    if (configFile.toString().isEmpty()) {
      throw OrielException.invalid("--objstore.config-file: got none, want a file");
    }
    return open(configFile);
  }

  private static Bucket open(Path file) throws IOException {
    return open(BucketConfig.parse(file.toString(), Files.readString(file)));
  }

  private static Bucket open(BucketConfig config) {
    return Buckets.open(config, new PrometheusRegistry());
  }

  private static BlockFetcher fetcher(Bucket bucket) {
    return new BlockFetcher(
        bucket,
        new FileDisk(),
        Optional.empty(),
        20,
        new FetcherMetrics(new PrometheusRegistry()),
        System::nanoTime);
  }

  private static List<StoredMeta> oldestFirst(BlockView view) {
    List<StoredMeta> metas = new ArrayList<>(view.blocks().values());
    metas.sort(
        Comparator.comparingLong((StoredMeta meta) -> meta.block().minMillis())
            .thenComparing(StoredMeta::ulid));
    return metas;
  }

  @Command(mixinStandardHelpOptions = true, description = "Prints the name of every block.")
  int ls() throws IOException {
    try (Bucket bucket = open()) {
      oldestFirst(fetcher(bucket).fetch(List.of())).forEach(meta -> out().println(meta.ulid()));
    }
    out().flush();
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Prints a table of all blocks, and what is no block.")
  int inspect(
      @Option(
              names = {"-l", "--selector"},
              defaultValue = "",
              description = "Only blocks with external labels such as '{cluster=\"dev\"}'.")
          String selector)
      throws IOException {
    try (Bucket bucket = open()) {
      BlockView view = fetcher(bucket).fetch(List.of());
      List<Matcher> matchers = matchers(selector);
      BucketTable table = new BucketTable();
      for (StoredMeta meta : oldestFirst(view)) {
        if (Matcher.all(matchers, meta.thanos().labels())) {
          table.add(meta, view.marks().getOrDefault(meta.ulid(), Map.of()).keySet());
        }
      }
      out().print(table);
      view.partial()
          .forEach((ulid, partial) -> out().println(ulid + " is no block: " + partial.problem()));
      view.failures().forEach(failure -> out().println(failure));
    }
    out().flush();
    return 0;
  }

  private static List<Matcher> matchers(String selector) {
    return selector.isEmpty() ? List.of() : Parser.parseSelector(selector).matchers();
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Reads every byte of every block and says what is wrong.")
  int verify(
      @Option(names = "--id", description = "Only this block; may be repeated.") List<String> ids)
      throws IOException {
    int bad = 0;
    Path scratch = Files.createTempDirectory("oriel-verify");
    try (Bucket bucket = open()) {
      BlockView view = fetcher(bucket).fetch(List.of());
      BucketBlocks blocks = new BucketBlocks(bucket, InstantSource.system());
      for (StoredMeta meta : oldestFirst(view)) {
        if (ids == null || ids.contains(meta.ulid().text())) {
          BlockVerification found =
              BlockVerification.of(blocks, new FileDisk(), meta.ulid(), scratch);
          bad += found.isHealthy() ? 0 : 1;
          out().println(found.ulid() + ": " + (found.isHealthy() ? "ok" : found.problem()));
        }
      }
      for (Map.Entry<Ulid, BlockView.Partial> partial : view.partial().entrySet()) {
        bad++;
        out().println(partial.getKey() + ": " + partial.getValue().problem());
      }
    } finally {
      new FileDisk().deleteTree(scratch);
    }
    out().flush();
    return bad == 0 ? 0 : 1;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Copies blocks into another bucket; what is there is not sent again.")
  int replicate(
      @Option(
              names = "--objstore-to.config-file",
              required = true,
              paramLabel = "FILE",
              description = "The other bucket.")
          Path target,
      @Option(names = "--matcher", defaultValue = "", description = "Which external labels.")
          String selector,
      @Option(
              names = "--resolution",
              converter = ResolutionWord.class,
              description = "0s, 5m or 1h; may be repeated.")
          List<Resolution> resolutions,
      @Option(names = "--compaction", description = "Level; may be repeated.") List<Integer> levels)
      throws IOException {
    Set<Long> millis = new HashSet<>();
    if (resolutions != null) {
      resolutions.forEach(resolution -> millis.add(resolution.millis()));
    }
    try (Bucket from = open();
        Bucket to = open(target)) {
      BlockReplication.Selection selection =
          new BlockReplication.Selection(
              matchers(selector), millis, levels == null ? Set.of() : Set.copyOf(levels));
      BlockView view = fetcher(from).fetch(List.of());
      for (Ulid copied : new BlockReplication(from, to).copy(view, selection)) {
        out().println(copied);
      }
    }
    out().flush();
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Marks blocks for deletion, or as not to be compacted or downsampled.")
  int mark(
      @Option(names = "--id", required = true, description = "The block; may be repeated.")
          List<String> ids,
      @Option(
              names = "--marker",
              required = true,
              converter = MarkWord.class,
              description = "deletion-mark.json, no-compact-mark.json or no-downsample-mark.json.")
          BlockMark.Kind marker,
      @Option(names = "--details", defaultValue = "", description = "Why, for people.")
          String details,
      @Option(names = "--remove", description = "Take the mark away instead.") boolean remove)
      throws IOException {
    try (Bucket bucket = open()) {
      BucketBlocks blocks = new BucketBlocks(bucket, InstantSource.system());
      for (String id : ids) {
        Ulid ulid = new Ulid(id);
        if (remove) {
          blocks.unmark(ulid, marker);
        } else {
          blocks.meta(ulid);
          blocks.mark(ulid, marker, BlockMark.MANUAL, details);
        }
      }
    }
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Deletes blocks that were marked long enough ago, and aborted uploads.")
  int cleanup(
      @Option(names = "--delete-delay", defaultValue = "48h", description = "Since the mark.")
          String delay)
      throws IOException, InterruptedException {
    return keep(
        Set.of(BucketCompactor.Task.GARBAGE, BucketCompactor.Task.CLEANUP),
        Map.of(),
        DurationSyntax.parse(delay));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Marks blocks past their retention for deletion.")
  int retention(
      @Option(names = "--retention.resolution-raw", defaultValue = "0d") String raw,
      @Option(names = "--retention.resolution-5m", defaultValue = "0d") String five,
      @Option(names = "--retention.resolution-1h", defaultValue = "0d") String hour)
      throws IOException, InterruptedException {
    Map<Resolution, Duration> retention = new EnumMap<>(Resolution.class);
    retention.put(Resolution.RAW, DurationSyntax.parse(raw));
    retention.put(Resolution.FIVE_MINUTES, DurationSyntax.parse(five));
    retention.put(Resolution.ONE_HOUR, DurationSyntax.parse(hour));
    return keep(Set.of(BucketCompactor.Task.RETENTION), retention, Duration.ofDays(2));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Downsamples every block that is long enough and is not downsampled yet.")
  int downsample() throws IOException, InterruptedException {
    return keep(Set.of(BucketCompactor.Task.DOWNSAMPLE), Map.of(), Duration.ofDays(2));
  }

  private int keep(
      Set<BucketCompactor.Task> tasks, Map<Resolution, Duration> retention, Duration deleteDelay)
      throws IOException, InterruptedException {
    Path scratch = Files.createTempDirectory("oriel-bucket");
    try (Bucket bucket = open()) {
      CompactorConfig keeping =
          CompactorConfig.standard(scratch)
              .withRetention(retention)
              .withDelays(Duration.ZERO, deleteDelay);
      CompactorReport report =
          new BucketCompactor(
                  keeping,
                  new CompactorParts(
                      new FileDisk(),
                      bucket,
                      fetcher(bucket),
                      Deduplication.CHAIN,
                      InstantSource.system(),
                      System::nanoTime,
                      Thread::sleep,
                      new Random(),
                      new CompactorMetrics(new PrometheusRegistry()),
                      new BucketLease.Terms(
                          "compactor", "tool-" + UUID.randomUUID(), Duration.ofMinutes(5))))
              .runOnce(tasks);
      if (!report.worked()) {
        out().println("a compactor is at work on this bucket; try again when it is idle");
      }
      report.failures().forEach(out()::println);
      out().flush();
      return report.worked() && report.failures().isEmpty() ? 0 : 1;
    } finally {
      new FileDisk().deleteTree(scratch);
    }
  }
}
