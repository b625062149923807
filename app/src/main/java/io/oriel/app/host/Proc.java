package io.oriel.app.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The files below `/proc`, split into words.
final class Proc {
  private final Path root;

  Proc(Path root) {
    this.root = root;
  }

  List<String> lines(String file) throws IOException {
    return Files.readAllLines(root.resolve(file));
  }

  String text(String file) throws IOException {
    return Files.readString(root.resolve(file)).strip();
  }

  static String[] words(String line) {
    return line.strip().split("\\s+");
  }

  static double number(String word) {
    return Double.parseDouble(word);
  }
}
