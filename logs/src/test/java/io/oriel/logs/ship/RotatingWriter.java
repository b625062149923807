package io.oriel.logs.ship;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/// An application and the tool that rotates its log: writes numbered lines, renames, copies and
/// empties, compresses.
final class RotatingWriter {
  final String name;
  private final Path file;
  private final SplittableRandom random;
  private int written;
  private int rotated;
  private int partial = -1;

  RotatingWriter(Path directory, String name, SplittableRandom random) {
    this.name = name;
    this.file = directory.resolve(name + ".log");
    this.random = random;
  }

  int written() {
    return written;
  }

  /// Appends lines; the last one may still be without its end.
  void write(int lines) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
      for (int i = 0; i < lines; i++) {
        byte[] line = line(written);
        int from = partial < 0 ? 0 : partial;
        partial = -1;
        if (i == lines - 1 && random.nextInt(3) == 0) {
          int to = Math.max(from, line.length - 1 - random.nextInt(line.length / 2));
          out.write(line, from, to - from);
          partial = to;
        } else {
          out.write(line, from, line.length - from);
          written++;
        }
      }
    }
  }

  /// Ends a line that was begun.
  void complete() throws IOException {
    if (partial >= 0) {
      byte[] line = line(written);
      try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
        out.write(line, partial, line.length - partial);
      }
      partial = -1;
      written++;
    }
  }

  private byte[] line(int number) {
    int pad = (number * 7919 + name.hashCode()) & 63;
    return (name + " " + number + " " + "x".repeat(pad) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  void rename() throws IOException {
    complete();
    if (Files.exists(file)) {
      Files.move(file, rotatedName(++rotated));
    }
  }

  void copyAndTruncate() throws IOException {
    complete();
    if (Files.exists(file)) {
      Files.copy(file, rotatedName(++rotated));
      try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.TRUNCATE_EXISTING)) {
        out.flush();
      }
    }
  }

  /// Compresses one of the rotated files, as gzip does: the original goes last.
  void compress() throws IOException {
    for (int i = 1; i <= rotated; i++) {
      Path plain = rotatedName(i);
      if (Files.exists(plain)) {
        Path packed = plain.resolveSibling(plain.getFileName() + ".gz");
        byte[] all = Files.readAllBytes(plain);
        try (OutputStream raw = Files.newOutputStream(packed);
            GZIPOutputStream out = new GZIPOutputStream(raw, true)) {
          out.write(all, 0, all.length / 2);
          out.flush();
          out.write(all, all.length / 2, all.length - all.length / 2);
        }
        Files.delete(plain);
        return;
      }
    }
  }

  /// Writes the rotated file anew under the same name, as a restored backup has it: same bytes,
  /// another inode. Not a small one: that could as well be a new file with the same first lines.
  void restore() throws IOException {
    Path last = rotatedName(rotated);
    if (rotated > 0 && Files.exists(last) && Files.size(last) > 1024) {
      Path copy = file.resolveSibling("." + name + ".tmp");
      Files.copy(rotatedName(rotated), copy, StandardCopyOption.REPLACE_EXISTING);
      Files.move(copy, rotatedName(rotated), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private Path rotatedName(int number) {
    return file.resolveSibling(name + ".log." + number);
  }
}
