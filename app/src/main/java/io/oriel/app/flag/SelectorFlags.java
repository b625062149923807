package io.oriel.app.flag;

import io.oriel.metrics.config.RelabelBinder;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.NameValidation;
import io.oriel.model.relabel.RelabelConfig;
import io.oriel.model.relabel.Relabeler;
import io.oriel.runtime.config.ConfigDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/// The `--selector.relabel-config*` flags: which sources of series are this process'.
public final class SelectorFlags {
  private static final String KEY = "relabel_configs";

  @Option(
      names = "--selector.relabel-config-file",
      paramLabel = "FILE",
      description =
          "A list of relabel rules over external labels, and over __block_id where blocks are read:"
              + " what they drop is not looked at.")
  private String file = "";

  @Option(
      names = "--selector.relabel-config",
      paramLabel = "YAML",
      description = "The same, given here instead.")
  private String yaml = "";

  /// The rules, none of them when no flag is given.
  ///
  /// @throws OrielException when both flags are given
  /// @throws io.oriel.runtime.config.ConfigException with what is wrong in the YAML
  public Relabeler relabeler() throws IOException {
    if (!file.isEmpty() && !yaml.isEmpty()) {
      throw OrielException.invalid(
          "got both --selector.relabel-config-file and --selector.relabel-config, want one");
    }
    String text = file.isEmpty() ? yaml : Files.readString(Path.of(file));
    ConfigDocument document =
        ConfigDocument.parseList(file.isEmpty() ? "--selector.relabel-config" : file, text, KEY);
    List<RelabelConfig> rules =
        RelabelBinder.bind(document.root(), KEY, "relabel config", NameValidation.UTF8);
    document.check();
    return Relabeler.of(rules);
  }
}
