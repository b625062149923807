package io.oriel.tsdb;

import io.oriel.testkit.House;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Assertions;

/// Walks over bytes and writes down what each field means, for the examples in `docs/formats`.
final class HexDump {
  private static final int ROW_BYTES = 8;

  private final byte[] bytes;
  private final StringBuilder text = new StringBuilder();
  private int at;

  HexDump(byte[] bytes, int from) {
    this.bytes = bytes;
    this.at = from;
  }

  boolean hasMore() {
    return at < bytes.length;
  }

  int position() {
    return at;
  }

  /// The next bytes as they are, in rows.
  HexDump raw(int count, String meaning) {
    for (int done = 0; done < count; done += ROW_BYTES) {
      int row = Math.min(ROW_BYTES, count - done);
      StringBuilder hex = new StringBuilder();
      for (int i = 0; i < row; i++) {
        hex.append(String.format(Locale.ROOT, "%02x ", bytes[at + i]));
      }
      String line = String.format(Locale.ROOT, "%06x  %-24s %s", at, hex, done == 0 ? meaning : "");
      text.append(line.stripTrailing()).append('\n');
      at += row;
    }
    return this;
  }

  /// A big-endian number of one, two, four or eight bytes; returns it.
  long number(int size, String meaning) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = value << 8 | bytes[at + i] & 0xFF;
    }
    raw(size, meaning + " = " + value);
    return value;
  }

  double float64(String meaning) {
    double value = ByteBuffer.wrap(bytes, at, 8).getDouble();
    raw(8, meaning + " = " + value);
    return value;
  }

  long uvarint(String meaning) {
    return varint(meaning, false);
  }

  long varint(String meaning) {
    return varint(meaning, true);
  }

  private long varint(String meaning, boolean signed) {
    long value = 0;
    int size = 0;
    int b = 0x80;
    while (b >= 0x80) {
      b = bytes[at + size] & 0xFF;
      value |= (long) (b & 0x7F) << 7 * size;
      size++;
    }
    long decoded = signed ? value >>> 1 ^ -(value & 1) : value;
    raw(size, meaning + " = " + decoded);
    return decoded;
  }

  /// Text of so many bytes.
  void text(int size, String meaning) {
    raw(size, meaning + " \"" + new String(bytes, at, size, StandardCharsets.UTF_8) + "\"");
  }

  void title(String line) {
    text.append(text.isEmpty() ? "" : "\n").append("# ").append(line).append('\n');
  }

  @Override
  public String toString() {
    return text.toString();
  }

  /// Asserts that the example in `docs/formats/NAME` is {@code example}, or puts it there.
  static void assertDocumented(String name, String example) throws IOException {
    Path file = House.moduleDirectory().resolveSibling("docs/formats").resolve(name);
    String begin = "<!-- example -->\n\n```text\n";
    String document = Files.readString(file);
    int from = document.indexOf(begin) + begin.length();
    int to = document.indexOf("```\n", from);
    if (System.getProperty("oriel.golden.write") != null) {
      Files.writeString(file, document.substring(0, from) + example + document.substring(to));
      return;
    }
    Assertions.assertEquals(
        document.substring(from, to),
        example,
        () -> file + " has another example; -Doriel.golden.write accepts this one");
  }
}
