package io.oriel.federation.compact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.CrashDisk;
import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.BlockFetcher;
import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.BlockView;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.FetcherMetrics;
import io.oriel.federation.block.MetaFilter;
import io.oriel.federation.block.SampleBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.Content;
import io.oriel.federation.bucket.FaultyBucket;
import io.oriel.federation.bucket.MemoryBucket;
import io.oriel.federation.bucket.Pause;
import io.oriel.federation.dedup.Deduplication;
import io.oriel.federation.downsample.Resolution;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.SampleColumns;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.Ulid;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BucketCompactorTest {
  private static final Disk DISK = new FileDisk();
  private static final long HOUR = 3_600_000;
  private static final long TWO_HOURS = 2 * HOUR;
  private static final long START = 1_699_920_000_000L / (14 * 24 * HOUR) * (14 * 24 * HOUR);
  private static final Labels DEV = Labels.of("cluster", "dev");
  private static final Pause FOREVER = _ -> new CountDownLatch(1).await();

  @TempDir Path temp;
  private final SplittableRandom random = Seed.random("compactor");
  private final AtomicLong now = new AtomicLong(START + 30 * 24 * HOUR);
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger names = new AtomicInteger();
  private MemoryBucket memory = new MemoryBucket();
  private Disk disk = DISK;
  private Deduplication merge = Deduplication.CHAIN;

  private InstantSource clock() {
    return () -> Instant.ofEpochMilli(now.get());
  }

  private CompactorConfig config() {
    return CompactorConfig.standard(temp.resolve("scratch" + names.incrementAndGet()));
  }

  private static CompactorConfig.Pace pace(int merges) {
    return new CompactorConfig.Pace(merges, 1, 2, Duration.ZERO, Duration.ZERO);
  }

  private BucketCompactor compactor(Bucket bucket, CompactorConfig config) {
    return compactor(bucket, config, FOREVER);
  }

  private BucketCompactor compactor(Bucket bucket, CompactorConfig config, Pause pause) {
    memory.time(now.get());
    return new BucketCompactor(
        config,
        new CompactorParts(
            disk,
            bucket,
            new BlockFetcher(
                bucket,
                DISK,
                Optional.empty(),
                4,
                new FetcherMetrics(new PrometheusRegistry()),
                nanos::get),
            merge,
            clock(),
            nanos::get,
            pause,
            random,
            new CompactorMetrics(new PrometheusRegistry()),
            new BucketLease.Terms(
                "compactor", "c" + names.incrementAndGet(), Duration.ofMinutes(5))));
  }

  private CompactorReport run(Bucket bucket, CompactorConfig config) throws Exception {
    return compactor(bucket, config).runOnce();
  }

  private BlockView view(Bucket bucket) {
    return new BlockFetcher(
            bucket,
            DISK,
            Optional.empty(),
            4,
            new FetcherMetrics(new PrometheusRegistry()),
            nanos::get)
        .fetch(
            List.of(
                MetaFilter.deletionMarks(Duration.ofSeconds(-1), clock()),
                MetaFilter.duplicates()));
  }

  private StoredMeta put(Labels labels, long from, long to, TreeMap<Labels, SampleColumns> series)
      throws IOException {
    Path made = Files.createDirectories(temp.resolve("made"));
    Ulid ulid = Ulid.create(START + names.incrementAndGet(), random);
    BlockMeta meta = SampleBlocks.write(made, ulid, from, to, series);
    StoredMeta stored = StoredMeta.of(meta, ThanosSection.of(labels, 0, ThanosSection.SIDECAR));
    InstantSource before = () -> Instant.ofEpochMilli(now.get() - 24 * HOUR);
    return new BucketBlocks(memory, before).upload(DISK, made.resolve(ulid.text()), stored);
  }

  private StoredMeta twoHours(Labels labels, int n) throws IOException {
    long from = START + n * TWO_HOURS;
    return put(
        labels,
        from,
        from + TWO_HOURS,
        SampleBlocks.floats(random.split(), 6, from, from + TWO_HOURS, 30_000));
  }

  /// Every sample that readers of the bucket find, each time of a series once.
  private Set<String> samples(Bucket bucket) throws IOException {
    TreeSet<String> lines = new TreeSet<>();
    BucketBlocks blocks = new BucketBlocks(bucket, clock());
    for (StoredMeta meta : view(bucket).blocks().values()) {
      if (meta.thanos().resolutionMillis() == 0) {
        Path copy = temp.resolve("read");
        blocks.download(DISK, meta.ulid(), copy);
        for (String line : SampleBlocks.lines(copy.resolve(meta.ulid().text()))) {
          assertTrue(lines.add(meta.thanos().labels() + line), "doubled: " + line);
        }
      }
    }
    return lines;
  }

  private static List<String> ranges(BlockView view, long resolution) {
    return view.blocks().values().stream()
        .filter(meta -> meta.thanos().resolutionMillis() == resolution)
        .map(
            meta ->
                (meta.block().minMillis() - START) / HOUR
                    + "-"
                    + (meta.block().maxMillis() - START) / HOUR)
        .sorted()
        .toList();
  }

  @Test
  void mergesAStreamAsFarAsItGoes() throws Exception {
    for (int i = 0; i < 9; i++) {
      twoHours(DEV, i);
    }
    Set<String> before = samples(memory);

    CompactorReport report = run(memory, config());

    assertEquals(List.of(), report.failures());
    assertEquals(2, report.compactions());
    assertEquals(List.of("0-8", "16-18", "8-16"), ranges(view(memory), 0));
    assertEquals(before, samples(memory));
    StoredMeta merged =
        view(memory).blocks().values().stream()
            .filter(meta -> meta.block().level() == 2)
            .findFirst()
            .orElseThrow();
    assertEquals(4, merged.block().sources().size());
    assertEquals(ThanosSection.COMPACTOR, merged.thanos().source());
    assertEquals(DEV, merged.thanos().labels());
    assertTrue(run(memory, config()).compactions() == 0, "nothing is left to do");
  }

  @Test
  void deletesSourcesAfterTheDelayOnly() throws Exception {
    for (int i = 0; i < 5; i++) {
      twoHours(DEV, i);
    }
    run(memory, config());
    assertEquals(6, blockDirectories().size());

    now.addAndGet(Duration.ofHours(49).toMillis());
    run(memory, config());

    assertEquals(2, blockDirectories().size());
  }

  private Set<String> blockDirectories() {
    Set<String> names = new TreeSet<>();
    memory.iter(
        "",
        Bucket.Depth.ONE_LEVEL,
        entry -> {
          if (Ulid.isValid(entry.lastSegment())) {
            names.add(entry.lastSegment());
          }
          return true;
        });
    return names;
  }

  @Test
  void mergesReplicasOneToOne() throws Exception {
    CompactorConfig config = config().withReplicaLabels(List.of("replica"));
    TreeMap<Labels, SampleColumns> all =
        SampleBlocks.floats(random.split(), 4, START, START + TWO_HOURS, 15_000);
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
      put(DEV.with("replica", "r" + replica), START, START + TWO_HOURS, part);
    }

    assertEquals(1, run(memory, config).compactions());

    assertEquals(
        SampleBlocks.lines(all).stream().map(line -> DEV + line).collect(Collectors.toSet()),
        samples(memory));
  }

  @Test
  void mergesReplicasByPenalty() throws Exception {
    merge = Deduplication.PENALTY;
    Labels series = Labels.of("__name__", "m");
    TreeSet<String> want = new TreeSet<>();
    for (int block = 0; block < 5; block++) {
      long from = START + block * TWO_HOURS;
      for (int replica = 0; replica < 2; replica++) {
        SampleColumns rows = new SampleColumns();
        for (long time = from + replica * 3_000L; time < from + TWO_HOURS; time += 15_000) {
          rows.add(time, replica);
          if (replica == 0) {
            want.add(DEV + "" + series + " " + time + " 0.0");
          }
        }
        TreeMap<Labels, SampleColumns> one = new TreeMap<>();
        one.put(series, rows);
        put(DEV.with("replica", "r" + replica), from, from + TWO_HOURS, one);
      }
    }

    run(memory, config().withReplicaLabels(List.of("replica")));

    assertTrue(want.equals(samples(memory)), "one replica without a gap, over all blocks");
    assertEquals(List.of("0-8", "8-10"), ranges(view(memory), 0));
  }

  @Test
  void worksOnManyStreamsAtOnce() throws Exception {
    List<Labels> streams = new ArrayList<>();
    for (int s = 0; s < 6; s++) {
      streams.add(Labels.of("cluster", "c" + s));
      for (int i = 0; i < 5; i++) {
        twoHours(streams.getLast(), i);
      }
    }
    Set<String> before = samples(memory);

    CompactorReport report = run(memory, config().withBounds(1L << 30, pace(3), Long.MAX_VALUE));

    assertEquals(6, report.compactions());
    assertEquals(before, samples(memory));
    for (Labels stream : streams) {
      assertEquals(List.of("0", "8"), starts(stream));
    }
  }

  @Test
  void downsamplesLongBlocksAndTheirDownsampledOnes() throws Exception {
    long max = START + 14 * 24 * HOUR;
    put(DEV, START, max, SampleBlocks.floats(random.split(), 2, START, max, 300_000));

    CompactorReport report = run(memory, config());

    assertEquals(List.of(), report.failures());
    assertEquals(2, report.downsamples());
    assertEquals(List.of("0-336"), ranges(view(memory), 300_000));
    assertEquals(List.of("0-336"), ranges(view(memory), 3_600_000));
    assertEquals(0, run(memory, config()).downsamples());
  }

  /// Downsampled before, both replicas would be, and stay two.
  @Test
  void downsamplesReplicasOnlyOnceTheyAreMerged() throws Exception {
    long max = START + 48 * HOUR;
    for (String replica : List.of("a", "b")) {
      put(
          DEV.with("replica", replica),
          START,
          max,
          SampleBlocks.floats(random.split(), 2, START, max, 300_000));
    }

    CompactorReport report = run(memory, config().withReplicaLabels(List.of("replica")));

    assertEquals(List.of(), report.failures());
    assertEquals(1, report.downsamples());
    assertEquals(List.of("0-48"), ranges(view(memory), 300_000));
  }

  @Test
  void mergesDownsampledBlocks() throws Exception {
    for (int i = 0; i < 8; i++) {
      long from = START + i * (48 * HOUR);
      long to = from + 48 * HOUR;
      put(DEV, from, to, SampleBlocks.floats(random.split(), 2, from, to, 300_000));
    }

    CompactorReport report = run(memory, config());

    assertEquals(List.of(), report.failures());
    assertEquals(List.of("0-336", "336-384"), ranges(view(memory), 0));
    assertEquals(List.of("0-336", "336-384"), ranges(view(memory), 300_000));
    assertEquals(List.of("0-336"), ranges(view(memory), 3_600_000));
  }

  @Test
  void expiresByResolutionButNotWhatHasToBeDownsampledStill() throws Exception {
    long max = START + 48 * HOUR;
    put(DEV, START, max, SampleBlocks.floats(random.split(), 2, START, max, 300_000));
    Map<Resolution, Duration> days = Map.of(Resolution.RAW, Duration.ofDays(1));
    FaultyBucket noUploads = new FaultyBucket(memory);
    noUploads.fail(
        Kind.FORBIDDEN, (what, name) -> what.equals("upload") && name.endsWith("/index"));

    assertEquals(1, run(noUploads, config().withRetention(days)).failures().size());
    assertEquals(List.of("0-48"), ranges(view(memory), 0), "kept until it is downsampled");

    run(memory, config().withRetention(days));
    assertEquals(List.of(), ranges(view(memory), 0));
    assertEquals(List.of("0-48"), ranges(view(memory), 300_000));
  }

  @Test
  void marksADamagedBlockAndGoesOn() throws Exception {
    StoredMeta damaged = twoHours(DEV, 0);
    for (int i = 1; i < 9; i++) {
      twoHours(DEV, i);
    }
    Labels other = Labels.of("cluster", "prod");
    for (int i = 0; i < 5; i++) {
      twoHours(other, i);
    }
    byte[] chunk = memory.read(damaged.ulid() + "/chunks/000001", 1 << 20);
    chunk[40] ^= 1;
    memory.upload(damaged.ulid() + "/chunks/000001", Content.of(chunk));

    CompactorReport report = run(memory, config());

    assertEquals(List.of(), report.failures());
    BlockMark mark = view(memory).mark(damaged.ulid(), BlockMark.Kind.NO_COMPACT).orElseThrow();
    assertTrue(mark.details().contains("checksum mismatch"), mark.details());
    assertEquals(3, report.compactions());
    assertEquals(1, report.setAside());
    assertEquals(4 + 3 + 4, report.marked());
    assertEquals(List.of("0", "16", "2", "8"), starts(DEV));
    assertEquals(List.of("0", "8"), starts(other));
  }

  /// The hours at which a stream's blocks begin.
  private List<String> starts(Labels labels) {
    return view(memory).blocks().values().stream()
        .filter(meta -> meta.thanos().labels().equals(labels))
        .map(meta -> Long.toString((meta.block().minMillis() - START) / HOUR))
        .sorted()
        .toList();
  }

  @Test
  void oneStreamThatFailsHoldsUpNoOther() throws Exception {
    Labels bad = Labels.of("cluster", "bad");
    List<StoredMeta> unreadable = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      twoHours(DEV, i);
      unreadable.add(twoHours(bad, i));
    }
    FaultyBucket faulty = new FaultyBucket(memory);
    faulty.fail(
        Kind.UNAVAILABLE,
        (what, name) -> what.equals("get") && name.equals(unreadable.get(2).ulid() + "/index"));

    CompactorReport report = run(faulty, config());

    assertEquals(1, report.failures().size());
    assertEquals(1, report.compactions());
    assertEquals(
        List.of("0-2", "0-8", "2-4", "4-6", "6-8", "8-10", "8-10"), ranges(view(memory), 0));
  }

  @Test
  void losesAndDoublesNothingWhereverItDies() throws Exception {
    for (int i = 0; i < 5; i++) {
      twoHours(DEV, i);
    }
    Set<String> before = samples(memory);
    FaultyBucket counted = new FaultyBucket(copy());
    run(counted, config());
    long changes = counted.changes();
    assertTrue(changes >= 8, "changes: " + changes);

    for (long dies = 0; dies <= changes; dies++) {
      MemoryBucket fresh = copy();
      FaultyBucket dying = new FaultyBucket(fresh);
      dying.dieAfter(dies);
      try {
        run(dying, config());
      } catch (OrielException e) {
        assertEquals(Kind.CANCELLED, e.kind());
      }

      assertEquals(before, samples(fresh), "readers after it died at change " + dies);
      now.addAndGet(Duration.ofMinutes(6).toMillis());
      fresh.time(now.get());
      CompactorReport report = run(fresh, config());
      assertTrue(report.worked(), "lease of the dead after change " + dies);
      assertEquals(before, samples(fresh), "repaired after it died at change " + dies);
      assertEquals(List.of("0-8", "8-10"), ranges(view(fresh), 0), "died at change " + dies);
    }
  }

  private MemoryBucket copy() {
    MemoryBucket copy = new MemoryBucket();
    memory.iter(
        "",
        Bucket.Depth.ALL,
        entry -> {
          copy.upload(entry.name(), Content.of(memory.read(entry.name(), 1 << 26)));
          return true;
        });
    copy.time(now.get());
    return copy;
  }

  @Test
  void twoAtOnceDoNotCollide() throws Exception {
    for (int i = 0; i < 5; i++) {
      twoHours(DEV, i);
    }
    CompactorReport[] second = new CompactorReport[1];
    CompactorConfig other = config();
    FaultyBucket hooked = new FaultyBucket(memory);
    hooked.fail(
        Kind.BUG,
        (what, name) -> {
          if (second[0] == null && what.equals("upload") && name.endsWith("/index")) {
            second[0] = new CompactorReport(true, 99, 0, 0, 0, 0, List.of());
            try {
              second[0] = run(memory, other);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          }
          return false;
        });

    CompactorReport first = run(hooked, config());

    assertTrue(first.worked());
    assertFalse(second[0].worked());
    assertEquals(List.of("0-8", "8-10"), ranges(view(memory), 0));
  }

  /// Compactors take turns on machines whose clocks are hours apart, and so was the uploader's.
  @Test
  void clocksThatDifferLoseAndDoubleNothing() throws Exception {
    for (int i = 0; i < 9; i++) {
      twoHours(DEV, i);
    }
    long right = now.get();
    now.set(right + 30 * HOUR);
    twoHours(DEV, 9);
    now.set(right);
    Set<String> before = samples(memory);

    for (long hours : new long[] {-5, 7, -3, 0, 2, 29, 60, 120}) {
      now.set(right + hours * HOUR);
      assertEquals(List.of(), run(memory, config()).failures());
      assertEquals(before, samples(memory), () -> "hours off: " + hours);
    }

    assertEquals(Set.of("0-8", "8-16", "16-18", "18-20"), Set.copyOf(ranges(view(memory), 0)));
  }

  @Test
  void stopsWhenItsLeaseRanOut() throws Exception {
    for (int i = 0; i < 5; i++) {
      twoHours(DEV, i);
    }
    FaultyBucket slow = new FaultyBucket(memory);
    slow.fail(
        Kind.BUG,
        (what, name) -> {
          if (what.equals("upload") && name.endsWith("/index")) {
            nanos.addAndGet(Duration.ofMinutes(10).toNanos());
          }
          return false;
        });

    OrielException e = assertThrows(OrielException.class, () -> run(slow, config()));

    assertEquals(Kind.CONFLICT, e.kind());
    assertEquals(0, memory(BlockMark.Kind.DELETION), "nothing was marked without the lease");
  }

  private long memory(BlockMark.Kind kind) {
    return view(memory).marks().values().stream().filter(m -> m.containsKey(kind)).count();
  }

  @Test
  void survivesAFullDisk() throws Exception {
    for (int i = 0; i < 5; i++) {
      twoHours(DEV, i);
    }
    Set<String> before = samples(memory);
    CrashDisk full =
        new CrashDisk(Files.createDirectories(temp.resolve("trash")), random, Long.MAX_VALUE);
    full.limitSpace(20_000);
    disk = full;

    CompactorReport report = run(memory, config());

    assertEquals(1, report.failures().size());
    assertTrue(report.failures().getFirst().contains("no space"), report.failures().getFirst());
    assertEquals(before, samples(memory));
    disk = DISK;
    assertEquals(1, run(memory, config()).compactions());
    assertEquals(before, samples(memory));
  }

  @Test
  void keepsToItsScratchSpace() throws Exception {
    for (int i = 0; i < 5; i++) {
      long from = START + i * TWO_HOURS;
      put(
          DEV,
          from,
          from + TWO_HOURS,
          SampleBlocks.floats(random.split(), 400, from, from + TWO_HOURS, 15_000));
    }

    CompactorReport report = run(memory, config().withBounds(1 << 20, pace(1), Long.MAX_VALUE));

    assertEquals(0, report.compactions());
    assertTrue(report.failures().getFirst().contains("scratch"), report.failures().toString());
  }

  @Test
  void marksBlocksWhoseIndexWouldBecomeTooLarge() throws Exception {
    for (int i = 0; i < 5; i++) {
      twoHours(DEV, i);
    }

    run(memory, config().withBounds(1L << 30, pace(1), 100));

    assertEquals(3, memory(BlockMark.Kind.NO_COMPACT));
    assertEquals(5, ranges(view(memory), 0).size());
  }

  @Test
  void waitsForListingsToSettle() throws Exception {
    FaultyBucket late = new FaultyBucket(memory);
    for (int i = 0; i < 5; i++) {
      twoHours(DEV, i);
    }
    Set<String> before = samples(memory);
    late.listLate();

    run(late, config());
    late.settle();
    run(late, config());
    run(late, config());

    assertEquals(before, samples(memory));
    assertEquals(List.of("0-8", "8-10"), ranges(view(memory), 0));
  }

  @Test
  void deletesAbortedUploadsButNotUnreadableBlocks() throws Exception {
    memory.time(now.get() - Duration.ofDays(3).toMillis());
    Ulid aborted = Ulid.create(START, random);
    memory.upload(aborted + "/index", Content.of("x"));
    Ulid unreadable = Ulid.create(START, random);
    memory.upload(unreadable + "/meta.json", Content.of("{"));
    memory.time(now.get());
    Ulid young = Ulid.create(START, random);
    memory.upload(young + "/index", Content.of("x"));

    run(memory, config());

    assertEquals(Set.of(unreadable.text(), young.text()), blockDirectories());
  }

  @Test
  void touchesNothingWhenItCannotSeeEverything() throws Exception {
    for (int i = 0; i < 5; i++) {
      twoHours(DEV, i);
    }
    FaultyBucket faulty = new FaultyBucket(memory);
    faulty.fail(
        Kind.UNAVAILABLE, (what, name) -> what.equals("get") && name.endsWith("/meta.json"));

    OrielException e = assertThrows(OrielException.class, () -> run(faulty, config()));

    assertEquals(Kind.UNAVAILABLE, e.kind());
    assertEquals(5, ranges(view(memory), 0).size());
  }

  @Test
  void doesOnlyWhatItIsAskedFor() throws Exception {
    for (int i = 0; i < 5; i++) {
      twoHours(DEV, i);
    }

    CompactorReport report =
        compactor(memory, config())
            .runOnce(Set.of(BucketCompactor.Task.CLEANUP, BucketCompactor.Task.GARBAGE));

    assertEquals(0, report.compactions());
    assertEquals(List.of("0-2", "2-4", "4-6", "6-8", "8-10"), ranges(view(memory), 0));
  }

  /// A merge that hangs does not keep what was marked long ago from being deleted.
  @Test
  void cleansUpBesideAMergeThatTakesLong() throws Exception {
    StoredMeta old = twoHours(Labels.of("cluster", "gone"), 0);
    for (int i = 0; i < 5; i++) {
      twoHours(DEV, i);
    }
    CountDownLatch merging = new CountDownLatch(1);
    CountDownLatch cleaned = new CountDownLatch(1);
    FaultyBucket slow = new FaultyBucket(memory);
    slow.fail(
        Kind.BUG,
        (what, name) -> {
          if (what.equals("get") && name.endsWith("/index")) {
            merging.countDown();
            awaits(cleaned);
          } else if (what.equals("delete") && name.startsWith(old.ulid() + "/deletion")) {
            cleaned.countDown();
          }
          return false;
        });
    CompactorConfig config =
        config()
            .withBounds(
                1L << 30,
                new CompactorConfig.Pace(1, 1, 1, Duration.ofMinutes(5), Duration.ZERO),
                Long.MAX_VALUE);
    Pause marksWhileMerging =
        interval -> {
          merging.await();
          if (!interval.equals(config.pace().cleanupInterval()) || cleaned.getCount() == 0) {
            FOREVER.of(Duration.ofDays(1));
          }
          new BucketBlocks(memory, () -> Instant.ofEpochMilli(now.get() - 72 * HOUR))
              .mark(old.ulid(), BlockMark.Kind.DELETION, "", "by hand");
        };

    CompactorReport report = compactor(slow, config, marksWhileMerging).runOnce();

    assertEquals(List.of(), report.failures());
    assertEquals(1, report.deleted());
    assertEquals(1, report.compactions());
    assertTrue(view(memory).block(old.ulid()).isEmpty());
  }

  private static void awaits(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
