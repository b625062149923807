package io.oriel.tsdb;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Appender;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockQuerier;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.head.Head;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that were damaged anywhere: what cannot be read is refused by a typed error, and nothing
/// that was never written is served from a log.
class CorruptFilesFuzzTest {
  private static final Disk DISK = new FileDisk();
  private static final long START = 1_700_000_000_000L;
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochMilli(START + 3_600_000));

  private static Tsdb open(Path directory) throws IOException {
    return Tsdb.open(
        directory,
        new Tsdb.Parts(DISK, CLOCK, Seed.random("ulid")),
        TsdbOptions.defaults(),
        _ -> {});
  }

  private static void fill(Tsdb tsdb) throws IOException {
    for (int i = 0; i < 40; i++) {
      try (Appender appender = tsdb.appender()) {
        for (int series = 0; series < 20; series++) {
          long ref = appender.series(Labels.of("__name__", "m" + series % 5, "i", "" + series));
          appender.append(ref, START + i * 15_000L, value(series, i));
        }
        appender.commit();
      }
    }
  }

  private static double value(int series, int step) {
    return series * 1000 + step;
  }

  /// Damages one to four places of {@code bytes}: a bit, a byte, a run, or the end cut off.
  private static byte[] damaged(byte[] bytes, SplittableRandom random) {
    byte[] out = bytes.clone();
    for (int n = random.nextInt(1, 5); n > 0 && out.length > 0; n--) {
      int at = random.nextInt(out.length);
      switch (random.nextInt(4)) {
        case 0 -> out[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> out[at] = (byte) random.nextInt();
        case 2 -> {
          for (int k = at; k < Math.min(out.length, at + 16); k++) {
            out[k] = (byte) random.nextInt();
          }
        }
        default -> out = Arrays.copyOf(out, at);
      }
    }
    return out;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private static int readAll(Querier querier, boolean check) throws IOException {
    int samples = 0;
    SelectHints hints =
        new SelectHints(Long.MIN_VALUE, Long.MAX_VALUE, 0, 0, "", List.of(), false, 0, false);
    List<Matcher> all = List.of(Matcher.of(Matcher.Type.REGEX, "__name__", ".+"));
    SampleColumns columns = new SampleColumns();
    try (SeriesCursor cursor = querier.select(hints, all)) {
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        columns.clear();
        series.read(columns);
        for (int i = 0; check && i < columns.size(); i++) {
          int step = (int) ((columns.timestamps()[i] - START) / 15_000);
          double want = value(Integer.parseInt(series.labels().get("i")), step);
          assertTrue(columns.values()[i] == want, () -> "served a sample that was never written");
        }
        samples += columns.size();
      }
    }
    return samples;
  }

  @Test
  void damagedBlocksAreRefusedOrReadAndNeverCrash(@TempDir Path directory) throws IOException {
    Path snapshot = directory.resolve("snapshot");
    try (Tsdb tsdb = open(directory.resolve("data"))) {
      fill(tsdb);
      tsdb.snapshot(snapshot, Head.Inclusion.INCLUDED);
    }
    Path block;
    try (Stream<Path> blocks = Files.list(snapshot)) {
      block = blocks.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(block)) {
      all.filter(Files::isRegularFile).sorted().forEach(files::add);
    }
    SplittableRandom random = Seed.random("blocks");
    int refused = 0;
    for (int i = 0; i < Seed.iterations(600); i++) {
      Path broken = directory.resolve("b" + i).resolve(block.getFileName());
      copy(block, broken);
      Path victim = files.get(random.nextInt(files.size()));
      Files.write(
          broken.resolve(block.relativize(victim).toString()),
          damaged(Files.readAllBytes(victim), random));
      try (Block opened = Block.open(DISK, broken)) {
        assertTrue(opened.retain());
        try (Querier querier = new BlockQuerier(opened)) {
          readAll(querier, false);
        }
      } catch (OrielException | IOException _) {
        refused++;
      }
    }
    assertTrue(refused > 100, "damage should mostly be noticed, was " + refused + " times");
    System.out.println("damaged blocks: " + refused + " refused, the rest read");
  }

  @Test
  void aDamagedLogIsRepairedAndServesOnlyWhatWasWritten(@TempDir Path directory)
      throws IOException {
    Path data = directory.resolve("data");
    try (Tsdb tsdb = open(data)) {
      fill(tsdb);
    }
    List<Path> segments = new ArrayList<>();
    try (Stream<Path> all = Files.list(data.resolve("wal"))) {
      all.filter(Files::isRegularFile).sorted().forEach(segments::add);
    }
    SplittableRandom random = Seed.random("log");
    int kept = 0;
    for (int i = 0; i < Seed.iterations(150); i++) {
      Path broken = directory.resolve("l" + i);
      copy(data, broken);
      Path victim = segments.get(random.nextInt(segments.size()));
      Files.write(
          broken.resolve(data.relativize(victim).toString()),
          damaged(Files.readAllBytes(victim), random));
      try (Tsdb tsdb = open(broken);
          Querier querier = tsdb.querier(Long.MIN_VALUE, Long.MAX_VALUE)) {
        kept += readAll(querier, true);
      }
    }
    System.out.println("damaged logs: " + kept + " samples kept");
  }

  @Test
  void noBytesCrashTheChunkDecoder() {
    SplittableRandom random = Seed.random("chunks");
    ChunkDecoder decoder = new ChunkDecoder();
    SampleColumns columns = new SampleColumns();
    for (int i = 0; i < Seed.iterations(60_000); i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (bytes.length > 1) {
        bytes[0] = 0;
        bytes[1] = (byte) random.nextInt(40);
      }
      ChunkEncoding encoding = ChunkEncoding.ofCode(random.nextInt(1, 7));
      columns.clear();
      try {
        decoder.decode(encoding, bytes, bytes.length, columns, Long.MIN_VALUE, Long.MAX_VALUE);
      } catch (OrielException _) {
        // refused, as it should be
      }
    }
  }
}
