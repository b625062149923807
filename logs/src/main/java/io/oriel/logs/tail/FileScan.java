package io.oriel.logs.tail;

import com.google.re2j.Pattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks for the files of all inputs. What did not change since the last look is not opened again.
/// Confined to the scanning thread.
final class FileScan {
  private static final Logger LOG = LoggerFactory.getLogger(FileScan.class);

  private final List<TailConfig> inputs;
  private final List<List<PathPattern>> patterns = new ArrayList<>();
  private final Set<Path> told = new HashSet<>();
  private Map<Path, Look> before = new HashMap<>();

  private record Look(BasicFileAttributes attributes, Sighting sighting) {}

  /// A file and the input that it belongs to: the first that has a path for it.
  record Found(int input, Sighting sighting) {}

  FileScan(List<TailConfig> inputs) {
    this.inputs = List.copyOf(inputs);
    for (TailConfig input : inputs) {
      patterns.add(
          input.where().paths().stream()
              .map(path -> new PathPattern(path, input.where().recursive()))
              .toList());
    }
  }

  /// Every file there is now, by its path.
  Map<Path, Found> look() {
    Map<Path, Found> found = new LinkedHashMap<>();
    Map<Path, Look> now = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      for (PathPattern pattern : patterns.get(i)) {
        for (Path path : pattern.expand()) {
          if (!found.containsKey(path) && isWanted(inputs.get(i).where(), path)) {
            look(i, path, found, now);
          }
        }
      }
    }
    before = now;
    return found;
  }

  private static boolean isWanted(TailConfig.Where where, Path path) {
    String text = path.toString();
    if (!where.symlinks() && Files.isSymbolicLink(path)) {
      return false;
    }
    for (Pattern pattern : where.exclude()) {
      if (pattern.matcher(text).find()) {
        return false;
      }
    }
    for (Pattern pattern : where.include()) {
      if (pattern.matcher(text).find()) {
        return true;
      }
    }
    return where.include().isEmpty();
  }

  private void look(int input, Path path, Map<Path, Found> found, Map<Path, Look> now) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, new LinkOption[0]);
      Look last = before.get(path);
      Look look =
          last != null && isSame(last.attributes, attributes)
              ? last
              : new Look(attributes, Sighting.of(path));
      now.put(path, look);
      found.put(path, new Found(input, look.sighting));
      told.remove(path);
    } catch (NoSuchFileException _) {
      told.remove(path);
    } catch (IOException e) {
      if (told.add(path)) {
        LOG.atWarn()
            .addKeyValue("file", path)
            .addKeyValue("reason", String.valueOf(e.getMessage()))
            .log("cannot look at a log file, trying again with every look");
      }
    }
  }

  private static boolean isSame(BasicFileAttributes a, BasicFileAttributes b) {
    return a.size() == b.size()
        && a.lastModifiedTime().equals(b.lastModifiedTime())
        && java.util.Objects.equals(a.fileKey(), b.fileKey());
  }
}
