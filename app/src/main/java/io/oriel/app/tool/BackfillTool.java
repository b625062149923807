package io.oriel.app.tool;

import io.oriel.alerting.rule.RuleConfig;
import io.oriel.alerting.rule.RuleFile;
import io.oriel.disk.FileDisk;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.number.GoFloat;
import io.oriel.model.time.DurationSyntax;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.bulk.BulkWriter;
import io.oriel.tsdb.bulk.SampleSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.SplittableRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// Writes blocks of samples that a database has not seen.
@Command(
    name = "create-blocks-from",
    mixinStandardHelpOptions = true,
    description = "Imports samples and writes them as blocks.")
final class BackfillTool {
  private static final Duration LATEST = Duration.ofHours(3);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-r", "--human-readable"},
      scope = ScopeType.INHERIT,
      description = "Times and sizes for people.")
  private boolean readable;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "Do not print the blocks.")
  private boolean quiet;

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Writes blocks for the samples of an OpenMetrics file, each of which must have a timestamp.",
        "Example: oriel tool tsdb create-blocks-from openmetrics old.txt data"
      })
  int openmetrics(
      @Option(
              names = "--max-block-duration",
              paramLabel = "DURATION",
              defaultValue = "2h",
              description = "Longest block.")
          String longest,
      @Parameters(index = "0", paramLabel = "FILE") Path file,
      @Parameters(index = "1", arity = "0..1", paramLabel = "DIR", defaultValue = "data/")
          Path directory)
      throws IOException {
    Files.createDirectories(directory);
    BlockTable table = new BlockTable(readable);
    write(new OpenMetricsFile(file), directory, DurationSyntax.parse(longest), table);
    print(table);
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Writes blocks of what recording rules would have recorded, as a running server evaluates",
        "them. Alerting rules are passed over.",
        "Example: oriel tool tsdb create-blocks-from rules --start 2026-01-01T00:00:00Z rules.yml"
      })
  int rules(
      @Option(
              names = "--url",
              paramLabel = "URL",
              defaultValue = "http://localhost:9090",
              description = "The server with the data.")
          String url,
      @Option(
              names = "--start",
              required = true,
              paramLabel = "TIME",
              description = "RFC 3339 or Unix seconds.")
          String start,
      @Option(
              names = "--end",
              paramLabel = "TIME",
              defaultValue = "",
              description = "RFC 3339 or Unix seconds; three hours ago when it is not given.")
          String end,
      @Option(
              names = "--output-dir",
              paramLabel = "DIR",
              defaultValue = "data/",
              description = "Where the blocks are written.")
          Path directory,
      @Option(
              names = "--eval-interval",
              paramLabel = "DURATION",
              defaultValue = "60s",
              description = "Distance of evaluations where a group has none.")
          String interval,
      @Parameters(arity = "1..*", paramLabel = "FILE") List<Path> files)
      throws IOException, InterruptedException {
    long first = time("start", start);
    long last = end.isEmpty() ? System.currentTimeMillis() - LATEST.toMillis() : time("end", end);
    if (last <= first) {
      throw OrielException.invalid("start time is not before end time");
    }
    Files.createDirectories(directory);
    BlockTable table = new BlockTable(readable);
    long fallback = DurationSyntax.parseMillis(interval);
    for (Path file : files) {
      for (RuleFile.Group group : CheckTool.ruleReader().read(file).groups()) {
        for (RuleConfig rule : group.rules()) {
          if (rule instanceof RuleConfig.Recording recording) {
            long step = group.intervalMillis().orElse(fallback);
            RuleBackfill source =
                RuleBackfill.of(url, recording, group.labels(), step, first, last);
            write(source, directory, Duration.ZERO, table);
          }
        }
      }
    }
    print(table);
    return 0;
  }

  private static long time(String name, String text) {
    try {
      return Math.round(GoFloat.parse(text) * 1000);
    } catch (OrielException _) {
      try {
        return OffsetDateTime.parse(text).toInstant().toEpochMilli();
      } catch (DateTimeException _) {
        throw OrielException.invalid(
            "--" + name + ": got " + Quoted.of(text) + ", want RFC 3339 or Unix seconds");
      }
    }
  }

  private static void write(SampleSource source, Path directory, Duration longest, BlockTable table)
      throws IOException {
    Tsdb.Parts parts =
        new Tsdb.Parts(new FileDisk(), InstantSource.system(), new SplittableRandom());
    BulkWriter writer =
        new BulkWriter(parts.disk(), directory, parts.clock(), parts.random(), longest);
    for (BlockMeta meta : writer.write(source, _ -> {})) {
      try (Block block = Block.open(parts.disk(), directory.resolve(meta.ulid().text()))) {
        table.add(meta, block.sizeBytes());
      }
    }
  }

  private void print(BlockTable table) {
    if (!quiet) {
      out().print(table);
    }
    out().flush();
  }
}
