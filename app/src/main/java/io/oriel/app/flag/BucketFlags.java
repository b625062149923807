package io.oriel.app.flag;

import io.oriel.federation.bucket.BucketConfig;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The `--objstore.*` flags.
public final class BucketFlags {
  @Option(
      names = "--objstore.config-file",
      paramLabel = "FILE",
      description = "The bucket, as Thanos' objstore YAML.")
  private String file = "";

  @Option(
      names = "--objstore.config",
      paramLabel = "YAML",
      description = "The same, given here instead.")
  private String yaml = "";

  /// The bucket, if one is named.
  ///
  /// @throws OrielException when both flags are given
  /// @throws io.oriel.runtime.config.ConfigException with what is wrong in the YAML
  public Optional<BucketConfig> config() throws IOException {
    if (!file.isEmpty() && !yaml.isEmpty()) {
      throw OrielException.invalid(
          "got both --objstore.config-file and --objstore.config, want one of them");
    }
    if (!file.isEmpty()) {
      return Optional.of(BucketConfig.parse(file, Files.readString(Path.of(file))));
    }
    return yaml.isEmpty()
        ? Optional.empty()
        : Optional.of(BucketConfig.parse("--objstore.config", yaml));
  }
}
