package io.oriel.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Documents name classes and files that exist.
class DocumentsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z]\\w+)(?:\\.\\w+)?`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");

  private static Set<String> sources() throws IOException {
    try (Stream<Path> files =
        Files.find(
            ROOT,
            20,
            (path, attributes) ->
                attributes.isRegularFile() && path.toString().endsWith(".java"))) {
      return files
          .map(path -> path.getFileName().toString().replace(".java", ""))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void classesInDocumentsExist() throws IOException {
    Set<String> classes = sources();
    Set<String> missing = new TreeSet<>();
    int checked = 0;
    for (String document : List.of("ARCHITECTURE.md", "GLOSSARY.md")) {
      for (MatchResult match :
          CLASS.matcher(Files.readString(ROOT.resolve(document))).results().toList()) {
        checked++;
        if (!classes.contains(match.group(1))) {
          missing.add(document + ": " + match.group(1));
        }
      }
    }
    assertEquals(Set.of(), missing);
    assertTrue(checked > 50);
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (String document : List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md")) {
      for (MatchResult match :
          LINK.matcher(Files.readString(ROOT.resolve(document))).results().toList()) {
        if (!Files.exists(ROOT.resolve(match.group(1)))) {
          broken.add(document + ": " + match.group(1));
        }
      }
    }
    assertEquals(List.of(), broken);
  }
}
