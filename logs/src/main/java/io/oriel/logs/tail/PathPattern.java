package io.oriel.logs.tail;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A path with `*`, `?`, `[a-z]` in its names, and `**` for up to eight directories, as Filebeat
/// has them. Immutable.
final class PathPattern {
  private static final int MAX_DEPTH = 8;

  private final Path root;
  private final List<String> parts = new ArrayList<>();
  private final List<Pattern> patterns = new ArrayList<>();
  private final boolean recursive;

  /// @throws PatternSyntaxException when a name in it is no pattern
  PathPattern(String text, boolean recursive) {
    this.recursive = recursive;
    Path path = Path.of(text);
    this.root = path.isAbsolute() ? path.getRoot() : Path.of("");
    for (Path part : path) {
      String name = part.toString();
      parts.add(name);
      patterns.add(Pattern.compile(regex(name), Pattern.DOTALL));
    }
  }

  private static boolean isLiteral(String name) {
    return name.chars().noneMatch(c -> c == '*' || c == '?' || c == '[' || c == '\\');
  }

  private static String regex(String glob) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      switch (c) {
        case '*' -> regex.append("[^/]*");
        case '?' -> regex.append("[^/]");
        case '\\' ->
            regex.append(Pattern.quote(i + 1 < glob.length() ? glob.substring(++i, i + 1) : "\\"));
        case '[' -> {
          int close = glob.indexOf(']', i + 2);
          if (close < 0) {
            throw new PatternSyntaxException("[ without ]", glob, i);
          }
          regex.append('[').append(glob.substring(i + 1, close).replace("\\", "\\\\")).append(']');
          i = close;
        }
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return regex.toString();
  }

  /// The files that exist now, sorted.
  List<Path> expand() {
    TreeSet<Path> found = new TreeSet<>();
    expand(root, 0, found);
    return new ArrayList<>(found);
  }

  private void expand(Path directory, int part, TreeSet<Path> found) {
    if (part == parts.size()) {
      if (Files.isRegularFile(directory)) {
        found.add(directory);
      }
      return;
    }
    String name = parts.get(part);
    if (name.equals("**") && recursive) {
      expandDeep(directory, part, found, 0);
    } else if (isLiteral(name)) {
      Path next = directory.resolve(name);
      if (Files.exists(next)) {
        expand(next, part + 1, found);
      }
    } else {
      for (Path child : children(directory)) {
        if (patterns.get(part).matcher(child.getFileName().toString()).matches()) {
          expand(child, part + 1, found);
        }
      }
    }
  }

  private void expandDeep(Path directory, int part, TreeSet<Path> found, int depth) {
    expand(directory, part + 1, found);
    if (depth == MAX_DEPTH) {
      return;
    }
    for (Path child : children(directory)) {
      if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
        expandDeep(child, part, found, depth + 1);
      }
    }
  }

  private static List<Path> children(Path directory) {
    List<Path> children = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return children;
    }
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(children::add);
    } catch (IOException | java.nio.file.DirectoryIteratorException _) {
      // gone or closed to us; a file that cannot be listed is not there
      return List.of();
    }
    return children;
  }
}
