package io.oriel.tsdb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Appender;
import io.oriel.model.series.Querier;
import io.oriel.testkit.Seed;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Full chunks of the head live in `chunks_head`, and a restart takes them from there.
class HeadChunksTest {
  private static final TsdbOptions OPTIONS = TsdbOptions.defaults().withRetention(Duration.ZERO, 0);
  private static final int SERIES = 50;

  private final SplittableRandom names = Seed.random("names");

  @TempDir private Path directory;

  private Tsdb open() throws IOException {
    Tsdb.Parts parts = new Tsdb.Parts(new FileDisk(), () -> Instant.EPOCH, names);
    return Tsdb.open(directory, parts, OPTIONS, _ -> {});
  }

  private static Map<String, List<String>> fill(Tsdb db, long from, long to) throws IOException {
    return fill(db, new TreeMap<>(), from, to);
  }

  private static Map<String, List<String>> fill(
      Tsdb db, Map<String, List<String>> written, long from, long to) throws IOException {
    for (long time = from; time < to; time += 10_000) {
      try (Appender appender = db.appender()) {
        for (int i = 0; i < SERIES; i++) {
          Labels labels = Labels.of("__name__", "m", "i", Integer.toString(i), "job", "a");
          double value = Math.sin((double) time + i);
          appender.append(appender.series(labels), time, value);
          written
              .computeIfAbsent(labels.toString(), _ -> new ArrayList<>())
              .add(time + "=" + value);
        }
        appender.commit();
      }
    }
    return written;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> found = Files.list(directory.resolve("chunks_head"))) {
      return found.sorted().toList();
    }
  }

  @Test
  void fullChunksAreOnDiskInUpstreamsFormat() throws IOException {
    try (Tsdb db = open()) {
      fill(db, 0, 3_600_000);
      assertEquals(SERIES * 2L, db.head().chunksOnDisk());
    }
    byte[] file = Files.readAllBytes(files().getFirst());
    assertArrayEquals(
        new byte[] {0x01, 0x30, (byte) 0xBC, (byte) 0x91, 1, 0, 0, 0}, Arrays.copyOf(file, 8));
    assertArrayEquals(
        new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0},
        Arrays.copyOfRange(file, 8, 24));
    assertEquals(1_190_000, ByteBuffer.wrap(file, 24, 8).getLong());
    assertEquals(1, file[32]);
  }

  @Test
  void aRestartAnswersFromChunksAndLog() throws IOException {
    Map<String, List<String>> written;
    try (Tsdb db = open()) {
      written = fill(db, 0, 3_600_000);
      assertEquals(written, TsdbTest.read(db, 0, Long.MAX_VALUE));
    }
    try (Tsdb db = open()) {
      assertEquals(0, db.head().chunkCorruptions());
      assertEquals(0, db.head().chunksOnDisk(), "chunks on disk are not written twice");
      assertEquals(written, TsdbTest.read(db, 0, Long.MAX_VALUE));
      fill(db, written, 3_600_000, 7_200_000);
      assertEquals(written, TsdbTest.read(db, 0, Long.MAX_VALUE));
    }
    try (Tsdb db = open()) {
      assertEquals(written, TsdbTest.read(db, 0, Long.MAX_VALUE));
    }
  }

  @Test
  void aDamagedFileIsRebuiltFromTheLog() throws IOException {
    Map<String, List<String>> written;
    try (Tsdb db = open()) {
      written = fill(db, 0, 3_600_000);
    }
    try (Tsdb db = open()) {
      fill(db, written, 3_600_000, 7_200_000);
    }
    assertEquals(2, files().size());
    for (Path file : files()) {
      try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
        damaged.seek(damaged.length() / 2);
        damaged.write(damaged.read() ^ 0x55);
      }
      try (Tsdb db = open()) {
        assertEquals(1, db.head().chunkCorruptions());
        assertEquals(written, TsdbTest.read(db, 0, Long.MAX_VALUE));
      }
      try (Tsdb db = open()) {
        assertEquals(0, db.head().chunkCorruptions());
        assertEquals(written, TsdbTest.read(db, 0, Long.MAX_VALUE));
      }
    }
  }

  @Test
  void filesLeaveWithTheChunksThatBecameBlocks() throws IOException {
    try (Tsdb db = open()) {
      Map<String, List<String>> written = fill(db, 0, 4 * 3_600_000);
      String first = files().isEmpty() ? "" : files().getFirst().getFileName().toString();
      db.compactNow();
      fill(db, written, 4 * 3_600_000, 7 * 3_600_000);
      try (Querier reader = db.querier(6 * 3_600_000, Long.MAX_VALUE)) {
        db.compactNow();
        assertFalse(TsdbTest.read((_, _) -> reader, 6 * 3_600_000, Long.MAX_VALUE).isEmpty());
      }
      assertTrue(files().stream().noneMatch(file -> file.getFileName().toString().equals(first)));
      assertEquals(written, TsdbTest.read(db, 0, Long.MAX_VALUE));
    }
  }
}
