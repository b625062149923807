package io.oriel.app.tool;

import io.oriel.metrics.config.PrometheusConfig;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The files behind `rule_files` patterns.
public final class RuleFiles {
  private RuleFiles() {}

  /// Every file that a pattern of {@code config} names, sorted within its pattern; a pattern
  /// without `*` names its file whether it exists or not.
  public static List<Path> named(PrometheusConfig config) throws IOException {
    return named(config.ruleFiles());
  }

  /// The same of {@code patterns}.
  public static List<Path> named(List<String> patterns) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String pattern : patterns) {
      Path path = Path.of(pattern);
      Path directory = path.toAbsolutePath().getParent();
      if (pattern.indexOf('*') < 0) {
        found.add(path);
      } else if (directory != null && Files.isDirectory(directory)) {
        String glob = path.getFileName().toString();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory, glob)) {
          List<Path> sorted = new ArrayList<>();
          children.forEach(sorted::add);
          sorted.sort(null);
          found.addAll(sorted);
        }
      }
    }
    return found;
  }
}
