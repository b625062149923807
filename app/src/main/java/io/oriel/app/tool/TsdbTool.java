package io.oriel.app.tool;

import io.oriel.disk.FileDisk;
import io.oriel.metrics.api.SeriesApi;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Quoted;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.number.GoFloat;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.promql.script.SequenceValue;
import io.oriel.tsdb.BlockAnalysis;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockMeta;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Looks into data directories, Oriel's and Prometheus', without changing them.
@Command(
    name = "tsdb",
    mixinStandardHelpOptions = true,
    description = "Lists, analyses, dumps and imports blocks.",
    subcommands = {BackfillTool.class, BenchTool.class})
final class TsdbTool {
  @Spec private CommandSpec spec = CommandSpec.create();

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  @Command(mixinStandardHelpOptions = true, description = "Lists the blocks of a data directory.")
  int list(
      @Option(
              names = {"-r", "--human-readable"},
              description = "Times and sizes for people.")
          boolean readable,
      @Parameters(arity = "0..1", paramLabel = "DIR", defaultValue = "data/") Path directory)
      throws IOException {
    BlockTable table = new BlockTable(readable);
    for (BlockMeta meta : Tsdb.list(new FileDisk(), directory)) {
      try (Block block = Block.open(new FileDisk(), directory.resolve(meta.ulid().text()))) {
        table.add(meta, block.sizeBytes());
      }
    }
    out().print(table);
    out().flush();
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Says where the series of a block come from, and which of them churn.")
  int analyze(
      @Option(names = "--limit", description = "Items of each list.", defaultValue = "20")
          int limit,
      @Parameters(index = "0", arity = "0..1", paramLabel = "DIR", defaultValue = "data/")
          Path directory,
      @Parameters(index = "1", arity = "0..1", paramLabel = "BLOCK", defaultValue = "")
          String wanted)
      throws IOException {
    Path chosen = null;
    for (BlockMeta block : Tsdb.list(new FileDisk(), directory)) {
      if (wanted.isEmpty() || block.ulid().text().equals(wanted)) {
        chosen = directory.resolve(block.ulid().text());
      }
    }
    if (chosen == null) {
      throw OrielException.invalid(
          wanted.isEmpty() ? "no blocks in " + directory : "block not found: " + wanted);
    }
    out().print(text(BlockAnalysis.of(new FileDisk(), chosen, limit)));
    out().flush();
    return 0;
  }

  private static String text(BlockAnalysis analysis) {
    BlockMeta meta = analysis.meta();
    StringBuilder out = new StringBuilder();
    out.append("Block ID: ").append(meta.ulid().text());
    out.append("\nDuration: ").append(BlockTable.duration(meta.maxMillis() - meta.minMillis()));
    out.append("\nTotal Series: ").append(meta.stats().series());
    out.append("\nLabel names: ").append(analysis.labelNames());
    out.append("\nPostings (unique label pairs): ").append(analysis.labelPairs());
    out.append("\nPostings entries (total label pairs): ").append(analysis.pairEntries());
    out.append('\n');
    list(out, "Label pairs most involved in churning", analysis.churningPairs());
    list(out, "Label names most involved in churning", analysis.churningNames());
    list(out, "Most common label pairs", analysis.commonPairs());
    list(out, "Label names with highest cumulative label value length", analysis.longestNames());
    list(out, "Highest cardinality labels", analysis.widestNames());
    list(out, "Highest cardinality metric names", analysis.widestMetrics());
    return out.toString();
  }

  private static void list(StringBuilder out, String title, List<BlockAnalysis.Count> counts) {
    out.append('\n').append(title).append(":\n");
    counts.forEach(one -> out.append(one.count()).append(' ').append(one.name()).append('\n'));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Prints every sample: labels, value, Unix milliseconds.")
  int dump(
      @Option(names = "--min-time", description = "Unix milliseconds, inclusive.") Long minTime,
      @Option(names = "--max-time", description = "Unix milliseconds, inclusive.") Long maxTime,
      @Option(
              names = "--match",
              paramLabel = "SELECTOR",
              description = "Only these series; may be given more than once.")
          List<String> match,
      @Parameters(arity = "0..1", paramLabel = "DIR", defaultValue = "data/") Path directory)
      throws IOException {
    read(directory, minTime, maxTime, match, this::print);
    out().flush();
    return 0;
  }

  @Command(
      name = "dump-openmetrics",
      mixinStandardHelpOptions = true,
      description = "Prints every float sample in the OpenMetrics text format.")
  int dumpOpenMetrics(
      @Option(names = "--min-time", description = "Unix milliseconds, inclusive.") Long minTime,
      @Option(names = "--max-time", description = "Unix milliseconds, inclusive.") Long maxTime,
      @Option(
              names = "--match",
              paramLabel = "SELECTOR",
              description = "Only these series; may be given more than once.")
          List<String> match,
      @Parameters(arity = "0..1", paramLabel = "DIR", defaultValue = "data/") Path directory)
      throws IOException {
    read(directory, minTime, maxTime, match, this::printOpenMetrics);
    out().println("# EOF");
    out().flush();
    return 0;
  }

  private void printOpenMetrics(Labels labels, SampleColumns rows) {
    StringBuilder series = new StringBuilder(labels.metricName());
    Labels others = labels.filter(name -> !name.equals("__name__"));
    for (int i = 0; i < others.size(); i++) {
      series.append(i == 0 ? '{' : ',').append(others.name(i)).append('=');
      series.append(Quoted.of(others.value(i)));
    }
    series.append(others.isEmpty() ? "" : "}");
    for (int i = 0; i < rows.size() && rows.histogram(i) == null; i++) {
      if (!StaleMarker.is(rows.values()[i])) {
        String seconds = String.format(Locale.ROOT, "%.3f", rows.timestamps()[i] / 1000.0);
        out().println(series + " " + GoFloat.formatShort(rows.values()[i]) + " " + seconds);
      }
    }
  }

  private interface Rows {
    void accept(Labels labels, SampleColumns rows);
  }

  /// Tells every series of a copy of the data directory that selectors match.
  private static void read(
      Path directory, Long minTime, Long maxTime, List<String> match, Rows into)
      throws IOException {
    long min = minTime == null ? Long.MIN_VALUE : minTime;
    long max = maxTime == null ? Long.MAX_VALUE : maxTime;
    List<String> selectors = match == null ? List.of("{__name__=~\".*\"}") : match;
    try (Sandbox sandbox = Sandbox.of(directory);
        Tsdb tsdb = sandbox.open();
        Querier querier = tsdb.querier(min, max)) {
      SampleColumns rows = new SampleColumns();
      for (String selector : selectors) {
        List<Matcher> matchers = match == null ? List.of() : SeriesApi.selector(selector);
        try (SeriesCursor cursor = querier.select(SelectHints.range(min, max), matchers)) {
          for (Series series = cursor.next(); series != null; series = cursor.next()) {
            rows.clear();
            series.read(rows);
            into.accept(series.labels(), rows);
          }
        }
      }
    }
  }

  private void print(Labels labels, SampleColumns rows) {
    for (int i = 0; i < rows.size(); i++) {
      NativeHistogram histogram = rows.histogram(i);
      String value =
          histogram == null
              ? GoFloat.formatShort(rows.values()[i])
              : SequenceValue.of(histogram).toString();
      out().println(labels + " " + value + " " + rows.timestamps()[i]);
    }
  }
}
