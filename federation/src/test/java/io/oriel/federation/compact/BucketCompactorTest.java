package io.oriel.federation.compact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.SampleBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.FaultyBucket;
import io.oriel.federation.dedup.Deduplication;
import io.oriel.federation.downsample.Resolution;
import io.oriel.model.error.Kind;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.SampleColumns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is merged, downsampled and deleted, and what is left alone.
@Timeout(120)
class BucketCompactorTest {
  private CompactorRig rig;

  @BeforeEach
  void rig(@TempDir Path temp) {
    rig = new CompactorRig(temp);
  }

  @Test
  void mergesAStreamAsFarAsItGoes() throws Exception {
    for (int i = 0; i < 9; i++) {
      rig.twoHours(CompactorRig.DEV, i);
    }
    Set<String> before = rig.samples(rig.memory);

    CompactorReport report = rig.run(rig.memory, rig.config());

    assertEquals(List.of(), report.failures());
    assertEquals(2, report.compactions());
    assertEquals(List.of("0-8", "16-18", "8-16"), CompactorRig.ranges(rig.view(rig.memory), 0));
    assertEquals(before, rig.samples(rig.memory));
    StoredMeta merged =
        rig.view(rig.memory).blocks().values().stream()
            .filter(meta -> meta.block().level() == 2)
            .findFirst()
            .orElseThrow();
    assertEquals(4, merged.block().sources().size());
    assertEquals(ThanosSection.COMPACTOR, merged.thanos().source());
    assertEquals(CompactorRig.DEV, merged.thanos().labels());
    assertTrue(rig.run(rig.memory, rig.config()).compactions() == 0, "nothing is left to do");
  }

  @Test
  void deletesSourcesAfterTheDelayOnly() throws Exception {
    for (int i = 0; i < 5; i++) {
      rig.twoHours(CompactorRig.DEV, i);
    }
    rig.run(rig.memory, rig.config());
    assertEquals(6, rig.blockDirectories().size());

    rig.now.addAndGet(Duration.ofHours(49).toMillis());
    rig.run(rig.memory, rig.config());

    assertEquals(2, rig.blockDirectories().size());
  }

  @Test
  void mergesReplicasOneToOne() throws Exception {
    CompactorConfig config = rig.config().withReplicaLabels(List.of("replica"));
    TreeMap<Labels, SampleColumns> all =
        SampleBlocks.floats(
            rig.random.split(),
            4,
            CompactorRig.START,
            CompactorRig.START + CompactorRig.TWO_HOURS,
            15_000);
    for (int replica = 0; replica < 2; replica++) {
      TreeMap<Labels, SampleColumns> part = new TreeMap<>();
      int which = replica;
      all.forEach(
          (labels, rows) -> {
            SampleColumns some = new SampleColumns();
            for (int i = 0; i < rows.size(); i++) {
              if (i % 3 != which) {
                some.addRow(rows, i);
              }
            }
            part.put(labels, some);
          });
      rig.put(
          CompactorRig.DEV.with("replica", "r" + replica),
          CompactorRig.START,
          CompactorRig.START + CompactorRig.TWO_HOURS,
          part);
    }

    assertEquals(1, rig.run(rig.memory, config).compactions());

    assertEquals(
        SampleBlocks.lines(all).stream()
            .map(line -> CompactorRig.DEV + line)
            .collect(Collectors.toSet()),
        rig.samples(rig.memory));
  }

  @Test
  void mergesReplicasByPenalty() throws Exception {
    rig.merge = Deduplication.PENALTY;
    Labels series = Labels.of("__name__", "m");
    TreeSet<String> want = new TreeSet<>();
    for (int block = 0; block < 5; block++) {
      long from = CompactorRig.START + block * CompactorRig.TWO_HOURS;
      for (int replica = 0; replica < 2; replica++) {
        SampleColumns rows = new SampleColumns();
        for (long time = from + replica * 3_000L;
            time < from + CompactorRig.TWO_HOURS;
            time += 15_000) {
          rows.add(time, replica);
          if (replica == 0) {
            want.add(CompactorRig.DEV + "" + series + " " + time + " 0.0");
          }
        }
        TreeMap<Labels, SampleColumns> one = new TreeMap<>();
        one.put(series, rows);
        rig.put(
            CompactorRig.DEV.with("replica", "r" + replica),
            from,
            from + CompactorRig.TWO_HOURS,
            one);
      }
    }

    rig.run(rig.memory, rig.config().withReplicaLabels(List.of("replica")));

    assertTrue(want.equals(rig.samples(rig.memory)), "one replica without a gap, over all blocks");
    assertEquals(List.of("0-8", "8-10"), CompactorRig.ranges(rig.view(rig.memory), 0));
  }

  @Test
  void worksOnManyStreamsAtOnce() throws Exception {
    List<Labels> streams = new ArrayList<>();
    for (int s = 0; s < 6; s++) {
      streams.add(Labels.of("cluster", "c" + s));
      for (int i = 0; i < 5; i++) {
        rig.twoHours(streams.getLast(), i);
      }
    }
    Set<String> before = rig.samples(rig.memory);

    CompactorReport report =
        rig.run(
            rig.memory, rig.config().withBounds(1L << 30, CompactorRig.pace(3), Long.MAX_VALUE));

    assertEquals(6, report.compactions());
    assertEquals(before, rig.samples(rig.memory));
    for (Labels stream : streams) {
      assertEquals(List.of("0", "8"), rig.starts(stream));
    }
  }

  @Test
  void downsamplesLongBlocksAndTheirDownsampledOnes() throws Exception {
    long max = CompactorRig.START + 14 * 24 * CompactorRig.HOUR;
    rig.put(
        CompactorRig.DEV,
        CompactorRig.START,
        max,
        SampleBlocks.floats(rig.random.split(), 2, CompactorRig.START, max, 300_000));

    CompactorReport report = rig.run(rig.memory, rig.config());

    assertEquals(List.of(), report.failures());
    assertEquals(2, report.downsamples());
    assertEquals(List.of("0-336"), CompactorRig.ranges(rig.view(rig.memory), 300_000));
    assertEquals(List.of("0-336"), CompactorRig.ranges(rig.view(rig.memory), 3_600_000));
    assertEquals(0, rig.run(rig.memory, rig.config()).downsamples());
  }

  /// Downsampled before, both replicas would be, and stay two.
  @Test
  void downsamplesReplicasOnlyOnceTheyAreMerged() throws Exception {
    long max = CompactorRig.START + 48 * CompactorRig.HOUR;
    for (String replica : List.of("a", "b")) {
      rig.put(
          CompactorRig.DEV.with("replica", replica),
          CompactorRig.START,
          max,
          SampleBlocks.floats(rig.random.split(), 2, CompactorRig.START, max, 300_000));
    }

    CompactorReport report =
        rig.run(rig.memory, rig.config().withReplicaLabels(List.of("replica")));

    assertEquals(List.of(), report.failures());
    assertEquals(1, report.downsamples());
    assertEquals(List.of("0-48"), CompactorRig.ranges(rig.view(rig.memory), 300_000));
  }

  @Test
  void mergesDownsampledBlocks() throws Exception {
    for (int i = 0; i < 8; i++) {
      long from = CompactorRig.START + i * (48 * CompactorRig.HOUR);
      long to = from + 48 * CompactorRig.HOUR;
      rig.put(
          CompactorRig.DEV,
          from,
          to,
          SampleBlocks.floats(rig.random.split(), 2, from, to, 300_000));
    }

    CompactorReport report = rig.run(rig.memory, rig.config());

    assertEquals(List.of(), report.failures());
    assertEquals(List.of("0-336", "336-384"), CompactorRig.ranges(rig.view(rig.memory), 0));
    assertEquals(List.of("0-336", "336-384"), CompactorRig.ranges(rig.view(rig.memory), 300_000));
    assertEquals(List.of("0-336"), CompactorRig.ranges(rig.view(rig.memory), 3_600_000));
  }

  @Test
  void expiresByResolutionButNotWhatHasToBeDownsampledStill() throws Exception {
    long max = CompactorRig.START + 48 * CompactorRig.HOUR;
    rig.put(
        CompactorRig.DEV,
        CompactorRig.START,
        max,
        SampleBlocks.floats(rig.random.split(), 2, CompactorRig.START, max, 300_000));
    Map<Resolution, Duration> days = Map.of(Resolution.RAW, Duration.ofDays(1));
    FaultyBucket noUploads = new FaultyBucket(rig.memory);
    noUploads.fail(
        Kind.FORBIDDEN, (what, name) -> what.equals("upload") && name.endsWith("/index"));

    assertEquals(1, rig.run(noUploads, rig.config().withRetention(days)).failures().size());
    assertEquals(
        List.of("0-48"),
        CompactorRig.ranges(rig.view(rig.memory), 0),
        "kept until it is downsampled");

    rig.run(rig.memory, rig.config().withRetention(days));
    assertEquals(List.of(), CompactorRig.ranges(rig.view(rig.memory), 0));
    assertEquals(List.of("0-48"), CompactorRig.ranges(rig.view(rig.memory), 300_000));
  }

  @Test
  void doesOnlyWhatItIsAskedFor() throws Exception {
    for (int i = 0; i < 5; i++) {
      rig.twoHours(CompactorRig.DEV, i);
    }

    CompactorReport report =
        rig.compactor(rig.memory, rig.config())
            .runOnce(Set.of(BucketCompactor.Task.CLEANUP, BucketCompactor.Task.GARBAGE));

    assertEquals(0, report.compactions());
    assertEquals(
        List.of("0-2", "2-4", "4-6", "6-8", "8-10"), CompactorRig.ranges(rig.view(rig.memory), 0));
  }

  @Test
  void keepsToItsScratchSpace() throws Exception {
    for (int i = 0; i < 5; i++) {
      long from = CompactorRig.START + i * CompactorRig.TWO_HOURS;
      rig.put(
          CompactorRig.DEV,
          from,
          from + CompactorRig.TWO_HOURS,
          SampleBlocks.floats(
              rig.random.split(), 400, from, from + CompactorRig.TWO_HOURS, 15_000));
    }

    CompactorReport report =
        rig.run(rig.memory, rig.config().withBounds(1 << 20, CompactorRig.pace(1), Long.MAX_VALUE));

    assertEquals(0, report.compactions());
    assertTrue(report.failures().getFirst().contains("scratch"), report.failures().toString());
  }

  @Test
  void marksBlocksWhoseIndexWouldBecomeTooLarge() throws Exception {
    for (int i = 0; i < 5; i++) {
      rig.twoHours(CompactorRig.DEV, i);
    }

    rig.run(rig.memory, rig.config().withBounds(1L << 30, CompactorRig.pace(1), 100));

    assertEquals(3, rig.marked(BlockMark.Kind.NO_COMPACT));
    assertEquals(5, CompactorRig.ranges(rig.view(rig.memory), 0).size());
  }
}
