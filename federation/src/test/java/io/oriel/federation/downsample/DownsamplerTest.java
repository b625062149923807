package io.oriel.federation.downsample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.SampleBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.SampleColumns;
import io.oriel.testkit.Conformance;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockCheck;
import io.oriel.tsdb.block.StoredChunk;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.index.ChunkMeta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownsamplerTest {
  private static final Disk DISK = new FileDisk();
  private static final Labels SERIES = Labels.of("__name__", "m");
  private static final long FIVE = Resolution.FIVE_MINUTES.millis();
  private static final long HOUR = Resolution.ONE_HOUR.millis();
  private static final long DAY = 24 * HOUR;

  @TempDir Path directory;
  private final SplittableRandom random = Seed.random("downsampler");

  private Ulid ulid() {
    return Ulid.create(1_700_000_000_000L, random);
  }

  private StoredMeta raw(SampleColumns rows, long max) throws IOException {
    TreeMap<Labels, SampleColumns> series = new TreeMap<>();
    series.put(SERIES, rows);
    return StoredMeta.of(
        SampleBlocks.write(directory, ulid(), 0, max, series),
        ThanosSection.of(Labels.of("cluster", "dev"), 0, ThanosSection.SIDECAR));
  }

  private StoredMeta downsampled(StoredMeta meta, Resolution resolution) throws IOException {
    try (Block block = Block.open(DISK, directory.resolve(meta.ulid().text()))) {
      return new Downsampler(DISK, block, meta, resolution).write(directory, ulid()).orElseThrow();
    }
  }

  private static List<AggrChunk> chunks(Path at) throws IOException {
    List<AggrChunk> chunks = new ArrayList<>();
    try (Block block = Block.open(DISK, at)) {
      assertEquals("", BlockCheck.of(block, BlockCheck.Depth.CHUNKS).problem());
      for (int reference : block.index().all()) {
        List<ChunkMeta> metas = new ArrayList<>();
        block.series(reference, metas);
        for (ChunkMeta meta : metas) {
          StoredChunk stored = block.stored(meta);
          ByteBuffer copy = ByteBuffer.allocate(stored.data().remaining());
          copy.put(stored.data().duplicate()).flip();
          chunks.add(AggrChunk.parse(copy));
        }
      }
    }
    return chunks;
  }

  private SampleColumns read(StoredMeta meta, Aggregate aggregate) throws IOException {
    SampleColumns rows = new SampleColumns();
    for (AggrChunk chunk : chunks(directory.resolve(meta.ulid().text()))) {
      chunk.read(aggregate, new ChunkDecoder(), rows);
    }
    return rows;
  }

  private SampleColumns counter(StoredMeta meta) throws IOException {
    SampleColumns joined = new SampleColumns();
    CounterJoin join = new CounterJoin();
    for (AggrChunk chunk : chunks(directory.resolve(meta.ulid().text()))) {
      SampleColumns rows = new SampleColumns();
      chunk.read(Aggregate.COUNTER, new ChunkDecoder(), rows);
      join.add(rows, joined);
    }
    return joined;
  }

  /// Samples at odd times, with gaps, resets, NaN and stale markers.
  private SampleColumns messy(long max) {
    SampleColumns rows = new SampleColumns();
    double value = 0;
    for (long time = random.nextInt(20_000); time < max; time += 5_000 + random.nextInt(20_000)) {
      value = random.nextInt(200) == 0 ? random.nextInt(5) : value + random.nextInt(50);
      if (random.nextInt(100) == 0) {
        rows.add(time, random.nextBoolean() ? StaleMarker.VALUE : Double.NaN);
      } else {
        rows.add(time, value);
      }
      if (random.nextInt(500) == 0) {
        time += random.nextLong(3 * HOUR);
      }
    }
    return rows;
  }

  /// What the aggregates of windows have to be, one line per window.
  private static List<String> model(SampleColumns rows, long resolution) {
    TreeMap<Long, double[]> windows = new TreeMap<>();
    for (int i = 0; i < rows.size(); i++) {
      double value = rows.values()[i];
      if (!Double.isNaN(value)) {
        double[] window =
            windows.computeIfAbsent(
                rows.timestamps()[i] / resolution,
                _ -> new double[] {0, 0, Double.MAX_VALUE, -Double.MAX_VALUE});
        window[0]++;
        window[1] += value;
        window[2] = Math.min(window[2], value);
        window[3] = Math.max(window[3], value);
      }
    }
    List<String> lines = new ArrayList<>();
    windows.forEach((n, w) -> lines.add(n + ": " + w[0] + " " + w[1] + " " + w[2] + " " + w[3]));
    return lines;
  }

  private List<String> windows(StoredMeta meta, long resolution) throws IOException {
    SampleColumns count = read(meta, Aggregate.COUNT);
    SampleColumns sum = read(meta, Aggregate.SUM);
    SampleColumns min = read(meta, Aggregate.MIN);
    SampleColumns max = read(meta, Aggregate.MAX);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count.size(); i++) {
      lines.add(
          count.timestamps()[i] / resolution
              + ": "
              + count.values()[i]
              + " "
              + sum.values()[i]
              + " "
              + min.values()[i]
              + " "
              + max.values()[i]);
    }
    return lines;
  }

  private static double increase(SampleColumns rows) {
    double total = 0;
    double last = Double.NaN;
    for (int i = 0; i < rows.size(); i++) {
      double value = rows.values()[i];
      if (Double.isNaN(value)) {
        continue;
      }
      total += Double.isNaN(last) ? 0 : value < last ? value : value - last;
      last = value;
    }
    return total;
  }

  @Test
  void keepsEveryWindowOfRawFloats() throws IOException {
    for (int i = 0; i < Seed.iterations(10); i++) {
      SampleColumns rows = messy(2 * DAY);
      StoredMeta five = downsampled(raw(rows, 2 * DAY), Resolution.FIVE_MINUTES);

      assertEquals(model(rows, FIVE), windows(five, FIVE), Seed.replay(i));
      assertEquals(increase(rows), increase(counter(five)), 1e-6, Seed.replay(i));
      assertEquals(FIVE, five.thanos().resolutionMillis());
      assertEquals(ThanosSection.COMPACTOR, five.thanos().source());
    }
  }

  @Test
  void keepsCountsSumsAndIncreaseInHours() throws IOException {
    for (int i = 0; i < Seed.iterations(5); i++) {
      SampleColumns rows = messy(14 * DAY);
      StoredMeta five = downsampled(raw(rows, 14 * DAY), Resolution.FIVE_MINUTES);
      StoredMeta hour = downsampled(five, Resolution.ONE_HOUR);
      SampleColumns count = read(hour, Aggregate.COUNT);
      SampleColumns sum = read(hour, Aggregate.SUM);
      double samples = 0;
      double total = 0;
      double wantSamples = 0;
      double wantTotal = 0;
      for (int k = 0; k < count.size(); k++) {
        samples += count.values()[k];
        total += sum.values()[k];
      }
      for (int k = 0; k < rows.size(); k++) {
        if (!Double.isNaN(rows.values()[k])) {
          wantSamples++;
          wantTotal += rows.values()[k];
        }
      }

      assertEquals(wantSamples, samples, Seed.replay(i));
      assertEquals(wantTotal, total, Math.abs(wantTotal) * 1e-12, Seed.replay(i));
      assertEquals(increase(rows), increase(counter(hour)), 1e-6, Seed.replay(i));
      assertTrue(count.size() <= 14 * 24 + 20, "windows: " + count.size());
    }
  }

  @Test
  void endsWindowsAsThanosDoes() throws IOException {
    SampleColumns rows = new SampleColumns();
    for (long time : new long[] {20, 40, 60, 80, 100, 101, 120, 180, 250}) {
      rows.add(time * 1000, 1);
    }

    List<StoredChunk> chunks = RawDownsampling.chunks(rows, 50_000);

    SampleColumns count = new SampleColumns();
    AggrChunk.parse(chunks.getFirst().data()).read(Aggregate.COUNT, new ChunkDecoder(), count);
    SampleColumns counter = new SampleColumns();
    AggrChunk.parse(chunks.getFirst().data()).read(Aggregate.COUNTER, new ChunkDecoder(), counter);
    assertEquals(1, chunks.size());
    assertEquals(
        List.of("49999 2.0", "99999 2.0", "149999 3.0", "199999 1.0", "250000 1.0"), text(count));
    assertEquals(
        List.of(
            "20000 1.0",
            "49999 1.0",
            "99999 1.0",
            "149999 1.0",
            "199999 1.0",
            "250000 1.0",
            "250000 1.0"),
        text(counter));
  }

  private static List<String> text(SampleColumns rows) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      lines.add(rows.timestamps()[i] + " " + rows.values()[i]);
    }
    return lines;
  }

  private NativeHistogram histogram(int schema, double scale, ResetHint hint) {
    double[] counts = new double[4];
    double count = 2;
    for (int i = 0; i < counts.length; i++) {
      counts[i] = Math.floor(scale * (i + 1));
      count += counts[i];
    }
    return NativeHistogram.builder()
        .schema(schema)
        .zero(0.001, 2)
        .count(count)
        .sum(scale * 10)
        .positive(Buckets.of(new int[] {0, 2}, new int[] {2, 2}, counts))
        .resetHint(hint)
        .integer(true)
        .build();
  }

  private NativeHistogram custom(double scale, double... bounds) {
    double[] counts = {scale, 2 * scale};
    return NativeHistogram.builder()
        .schema(NativeHistogram.CUSTOM_BUCKETS)
        .count(3 * scale)
        .sum(scale * 10)
        .positive(Buckets.of(new int[] {0}, new int[] {2}, counts))
        .customBounds(bounds)
        .integer(true)
        .build();
  }

  private static double lastCount(SampleColumns rows) {
    NativeHistogram last = rows.histogram(rows.size() - 1);
    return last == null ? Double.NaN : last.count();
  }

  @Test
  void aggregatesHistograms() throws IOException {
    for (ResetHint hint : List.of(ResetHint.UNKNOWN, ResetHint.GAUGE)) {
      SampleColumns rows = new SampleColumns();
      double samples = 0;
      double observations = 0;
      for (int i = 0; i < 4000; i++) {
        NativeHistogram one = histogram(i < 2000 ? 3 : 1, 1 + i, hint);
        rows.add(60_000L * i, one);
        samples++;
        observations += one.count();
      }
      StoredMeta five = downsampled(raw(rows, 4 * DAY), Resolution.FIVE_MINUTES);
      StoredMeta hour = downsampled(five, Resolution.ONE_HOUR);

      for (StoredMeta meta : List.of(five, hour)) {
        SampleColumns count = read(meta, Aggregate.COUNT);
        SampleColumns sum = read(meta, Aggregate.SUM);
        double counted = 0;
        double summed = 0;
        for (int i = 0; i < count.size(); i++) {
          counted += count.values()[i];
          NativeHistogram window = sum.histogram(i);
          summed += window == null ? Double.NaN : window.count();
        }
        assertEquals(samples, counted, hint.name());
        assertEquals(observations, summed, observations * 1e-9, hint.name());
        assertEquals(0, read(meta, Aggregate.MIN).size());
      }
    }
  }

  @Test
  void aggregatesCustomBucketsAlsoWhenTheBoundsChange() throws IOException {
    SampleColumns rows = new SampleColumns();
    for (int i = 0; i < 3000; i++) {
      rows.add(60_000L * i, i < 1500 ? custom(1 + i, 0.5, 1) : custom(1 + i, 0.5, 2));
    }
    StoredMeta five = downsampled(raw(rows, 4 * DAY), Resolution.FIVE_MINUTES);
    StoredMeta hour = downsampled(five, Resolution.ONE_HOUR);

    double counted = 0;
    SampleColumns count = read(hour, Aggregate.COUNT);
    for (int i = 0; i < count.size(); i++) {
      counted += count.values()[i];
    }
    assertEquals(3000, counted);
    assertEquals(3 * 3000.0, lastCount(read(hour, Aggregate.COUNTER)), 1e-6);
  }

  @Test
  void takesFloatsAndHistogramsOfOneSeriesApart() throws IOException {
    SampleColumns rows = new SampleColumns();
    for (int i = 0; i < 1000; i++) {
      rows.add(60_000L * i, i);
    }
    for (int i = 1000; i < 2000; i++) {
      rows.add(60_000L * i, histogram(2, i, ResetHint.UNKNOWN));
    }
    StoredMeta five = downsampled(raw(rows, 2 * DAY), Resolution.FIVE_MINUTES);
    StoredMeta hour = downsampled(five, Resolution.ONE_HOUR);

    for (StoredMeta meta : List.of(five, hour)) {
      List<AggrChunk> chunks = chunks(directory.resolve(meta.ulid().text()));
      assertTrue(chunks.stream().anyMatch(AggrChunk::isHistogram));
      assertTrue(chunks.stream().anyMatch(chunk -> !chunk.isHistogram()));
    }
  }

  @Test
  void leavesOutSeriesWithoutSamples() throws IOException {
    SampleColumns rows = new SampleColumns();
    rows.add(1, StaleMarker.VALUE);
    StoredMeta meta = raw(rows, DAY);

    try (Block block = Block.open(DISK, directory.resolve(meta.ulid().text()))) {
      assertTrue(
          new Downsampler(DISK, block, meta, Resolution.FIVE_MINUTES)
              .write(directory, ulid())
              .isEmpty());
    }
    try (var files = Files.list(directory)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void refusesToGoBack() throws IOException {
    SampleColumns rows = new SampleColumns();
    rows.add(1, 1);
    StoredMeta five = downsampled(raw(rows, DAY), Resolution.FIVE_MINUTES);

    assertThrows(OrielException.class, () -> downsampled(five, Resolution.FIVE_MINUTES));
  }

  private static List<Double> values(SampleColumns rows) {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      values.add(rows.values()[i]);
    }
    return values;
  }

  /// The block was made by a generator that stamps windows with their first millisecond instead of
  /// Thanos' last one, and keeps no raw values in the counter; the windows are the same.
  @Test
  void readsAndMatchesThanosBlocks() throws IOException {
    Path root = Conformance.require("metrics/tsdb-blocks/thanos-snapshot");
    Path rawBlock = root.resolve("01KKS78P6B68DNJC87ZVPRGC3X");
    StoredMeta rawMeta = StoredMeta.parse("raw", Files.readAllBytes(rawBlock.resolve("meta.json")));
    List<AggrChunk> theirs = chunks(root.resolve("01KKS78PKKR6BQ0SQ5BARRTAKC"));
    StoredMeta ours;
    try (Block block = Block.open(DISK, rawBlock)) {
      ours =
          new Downsampler(DISK, block, rawMeta, Resolution.FIVE_MINUTES)
              .write(directory, ulid())
              .orElseThrow();
    }
    List<AggrChunk> own = chunks(directory.resolve(ours.ulid().text()));

    assertEquals(theirs.size(), own.size());
    for (int i = 0; i < own.size(); i++) {
      for (Aggregate aggregate :
          List.of(Aggregate.COUNT, Aggregate.SUM, Aggregate.MIN, Aggregate.MAX)) {
        SampleColumns want = new SampleColumns();
        SampleColumns got = new SampleColumns();
        theirs.get(i).read(aggregate, new ChunkDecoder(), want);
        own.get(i).read(aggregate, new ChunkDecoder(), got);
        assertEquals(values(want), values(got), "chunk " + i + " " + aggregate);
      }
    }
    System.out.println("thanos downsampled block: " + own.size() + " aggregate chunks, passed");
  }
}
