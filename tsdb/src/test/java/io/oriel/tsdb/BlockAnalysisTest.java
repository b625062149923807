package io.oriel.tsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.testkit.Peer;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.bulk.BulkWriter;
import io.oriel.tsdb.bulk.SampleSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockAnalysisTest {
  private static final FileDisk DISK = new FileDisk();
  private static final Duration RANGE = Duration.ofHours(2);

  @TempDir private Path directory;
  @TempDir private Path scratch;

  private static Labels labels(int i) {
    return Labels.of("__name__", "m" + i % 3, "job", "j" + i, "env", "é");
  }

  private BlockMeta block() throws IOException {
    SampleSource source =
        sink -> {
          for (int i = 0; i < 7; i++) {
            for (long time = 0; time < RANGE.toMillis() / (i + 1); time += 60_000) {
              sink.sample(labels(i), time, i);
            }
          }
        };
    return new BulkWriter(DISK, directory, () -> Instant.EPOCH, Seed.random("names"), RANGE)
        .write(source, _ -> {})
        .getFirst();
  }

  @Test
  void analysisSaysWhatMakesABlockLarge() throws IOException {
    BlockMeta meta = block();

    BlockAnalysis found = BlockAnalysis.of(DISK, directory.resolve(meta.ulid().text()), 3);

    assertEquals(List.of(meta), Tsdb.list(DISK, directory));
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
    Path _ = Peer.require("promtool");
    BlockMeta meta = block();
    BlockAnalysis ours = BlockAnalysis.of(DISK, directory.resolve(meta.ulid().text()), 20);

    String theirs =
        Peer.run(scratch.resolve("out.txt"), "promtool", "tsdb", "analyze", directory.toString());

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
