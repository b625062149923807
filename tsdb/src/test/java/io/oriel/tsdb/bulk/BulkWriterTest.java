package io.oriel.tsdb.bulk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbOptions;
import io.oriel.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BulkWriterTest {
  private static final long HOUR = 3_600_000;
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(900 * HOUR));

  private static BulkWriter writer(Path directory, Duration longest, long held) {
    return new BulkWriter(new FileDisk(), directory, CLOCK, Seed.random("ulid"), longest, held);
  }

  @Test
  void whatIsWrittenInAnyOrderIsReadBack(@TempDir Path directory) throws IOException {
    SplittableRandom random = Seed.random("bulk");
    TreeMap<Labels, TreeMap<Long, Double>> expected = new TreeMap<>();
    record Sample(Labels labels, long time, double value) {}
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      Labels labels = Labels.of("__name__", "m", "i", "" + random.nextInt(30));
      long time = 800 * HOUR + random.nextLong(30 * HOUR);
      samples.add(new Sample(labels, time, i));
      expected.computeIfAbsent(labels, _ -> new TreeMap<>()).put(time, (double) i);
    }
    SampleSource source =
        sink -> samples.forEach(sample -> sink.sample(sample.labels, sample.time, sample.value));

    List<BlockMeta> blocks =
        writer(directory, Duration.ofHours(2), 5_000).write(source, block -> {});

    assertEquals(15, blocks.size());
    for (BlockMeta block : blocks) {
      assertEquals(block.minMillis() / (2 * HOUR), (block.maxMillis() - 1) / (2 * HOUR));
    }
    TreeMap<Labels, TreeMap<Long, Double>> got = new TreeMap<>();
    try (Tsdb tsdb =
            Tsdb.open(
                directory,
                new Tsdb.Parts(new FileDisk(), CLOCK, Seed.random("u")),
                TsdbOptions.defaults(),
                _ -> {});
        Querier querier = tsdb.querier(0, Long.MAX_VALUE);
        SeriesCursor cursor = querier.select(SelectHints.range(0, Long.MAX_VALUE), List.of())) {
      SampleColumns rows = new SampleColumns();
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        rows.clear();
        series.read(rows);
        TreeMap<Long, Double> points = got.computeIfAbsent(series.labels(), _ -> new TreeMap<>());
        for (int i = 0; i < rows.size(); i++) {
          points.put(rows.timestamps()[i], rows.values()[i]);
        }
      }
    }
    assertEquals(expected, got);
  }

  @Test
  void longerBlocksHaveCompactionsRanges(@TempDir Path directory) throws IOException {
    SampleSource source =
        sink -> {
          for (int hour = 0; hour < 40; hour++) {
            sink.sample(Labels.of("a", "b"), (792 + hour) * HOUR, hour);
          }
        };
    List<BlockMeta> blocks = writer(directory, Duration.ofHours(24), 10).write(source, _ -> {});
    assertEquals(3, blocks.size());
    assertEquals(792 * HOUR, blocks.getFirst().minMillis());
    assertEquals(809 * HOUR + 1, blocks.getFirst().maxMillis());
    assertEquals(40, blocks.stream().mapToLong(block -> block.stats().samples()).sum());
  }
}
