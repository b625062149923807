package io.oriel.tsdb.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.CrashDisk;
import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.testkit.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalTest {
  private static final int SEGMENT_BYTES = 2 * SegmentScanner.PAGE_BYTES;

  @TempDir private Path directory;
  @TempDir private Path trash;

  /// Writes down what a log says.
  private static final class Listener implements RecordVisitor {
    private final List<String> heard = new ArrayList<>();

    @Override
    public void series(long ref, Labels labels) {
      heard.add("series " + ref + " " + labels);
    }

    @Override
    public void sample(long ref, long timestampMillis, double value) {
      heard.add(ref + "@" + timestampMillis + "=" + value);
    }

    @Override
    public void histogram(long ref, long timestampMillis, NativeHistogram h) {
      String bounds = h.hasCustomBuckets() ? " below " + h.customBound(0) : "";
      heard.add(ref + "@" + timestampMillis + "=h" + h.count() + bounds);
    }

    @Override
    public void unknown(int type) {
      heard.add("unknown " + type);
    }
  }

  private List<String> read() throws IOException {
    Listener listener = new Listener();
    assertEquals(0, WalReader.replay(new FileDisk(), directory, listener, _ -> {}));
    return listener.heard;
  }

  /// A group of two records.
  private static void log(Wal wal, int group, int samples) throws IOException {
    RecordBuilder record = new RecordBuilder();
    record.begin(RecordBuilder.Type.SERIES);
    record.series(group, Labels.of("group", "" + group));
    wal.log(record);
    record.begin(RecordBuilder.Type.SAMPLES);
    for (int i = 0; i < samples; i++) {
      record.sample(group, i, group + i * 1.5);
    }
    wal.log(record);
  }

  private static List<String> heard(int group, int samples) {
    List<String> lines = new ArrayList<>(List.of("series " + group + " {group=\"" + group + "\"}"));
    for (int i = 0; i < samples; i++) {
      lines.add(group + "@" + i + "=" + (group + i * 1.5));
    }
    return lines;
  }

  @Test
  void whatIsFlushedTogetherIsInOneSegment() throws IOException {
    Disk disk = new FileDisk();
    List<String> want = new ArrayList<>();
    try (Wal wal = Wal.open(disk, directory, Wal.Compression.NONE, SEGMENT_BYTES)) {
      for (int group = 0; group < 60; group++) {
        int before = wal.segment();
        int samples = group % 9 == 0 ? 12_000 : 200 * (group % 7);
        log(wal, group, samples);
        wal.flush();
        assertTrue(wal.segment() <= before + 1);
        want.addAll(heard(group, samples));
      }
      assertTrue(wal.segment() > 5);
    }
    assertEquals(want, read());
    for (int number : Wal.segments(disk, directory)) {
      Listener listener = new Listener();
      try (var mapped = disk.map(Wal.segmentFile(directory, number))) {
        SegmentScanner scanner = new SegmentScanner("segment", mapped.bytes(), 0);
        while (scanner.next()) {
          scanner.tell(listener);
        }
      }
      if (!listener.heard.isEmpty()) {
        assertTrue(listener.heard.getFirst().startsWith("series"), "a segment begins with a group");
      }
    }
  }

  @Test
  void aGroupThatFailsBehindASegmentsEndLeavesNothing() throws IOException {
    for (int space = 0; space < 3000; space += 211) {
      Path at = directory.resolve("s" + space);
      CrashDisk disk = new CrashDisk(trash, Seed.random("disk"), Long.MAX_VALUE);
      List<String> want = new ArrayList<>();
      try (Wal wal = Wal.open(disk, at, Wal.Compression.NONE, SEGMENT_BYTES)) {
        for (int group = 0; wal.segment() == 0; group++) {
          log(wal, group, 50);
          if (wal.segment() > 0) {
            disk.limitSpace(space % 400);
            assertThrows(IOException.class, wal::flush);
            disk.limitSpace(Long.MAX_VALUE);
          } else {
            wal.flush();
            want.addAll(heard(group, 50));
          }
        }
        log(wal, 7777, 3);
        wal.flush();
        want.addAll(heard(7777, 3));
      }
      Listener listener = new Listener();
      assertEquals(0, WalReader.replay(new FileDisk(), at, listener, _ -> {}));
      assertEquals(want, listener.heard);
    }
  }

  @Test
  void whatCannotBeTakenBackIsTakenBackBeforeMoreIsWritten() throws IOException {
    CrashDisk disk = new CrashDisk(trash, Seed.random("disk"), Long.MAX_VALUE);
    try (Wal wal = Wal.open(disk, directory, Wal.Compression.NONE, SEGMENT_BYTES)) {
      log(wal, 1, 2);
      wal.flush();
      disk.refuseTruncation(true);
      disk.limitSpace(60);
      log(wal, 2, 50);
      assertThrows(IOException.class, wal::flush);
      disk.limitSpace(Long.MAX_VALUE);
      log(wal, 3, 2);
      assertThrows(IOException.class, wal::flush);
      wal.discard();
      disk.refuseTruncation(false);
      log(wal, 4, 2);
      wal.flush();
    }
    List<String> want = heard(1, 2);
    want.addAll(heard(4, 2));
    assertEquals(want, read());
  }

  /// The bytes follow upstream's encoder, `tsdb/record/record.go`.
  @Test
  void recordsWithStartTimesAreUnderstood() {
    // First: ref 5, time 1000, start 900; then ref 6 (+1), time +15, no start; ref 4 (-2), time +0,
    // start as before; ref 9 (+5), time -1, start +50.
    String value = "3ff8000000000000";
    String samples =
        ("0b" + "0a" + "d00f" + "880e" + value)
            + ("02" + "1e" + "00" + value)
            + ("03" + "00" + "01" + value)
            + ("0a" + "01" + "02" + "64" + value);
    assertEquals(List.of("5@1000=1.5", "6@1015=1.5", "4@1000=1.5", "9@999=1.5"), decode(samples));

    // Hint, schema 0, zero threshold, zero count, count, sum, one positive span, no negative one,
    // one bucket, none.
    String h = "0000000000000000" + "00" + "07" + value + "01" + "0001" + "00" + "01" + "0e" + "00";
    String twoHistograms =
        ("0c" + "0a" + "d00f" + "00" + "00" + "00" + h)
            + ("02" + "02" + "01" + "00" + "69" + h + "01" + value);
    assertEquals(List.of("5@1000=h7.0", "6@1001=h7.0 below 1.5"), decode(twoHistograms));

    String zero = "0000000000000000";
    String floats =
        "0d" + "0a" + "d00f" + "00" + "00" + "00" + zero + zero + value + value + "00" + "00" + "00"
            + "00";
    assertEquals(List.of("5@1000=h1.5"), decode(floats));
    assertEquals(List.of("unknown 14"), decode("0e00"));
  }

  private static List<String> decode(String hex) {
    byte[] record = HexFormat.of().parseHex(hex);
    Listener listener = new Listener();
    new RecordDecoder().decode(record, record.length, listener);
    return listener.heard;
  }
}
