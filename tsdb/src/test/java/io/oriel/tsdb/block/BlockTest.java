package io.oriel.tsdb.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.testkit.Conformance;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.chunk.ChunkWriter;
import io.oriel.tsdb.tombstone.Tombstones;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockTest {
  private static final Disk DISK = new FileDisk();

  private static BlockMeta write(Path parent, TreeMap<Labels, long[]> series) throws IOException {
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    for (Labels labels : series.keySet()) {
      labels.toMap().forEach((name, value) -> symbols.addAll(List.of(name, value)));
    }
    Ulid ulid = Ulid.create(1_700_000_000_000L, Seed.random("block"));
    try (BlockWriter writer = BlockWriter.create(DISK, parent, ulid, symbols)) {
      for (var entry : series.entrySet()) {
        List<EncodedChunk> chunks = new ArrayList<>();
        long[] times = entry.getValue();
        for (int i = 0; i < times.length; i += 120) {
          ChunkWriter chunk = ChunkWriter.floats();
          int end = Math.min(times.length, i + 120);
          for (int k = i; k < end; k++) {
            chunk.append(times[k], times[k] * 0.5);
          }
          byte[] data = Arrays.copyOf(chunk.bytes(), chunk.size());
          chunks.add(
              new EncodedChunk(times[i], times[end - 1], chunk.encoding(), ByteBuffer.wrap(data)));
        }
        writer.add(entry.getKey(), chunks);
      }
      return writer.finish(
          new BlockMeta(
              ulid,
              0,
              7_200_000,
              BlockMeta.Stats.empty(),
              1,
              List.of(ulid),
              List.of(),
              false,
              false,
              List.of()));
    }
  }

  private static TreeMap<Labels, long[]> sample() {
    SplittableRandom random = Seed.random("series");
    TreeMap<Labels, long[]> series = new TreeMap<>();
    for (int i = 0; i < 500; i++) {
      Labels labels =
          Labels.of(
              "__name__", "m" + i % 7, "job", "j" + i % 3, "instance", "i" + i, "ü", "ß" + i % 2);
      long[] times = new long[1 + random.nextInt(400)];
      for (int k = 0; k < times.length; k++) {
        times[k] = 15_000L * k + i;
      }
      series.put(labels, times);
    }
    return series;
  }

  private static List<String> read(Block block, long min, long max, Matcher... matchers)
      throws IOException {
    List<String> lines = new ArrayList<>();
    assertTrue(block.retain());
    try (BlockQuerier querier = new BlockQuerier(block);
        SeriesCursor cursor = querier.select(SelectHints.range(min, max), List.of(matchers))) {
      SampleColumns rows = new SampleColumns();
      for (Series one = cursor.next(); one != null; one = cursor.next()) {
        rows.clear();
        one.read(rows);
        for (int i = 0; i < rows.size(); i++) {
          lines.add(one.labels() + " " + rows.timestamps()[i] + " " + rows.values()[i]);
        }
      }
    }
    return lines;
  }

  @Test
  void whatIsWrittenIsReadByAnyMatchers(@TempDir Path directory) throws IOException {
    TreeMap<Labels, long[]> series = sample();
    BlockMeta meta = write(directory, series);
    List<List<Matcher>> questions =
        List.of(
            List.of(Matcher.metric("m3")),
            List.of(Matcher.of(Matcher.Type.REGEX, "job", "j0|j2"), Matcher.metric("m1")),
            List.of(Matcher.of(Matcher.Type.NOT_EQUAL, "job", "j1")),
            List.of(Matcher.of(Matcher.Type.REGEX, "instance", "i4.*")),
            List.of(Matcher.of(Matcher.Type.NOT_REGEX, "instance", ".*[0-4]")),
            List.of(Matcher.of(Matcher.Type.EQUAL, "absent", "")),
            List.of(Matcher.of(Matcher.Type.EQUAL, "job", "")),
            List.of(Matcher.of(Matcher.Type.REGEX, "job", ".*")),
            List.of(Matcher.metric("none")));
    try (Block block = Block.open(DISK, directory.resolve(meta.ulid().text()))) {
      for (List<Matcher> matchers : questions) {
        List<String> want = new ArrayList<>();
        series.forEach(
            (labels, times) -> {
              for (long time : times) {
                if (time >= 1000 && time <= 3_000_000 && Matcher.all(matchers, labels)) {
                  want.add(labels + " " + time + " " + time * 0.5);
                }
              }
            });

        assertEquals(
            want, read(block, 1000, 3_000_000, matchers.toArray(new Matcher[0])), "" + matchers);
      }
    }
    assertEquals(500, meta.stats().series());
    assertEquals(series.values().stream().mapToLong(t -> t.length).sum(), meta.stats().samples());
  }

  @Test
  void tombstonesHideSamplesAlsoAfterReopening(@TempDir Path directory) throws IOException {
    TreeMap<Labels, long[]> series = new TreeMap<>();
    series.put(Labels.of("a", "1"), new long[] {1, 2, 3, 4, 5});
    Path at = directory.resolve(write(directory, series).ulid().text());
    try (Block block = Block.open(DISK, at)) {
      int reference = block.index().all()[0];
      block.replaceTombstones(
          DISK,
          block
              .tombstones()
              .with(reference, new Tombstones.Interval(2, 3))
              .with(reference, new Tombstones.Interval(4, 4)));
    }
    try (Block block = Block.open(DISK, at)) {
      assertEquals(
          List.of("{a=\"1\"} 1 0.5", "{a=\"1\"} 5 2.5"),
          read(block, 0, 10, Matcher.of(Matcher.Type.EQUAL, "a", "1")));
      assertEquals(1, block.tombstones().count(), "neighbours become one range");
    }
  }

  @Test
  void chunksHoldNoDeletedSamples(@TempDir Path directory) throws IOException {
    TreeMap<Labels, long[]> series = new TreeMap<>();
    series.put(Labels.of("a", "1"), LongStream.range(0, 600).toArray());
    Path at = directory.resolve(write(directory, series).ulid().text());
    try (Block block = Block.open(DISK, at)) {
      int reference = block.index().all()[0];
      block.replaceTombstones(
          DISK,
          block
              .tombstones()
              .with(reference, new Tombstones.Interval(50, 99))
              .with(reference, new Tombstones.Interval(230, 480)));

      assertTrue(block.retain());
      try (BlockQuerier querier = new BlockQuerier(block);
          SeriesCursor cursor = querier.select(SelectHints.range(0, 599), List.of())) {
        List<EncodedChunk> chunks = Objects.requireNonNull(cursor.next()).chunks();

        SampleColumns rows = new SampleColumns();
        for (EncodedChunk chunk : chunks) {
          int from = rows.size();
          MemorySegment data = MemorySegment.ofBuffer(chunk.data());
          new ChunkDecoder().decode(chunk.encoding(), data, rows, 0, 599);
          assertEquals(chunk.minMillis(), rows.timestamps()[from]);
          assertEquals(chunk.maxMillis(), rows.timestamps()[rows.size() - 1]);
        }
        long[] want =
            LongStream.range(0, 600)
                .filter(t -> (t < 50 || t > 99) && (t < 230 || t > 480))
                .toArray();
        assertArrayEquals(want, Arrays.copyOf(rows.timestamps(), rows.size()));
        assertEquals(3, chunks.size(), "a chunk that is deleted whole is left out");
      }
    }
  }

  @Test
  void damageIsNoticedByFileAndOffset(@TempDir Path directory) throws IOException {
    Path at = directory.resolve(write(directory, sample()).ulid().text());
    for (String file : List.of("index", "chunks/000001", "tombstones")) {
      byte[] good = Files.readAllBytes(at.resolve(file));
      SplittableRandom random = Seed.random(file);
      for (int i = 0; i < 40; i++) {
        byte[] bad = good.clone();
        bad[5 + random.nextInt(bad.length - 5)] ^= 0x10;
        Files.write(at.resolve(file), bad);
        try (Block block = Block.open(DISK, at)) {
          read(block, 0, Long.MAX_VALUE, Matcher.of(Matcher.Type.REGEX, "job", ".+"));
        } catch (CorruptionException expected) {
          assertTrue(expected.file().contains(file.substring(0, 5)), expected::reason);
        }
      }
      Files.write(at.resolve(file), Arrays.copyOf(good, 4));
      assertThrows(
          CorruptionException.class,
          () -> {
            try (Block block = Block.open(DISK, at)) {
              read(block, 0, Long.MAX_VALUE, Matcher.of(Matcher.Type.REGEX, "job", ".+"));
            }
          });
      Files.write(at.resolve(file), good);
    }
  }

  @Test
  void readsUpstreamsBlocks() throws IOException {
    Path root = Conformance.require("metrics/tsdb-blocks");
    int blocks = 0;
    long samples = 0;
    for (Path at :
        List.of(
            root.resolve("prometheus-index_format_v1"),
            root.resolve("thanos-snapshot/01KKS78P6B68DNJC87ZVPRGC3X"),
            root.resolve(
                "vm-prometheus-snapshot/snapshots/20250602T205846Z-7e03e43cf46dda03/01JWS713P2E4MQW7T643GYGD69"))) {
      try (Block block = Block.open(DISK, at)) {
        Matcher any = Matcher.of(Matcher.Type.NOT_EQUAL, "__name__", "no such");
        List<String> lines;
        try {
          lines = read(block, Long.MIN_VALUE, Long.MAX_VALUE, any);
        } catch (io.oriel.model.error.OrielException e) {
          assertTrue(at.toString().contains("thanos"), e::reason);
          continue;
        }
        assertEquals(block.meta().stats().samples(), lines.size(), at.toString());
        samples += lines.size();
        blocks++;
      }
    }
    System.out.println("upstream blocks: " + blocks + " read, " + samples + " samples");
    assertTrue(blocks >= 2);
  }
}
