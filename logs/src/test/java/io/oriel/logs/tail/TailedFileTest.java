package io.oriel.logs.tail;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.disk.Crc32c;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file that is opened again where it was left.
class TailedFileTest {
  private static final int LEFT_AT = 50;

  @TempDir private Path directory;
  private final List<String> read = new ArrayList<>();

  private static String lines(String name, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(name).append(' ').append(1000 + i).append(" ............................\n");
    }
    return text.toString();
  }

  /// Keeps lines and passes them on at once.
  private final class Sink implements LineSink {
    @Override
    public void line(byte[] buffer, int from, int to, long offset, long end, boolean truncated) {
      read.add(new String(buffer, from, to - from, StandardCharsets.UTF_8));
    }

    @Override
    public long endPiece(long safe, int anchor, boolean last) {
      return safe;
    }

    @Override
    public boolean hasPending() {
      return false;
    }

    @Override
    public void close() {
      // nothing is held
    }
  }

  /// Opens what is there now as the file that was left in the middle.
  private TailedFile.Step reopened(String before, String now, boolean anchored) throws Exception {
    return reopened(before, now, anchored, lines("old", LEFT_AT).length());
  }

  private TailedFile.Step reopened(String before, String now, boolean anchored, int offset)
      throws Exception {
    byte[] old = before.getBytes(StandardCharsets.UTF_8);
    byte[] head = Arrays.copyOf(old, Math.min(old.length, Fingerprint.MOST));
    FileEntry entry =
        new FileEntry(
            "key",
            0,
            "a.log",
            1,
            1,
            0,
            Fingerprint.of(head, head.length),
            offset,
            anchored ? Crc32c.of(Arrays.copyOfRange(old, offset - 64, offset)) : 0,
            FileEntry.State.LIVE,
            0,
            "");
    Path path = Files.writeString(directory.resolve("a.log"), now);
    TailedFile file =
        new TailedFile(
            new TailedFile.Parts(
                0, entry, false, ByteSource.open(path, false), new Sink(), TailedFileTest::isOf, 0),
            TailConfig.of(List.of("a.log")),
            new TailMetrics(new PrometheusRegistry()));
    try {
      return file.step(new byte[1 << 16], 0);
    } finally {
      file.close();
    }
  }

  private static boolean isOf(FileEntry entry, byte[] head) {
    return entry.fingerprint().isPrefixOf(head);
  }

  @Test
  void goesOnWhereItWasLeft() throws Exception {
    for (boolean anchored : new boolean[] {true, false}) {
      read.clear();
      String all = lines("old", 60);
      assertEquals(TailedFile.Step.END, reopened(all, all, anchored));
      assertEquals(10, read.size());
      assertEquals("old 1050 ............................", read.getFirst());
    }
  }

  /// It was emptied and written beyond the position after the look that knew it.
  @Test
  void contentThatIsNotTheOldOneIsNotGoneOnWith() throws Exception {
    for (boolean anchored : new boolean[] {true, false}) {
      for (int count : new int[] {0, 20, 49, 51, 500}) {
        assertEquals(
            TailedFile.Step.EMPTIED,
            reopened(lines("old", 60), "x" + lines("new", count), anchored),
            "lines now: " + count);
      }
    }
    assertEquals(List.of(), read);
  }

  /// It was seen, then emptied and written anew before a byte of it was read: the lines of one
  /// content were taken for those of the other, whose copy was gone on with in the middle.
  @Test
  void contentThatIsNotTheOneThatWasSeenIsNotRead() throws Exception {
    for (int count : new int[] {0, 1, 500}) {
      assertEquals(
          TailedFile.Step.EMPTIED,
          reopened(lines("old", 60), lines("new", count), false, 0),
          "lines now: " + count);
    }
    assertEquals(List.of(), read);
    assertEquals(TailedFile.Step.END, reopened(lines("old", 60), lines("old", 61), false, 0));
    assertEquals(61, read.size());
  }
}
