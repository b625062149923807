package io.oriel.app.role;

import io.oriel.metrics.config.RelabelBinder;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.NameValidation;
import io.oriel.model.relabel.RelabelConfig;
import io.oriel.model.relabel.Relabeler;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.config.ConfigDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import picocli.CommandLine.Option;

/// Flags that say which blocks of a bucket are served.
final class StoreSelectionFlags {
  @Option(
      names = "--min-time",
      paramLabel = "TIME",
      description = "From where on samples are served: RFC 3339, or a duration before now as -6h.")
  private String minTime = "0000-01-01T00:00:00Z";

  @Option(names = "--max-time", paramLabel = "TIME", description = "Up to where, likewise.")
  private String maxTime = "9999-12-31T23:59:59Z";

  @Option(
      names = "--selector.relabel-config-file",
      paramLabel = "FILE",
      description = "Relabelling of external labels and __block_id that keeps this shard's blocks.")
  private String relabelFile = "";

  @Option(
      names = "--selector.relabel-config",
      paramLabel = "YAML",
      description = "The same, given here instead.")
  private String relabelYaml = "";

  @Option(
      names = "--consistency-delay",
      paramLabel = "DURATION",
      description = "How long a block has to be in the bucket before it is read.")
  private String consistencyDelay = "0s";

  @Option(
      names = "--ignore-deletion-marks-delay",
      paramLabel = "DURATION",
      description = "How long a block is served after it was marked for deletion.")
  private String deletionDelay = "24h";

  @Option(
      names = "--block-meta-fetch-concurrency",
      description = "meta.json files that are read at once.")
  private int metaConcurrency = 32;

  LongSupplier minMillis() {
    return TimeFlag.parse("--min-time", minTime);
  }

  LongSupplier maxMillis() {
    LongSupplier min = minMillis();
    LongSupplier max = TimeFlag.parse("--max-time", maxTime);
    if (min.getAsLong() > max.getAsLong()) {
      throw OrielException.invalid(
          "--min-time: got " + minTime + ", want at most --max-time, which is " + maxTime);
    }
    return max;
  }

  StoreRole.Selection selection() throws IOException {
    return new StoreRole.Selection(
        shard(),
        DurationSyntax.parse(consistencyDelay),
        DurationSyntax.parse(deletionDelay),
        metaConcurrency);
  }

  private Relabeler shard() throws IOException {
    if (!relabelFile.isEmpty() && !relabelYaml.isEmpty()) {
      throw OrielException.invalid(
          "got both --selector.relabel-config-file and --selector.relabel-config, want one");
    }
    String name = relabelFile.isEmpty() ? "--selector.relabel-config" : relabelFile;
    String yaml = relabelFile.isEmpty() ? relabelYaml : Files.readString(Path.of(relabelFile));
    if (yaml.isBlank()) {
      return Relabeler.none();
    }
    ConfigDocument document = ConfigDocument.parse(name, "relabel_configs:\n" + yaml.indent(2));
    List<RelabelConfig> rules =
        RelabelBinder.bind(
            document.root(), "relabel_configs", "relabel config", NameValidation.UTF8);
    document.check();
    return Relabeler.of(rules);
  }
}
