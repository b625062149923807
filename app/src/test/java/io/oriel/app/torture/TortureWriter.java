package io.oriel.app.torture;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/// An application and the tool that rotates its log. Writes numbered lines; what it does to the
/// file between them loses nothing by itself: nobody writes between a copy and its truncation, and
/// {@link #truncate} is called only when its caller knows that everything was read.
final class TortureWriter {
  final String name;
  private final Path file;
  private final SplittableRandom random;
  private int written;
  private int rotated;
  private int packed;

  TortureWriter(Path directory, String name, SplittableRandom random) {
    this.name = name;
    this.file = directory.resolve(name + ".log");
    this.random = random;
  }

  int written() {
    return written;
  }

  void write(int lines) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
      for (int i = 0; i < lines; i++) {
        String pad = Long.toHexString(random.nextLong()).repeat(1 + random.nextInt(4));
        out.write(
            (name + " " + written++ + " served " + pad + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /// logrotate's `create`: the file goes away under another name.
  void rename() throws IOException {
    if (Files.exists(file)) {
      Files.move(file, old(++rotated));
    }
  }

  /// logrotate's `copytruncate`.
  void copyAndTruncate() throws IOException {
    if (Files.exists(file)) {
      Files.copy(file, old(++rotated));
      truncate();
    }
  }

  /// `> file`.
  void truncate() throws IOException {
    if (Files.exists(file)) {
      Files.newOutputStream(file, StandardOpenOption.TRUNCATE_EXISTING).close();
    }
  }

  /// logrotate's `compress` with `delaycompress`: the oldest rotated file that is not packed yet,
  /// but for the newest.
  void compress() throws IOException {
    if (packed + 1 >= rotated) {
      return;
    }
    Path plain = old(++packed);
    Path hidden = plain.resolveSibling("." + plain.getFileName() + ".tmp");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(hidden))) {
      Files.copy(plain, out);
    }
    Files.move(hidden, plain.resolveSibling(plain.getFileName() + ".gz"));
    Files.delete(plain);
  }

  private Path old(int number) {
    return file.resolveSibling(name + ".log." + number);
  }
}
