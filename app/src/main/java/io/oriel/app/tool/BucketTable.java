package io.oriel.app.tool;

import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.StoredMeta;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The blocks of a bucket as a table.
final class BucketTable {
  private static final List<String> HEAD =
      List.of(
          "ULID",
          "FROM",
          "UNTIL",
          "RANGE",
          "SERIES",
          "SAMPLES",
          "CHUNKS",
          "LEVEL",
          "LABELS",
          "RESOLUTION",
          "SOURCE",
          "MARKS");

  private final List<List<String>> rows = new ArrayList<>(List.of(HEAD));

  void add(StoredMeta meta, Collection<BlockMark.Kind> marks) {
    long min = meta.block().minMillis();
    long max = meta.block().maxMillis();
    rows.add(
        List.of(
            meta.ulid().text(),
            Instant.ofEpochMilli(min).toString(),
            Instant.ofEpochMilli(max).toString(),
            BlockTable.duration(max - min),
            Long.toString(meta.block().stats().series()),
            Long.toString(meta.block().stats().samples()),
            Long.toString(meta.block().stats().chunks()),
            Integer.toString(meta.block().level()),
            meta.thanos().labels().toString(),
            BlockTable.duration(meta.thanos().resolutionMillis()),
            meta.thanos().source(),
            marks.stream()
                .map(kind -> kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .collect(Collectors.joining(","))));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(other -> other.get(at).length()).max().orElse(0);
        line.append(row.get(column)).append(" ".repeat(width - row.get(column).length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
