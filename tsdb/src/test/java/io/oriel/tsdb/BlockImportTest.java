package io.oriel.tsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockImportTest {
  private static final Duration RANGE = Duration.ofHours(2);

  @TempDir private Path directory;
  @TempDir private Path scratch;

  private final Tsdb.Parts parts =
      new Tsdb.Parts(new FileDisk(), () -> Instant.EPOCH, Seed.random("names"));

  private static Labels labels(int i) {
    return Labels.of("__name__", "m" + i % 3, "job", "j" + i, "env", "é");
  }

  @Test
  void samplesInAnyOrderBecomeAlignedBlocks() throws IOException {
    SplittableRandom random = Seed.random("import");
    Map<String, TreeMap<Long, Double>> model = new TreeMap<>();
    List<BlockMeta> blocks;
    try (BlockImport run = BlockImport.create(directory, parts, RANGE, 500)) {
      for (int k = 0; k < 3000; k++) {
        Labels labels = labels(random.nextInt(10));
        long time = random.nextLong(-1_000_000, Duration.ofHours(7).toMillis()) / 20_000 * 20_000;
        run.add(labels, time, k);
        model
            .computeIfAbsent(labels.toString(), _ -> new TreeMap<>())
            .putIfAbsent(time, (double) k);
      }
      blocks = run.finish();
    }
    assertEquals(5, blocks.size());
    for (BlockMeta meta : blocks) {
      assertEquals(0, Math.floorMod(meta.minMillis(), RANGE.toMillis()));
      assertEquals(RANGE.toMillis(), meta.maxMillis() - meta.minMillis());
      assertEquals(1, meta.level());
    }
    assertEquals(blocks, Tsdb.list(parts.disk(), directory));
    assertFalse(Files.exists(directory.resolve("import.tmp-for-creation")));
    TsdbOptions options = TsdbOptions.defaults().withRetention(Duration.ZERO, 0);
    try (Tsdb db = Tsdb.open(directory, parts, options, _ -> {})) {
      Map<String, List<String>> expected = new TreeMap<>();
      model.forEach(
          (series, samples) ->
              expected.put(
                  series,
                  samples.entrySet().stream().map(s -> s.getKey() + "=" + s.getValue()).toList()));
      assertTrue(expected.equals(TsdbTest.read(db, -2_000_000, Long.MAX_VALUE)), "every sample");
    }
  }

  private BlockMeta block() throws IOException {
    try (BlockImport run = BlockImport.create(directory, parts, RANGE)) {
      for (int i = 0; i < 7; i++) {
        for (long time = 0; time < RANGE.toMillis() / (i + 1); time += 60_000) {
          run.add(labels(i), time, i);
        }
      }
      return run.finish().getFirst();
    }
  }

  @Test
  void analysisSaysWhatMakesABlockLarge() throws IOException {
    BlockMeta meta = block();

    BlockAnalysis found = BlockAnalysis.of(parts.disk(), directory.resolve(meta.ulid().text()), 3);

    assertEquals(3, found.labelNames());
    assertEquals(11, found.labelPairs());
    assertEquals(21, found.pairEntries());
    assertEquals(new BlockAnalysis.Count("env=é", 7), found.commonPairs().getFirst());
    assertEquals(new BlockAnalysis.Count("job", 14), found.longestNames().getFirst());
    assertEquals(new BlockAnalysis.Count("job", 7), found.widestNames().getFirst());
    assertEquals(
        List.of(
            new BlockAnalysis.Count("m0", 3),
            new BlockAnalysis.Count("m1", 2),
            new BlockAnalysis.Count("m2", 2)),
        found.widestMetrics());
    assertEquals(new BlockAnalysis.Count("env=é", 4), found.churningPairs().getFirst());
  }

  @Test
  void promtoolCountsTheSame() throws Exception {
    Peers.require("promtool");
    BlockMeta meta = block();
    BlockAnalysis ours = BlockAnalysis.of(parts.disk(), directory.resolve(meta.ulid().text()), 20);

    String theirs = Peers.run(scratch, "promtool", "tsdb", "analyze", directory.toString());

    assertTrue(
        theirs.contains("Postings (unique label pairs): " + ours.labelPairs() + "\n"), theirs);
    assertTrue(
        theirs.contains("Postings entries (total label pairs): " + ours.pairEntries() + "\n"),
        theirs);
    for (List<BlockAnalysis.Count> counts :
        List.of(
            ours.churningPairs(),
            ours.churningNames(),
            ours.commonPairs(),
            ours.longestNames(),
            ours.widestNames(),
            ours.widestMetrics())) {
      for (BlockAnalysis.Count count : counts) {
        assertTrue(theirs.contains("\n" + count.count() + " " + count.name() + "\n"), theirs);
      }
    }
    System.out.println("promtool interop: analysis agrees");
  }
}
