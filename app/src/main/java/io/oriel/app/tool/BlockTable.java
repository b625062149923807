package io.oriel.app.tool;

import io.oriel.model.number.GoFloat;
import io.oriel.tsdb.block.BlockMeta;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Blocks as a table.
final class BlockTable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss Z 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final boolean readable;
  private final List<String[]> rows = new ArrayList<>();

  BlockTable(boolean readable) {
    this.readable = readable;
    rows.add(
        new String[] {
          "BLOCK ULID",
          "MIN TIME",
          "MAX TIME",
          "DURATION",
          "NUM SAMPLES",
          "NUM CHUNKS",
          "NUM SERIES",
          "SIZE"
        });
  }

  void add(BlockMeta meta, long bytes) {
    rows.add(
        new String[] {
          meta.ulid().text(),
          time(meta.minMillis()),
          time(meta.maxMillis()),
          duration(meta.maxMillis() - meta.minMillis()),
          Long.toString(meta.stats().samples()),
          Long.toString(meta.stats().chunks()),
          Long.toString(meta.stats().series()),
          size(bytes)
        });
  }

  /// As Go prints durations: `1h6m0.001s`.
  static String duration(long millis) {
    long hours = millis / 3_600_000;
    long minutes = millis / 60_000 % 60;
    String text = GoFloat.format(millis % 60_000 / 1000.0) + "s";
    if (hours > 0) {
      return hours + "h" + minutes + "m" + text;
    }
    return minutes > 0 ? minutes + "m" + text : text;
  }

  private String time(long millis) {
    return readable ? TIME.format(Instant.ofEpochMilli(millis)) : Long.toString(millis);
  }

  private String size(long bytes) {
    if (!readable) {
      return Long.toString(bytes);
    }
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double size = bytes;
    int unit = 0;
    while (size >= 1024 && unit < units.length - 1) {
      size /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f%s" : "%.1f%s", size, units[unit]);
  }

  @Override
  public String toString() {
    int columns = rows.getFirst().length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row[i]).repeat(' ', widths[i] + 2 - row[i].length());
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }
}
