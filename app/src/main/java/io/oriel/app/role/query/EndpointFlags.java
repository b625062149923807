package io.oriel.app.role.query;

import io.oriel.federation.query.EndpointSpec;
import io.oriel.model.time.DurationSyntax;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/// The `--endpoint*` and `--store.sd-*` flags: which stores a query asks.
final class EndpointFlags {
  @Option(
      names = {"--endpoint", "--endpoint-strict"},
      paramLabel = "ADDR",
      description =
          "A store: host:port; dns+host:port or dnsdualstack+host:port for every address of the"
              + " host; dnssrv+name or dnssrvnoa+name for what its SRV records name.")
  private List<String> endpoints = List.of();

  @Option(
      names = {"--endpoint-group", "--endpoint-group-strict"},
      paramLabel = "ADDR",
      description = "Copies of one store, of which one at a time is asked; written likewise.")
  private List<String> groups = List.of();

  @Option(
      names = "--endpoint.sd-config-file",
      paramLabel = "FILE",
      description = "More of them as YAML, each perhaps with TLS of its own; read when it changes.")
  private String configFile = "";

  @Option(
      names = "--endpoint.sd-config",
      paramLabel = "YAML",
      description = "The same, given here instead.")
  private String config = "";

  @Option(
      names = "--store.sd-files",
      paramLabel = "PATTERN",
      description =
          "Files with endpoints as targets, in the format of Prometheus' file discovery; the last"
              + " part of a path may have a *.")
  private List<String> files = List.of();

  @Option(
      names = "--store.sd-interval",
      paramLabel = "DURATION",
      description = "How often such files are read, also when they do not seem to change.")
  private String interval = "5m";

  /// What the flags name; what they take from files is read anew by each call.
  Supplier<List<EndpointSpec>> source() throws IOException {
    EndpointFiles listed =
        new EndpointFiles(endpoints, files, DurationSyntax.parse(interval), System::nanoTime);
    EndpointConfigFile configured = new EndpointConfigFile(configFile, config);
    List<EndpointSpec> grouped = groups.stream().map(EndpointSpec::group).toList();
    return () -> {
      List<EndpointSpec> all = new ArrayList<>(configured.endpoints());
      all.addAll(grouped);
      all.addAll(EndpointSpec.of(listed.get()));
      return all;
    };
  }
}
