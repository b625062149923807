package io.oriel.app.role.sidecar;

import io.oriel.model.time.DurationSyntax;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The `--reloader.*` flags.
final class ReloaderFlags {
  @Option(
      names = "--reloader.config-file",
      paramLabel = "FILE",
      description = "A config file; when it changes, the Prometheus reads it again.")
  private String config = "";

  @Option(
      names = "--reloader.config-envsubst-file",
      paramLabel = "FILE",
      description = "Where it goes for the Prometheus, with $(NAME) replaced by variables.")
  private String output = "";

  @Option(
      names = "--reloader.rule-dir",
      paramLabel = "DIR",
      description = "A directory whose changes the Prometheus is told of.")
  private List<Path> rules = List.of();

  @Option(
      names = "--reloader.watch-interval",
      paramLabel = "DURATION",
      description = "How often files are read even if they look as before.")
  private String watch = "3m";

  @Option(
      names = "--reloader.retry-interval",
      paramLabel = "DURATION",
      description = "After how long a Prometheus that did not reload is told again.")
  private String retry = "5s";

  @Option(
      names = {"--reloader.method", "--reloader.process-name"},
      paramLabel = "VALUE",
      hidden = true,
      description = "Accepted for manifests that have it; reloads go over HTTP.")
  private List<String> unused = List.of();

  SidecarReloader.Options options() {
    return new SidecarReloader.Options(
        path(config),
        path(output),
        rules,
        DurationSyntax.parse(watch),
        DurationSyntax.parse(retry));
  }

  private static Optional<Path> path(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
  }
}
