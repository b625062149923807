package io.oriel.federation.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.oriel.federation.bucket.FaultyBucket;
import io.oriel.federation.bucket.MemoryBucket;
import io.oriel.federation.compact.BucketCompactor;
import io.oriel.federation.compact.BucketLease;
import io.oriel.federation.compact.CompactorConfig;
import io.oriel.federation.compact.CompactorMetrics;
import io.oriel.federation.compact.CompactorParts;
import io.oriel.federation.dedup.Deduplication;
import io.oriel.model.error.Kind;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Appender;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbOptions;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class EarlyShipperTest {
  private static final Disk DISK = new FileDisk();
  private static final Labels REPLICA = Labels.of("cluster", "dev", "replica", "a");
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final long START = 1_699_920_000_000L / (14 * 24 * HOUR) * (14 * 24 * HOUR);
  private static final Duration INTERVAL = Duration.ofMinutes(5);

  @TempDir Path temp;
  private final SplittableRandom random = Seed.random("early");
  private final MemoryBucket memory = new MemoryBucket();
  private final FaultyBucket bucket = new FaultyBucket(memory);
  private final TreeMap<Long, Set<String>> appended = new TreeMap<>();
  private long now = START;
  private Path data = Path.of("");
  private Tsdb tsdb;
  private Shipper shipper;
  private EarlyShipper early;

  private InstantSource clock() {
    return () -> Instant.ofEpochMilli(now);
  }

  /// A process on a disk, which may have been used before.
  private void start(String name) throws IOException {
    data = Files.createDirectories(temp.resolve(name));
    Tsdb.Parts parts = new Tsdb.Parts(DISK, clock(), random.split());
    tsdb = Tsdb.open(data, parts, TsdbOptions.defaults(), _ -> {});
    Shipper.Parts shipping =
        new Shipper.Parts(
            DISK,
            bucket,
            clock(),
            new ShipperMetrics(new PrometheusRegistry()),
            () -> REPLICA,
            ThanosSection.SIDECAR);
    shipper = new Shipper(data, shipping);
    early =
        new EarlyShipper(
            data,
            tsdb.head(),
            shipping,
            new EarlyMetrics(new PrometheusRegistry()),
            random.split(),
            EarlyShipper.Terms.every(INTERVAL, Duration.ofHours(2)));
  }

  @BeforeEach
  void first() throws IOException {
    start("disk");
  }

  @AfterEach
  void close() throws IOException {
    tsdb.close();
  }

  private void ship() throws IOException {
    memory.time(now);
    shipper.sync();
    early.sync();
  }

  /// Lets a minute pass: four scrapes, then what is due.
  private void minute() throws IOException {
    for (int i = 0; i < 4; i++) {
      now += 15_000;
      try (Appender appender = tsdb.appender()) {
        for (int series = 0; series < 3; series++) {
          Labels labels = Labels.of("__name__", "m", "instance", "i" + series);
          double value = random.nextInt(1000);
          appender.append(appender.series(labels), now, value);
          appended.computeIfAbsent(now, _ -> new TreeSet<>()).add(labels + " " + now + " " + value);
        }
        appender.commit();
      }
    }
    tsdb.compactNow();
    ship();
  }

  private void minutes(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      minute();
    }
  }

  private Set<String> appendedUntil(long millis) {
    Set<String> all = new TreeSet<>();
    appended.headMap(millis, true).values().forEach(all::addAll);
    return all;
  }

  private static BlockFetcher fetcher(Bucket bucket) {
    return new BlockFetcher(
        bucket,
        DISK,
        Optional.empty(),
        4,
        new FetcherMetrics(new PrometheusRegistry()),
        System::nanoTime);
  }

  private BlockView view() {
    return fetcher(memory)
        .fetch(
            List.of(
                MetaFilter.deletionMarks(Duration.ofSeconds(-1), clock()),
                MetaFilter.duplicates()));
  }

  /// Every sample in the bucket; each is there once.
  private Set<String> samples() throws IOException {
    Set<String> lines = new TreeSet<>();
    for (StoredMeta meta : view().blocks().values()) {
      Path copy = temp.resolve("read");
      new BucketBlocks(memory, clock()).download(DISK, meta.ulid(), copy);
      for (String line : SampleBlocks.lines(copy.resolve(meta.ulid().text()))) {
        assertTrue(lines.add(line), () -> "doubled: " + line + " in " + meta);
      }
    }
    return lines;
  }

  private List<StoredMeta> earlyBlocks() {
    return view().blocks().values().stream()
        .filter(meta -> meta.thanos().source().equals(ThanosSection.EARLY))
        .toList();
  }

  private void assertMissesNoMoreThan(Duration last) throws IOException {
    Set<String> found = samples();
    Set<String> missing = appendedUntil(now - last.toMillis());
    missing.removeAll(found);
    assertEquals(Set.of(), missing, "at " + (now - START) / MINUTE + " min");
    assertTrue(appendedUntil(now).containsAll(found));
  }

  @Test
  void aLostDiskCostsTheLastInterval() throws IOException {
    Duration most = INTERVAL.plusSeconds(90);
    for (int i = 0; i < 8; i++) {
      minutes(random.nextInt(1, 60));

      assertMissesNoMoreThan(most);
    }
  }

  @Test
  void earlyBlocksVanishWhenTheRealBlockIsThere() throws IOException {
    minutes(179);
    assertTrue(earlyBlocks().size() > 30);
    assertEquals(earlyBlocks().size(), view().blocks().size());
    assertEquals(
        earlyBlocks().size(),
        view().marks().values().stream()
            .filter(marks -> marks.containsKey(BlockMark.Kind.NO_COMPACT))
            .count());
    // of the first two hours: the real block of these is there first
    StoredMeta one =
        earlyBlocks().stream()
            .min(Comparator.comparingLong(meta -> meta.block().minMillis()))
            .orElseThrow();

    minutes(5);
    assertTrue(
        earlyBlocks().stream().allMatch(meta -> meta.block().minMillis() >= START + 2 * HOUR));
    assertTrue(view().block(one.ulid()).isEmpty());
    assertTrue(memory.exists(one.ulid() + "/index"), "for who looked at the bucket before");
    assertMissesNoMoreThan(INTERVAL.plusSeconds(90));

    minutes(61);
    assertEquals(List.of(), new BucketBlocks(memory, clock()).objects(one.ulid()));
  }

  @Test
  void anOutageOfTheBucketLosesNothing() throws IOException {
    minutes(30);
    bucket.fail(Kind.UNAVAILABLE, (_, _) -> true);
    minutes(200);
    bucket.heal();
    minutes(7);

    assertMissesNoMoreThan(INTERVAL.plusSeconds(90));

    minutes(200);
    assertMissesNoMoreThan(INTERVAL.plusSeconds(90));
    assertTrue(
        earlyBlocks().stream().allMatch(meta -> meta.block().minMillis() >= START + 4 * HOUR));
  }

  /// The process dies at random changes of the bucket, and its answers are lost now and then.
  @Test
  void losesAndDoublesNothingWhereverItDies() throws IOException {
    for (int i = 0; i < 25; i++) {
      minutes(random.nextInt(1, 12));
      bucket.dieAfter(random.nextInt(0, 6));
      if (random.nextBoolean()) {
        bucket.loseAnswers();
      }
      minutes(random.nextInt(1, 7));
      tsdb.close();
      bucket.heal();
      start("disk");
      ship();
      ship();
      assertMissesNoMoreThan(INTERVAL.plusSeconds(90));
    }
    minutes(250);
    assertTrue(earlyBlocks().stream().allMatch(meta -> meta.block().maxMillis() > now - 4 * HOUR));
    assertEquals(
        Set.of(),
        view().partial().keySet().stream()
            .filter(ulid -> ulid.millis() < now - 5 * HOUR)
            .collect(Collectors.toSet()));
  }

  @Test
  void startsAnewWhenItsStateIsLost() throws IOException {
    minutes(20);
    tsdb.close();
    Files.writeString(data.resolve("oriel.early.json"), "{ torn");
    start("disk");

    minutes(7);

    Set<Long> starts = new TreeSet<>();
    earlyBlocks().forEach(meta -> starts.add(meta.block().minMillis()));
    assertTrue(starts.size() < earlyBlocks().size(), "what was there is uploaded again");
    minutes(200);
    assertTrue(view().blocks().values().stream().anyMatch(meta -> meta.block().level() == 1));
  }

  /// What a lost disk leaves is merged with what its successor uploads, a day later.
  @Test
  void theCompactorAdoptsWhatALostDiskLeft() throws Exception {
    minutes(200);
    tsdb.close();
    long lost = now;
    Set<String> there = samples();
    start("other disk");
    minutes(400);
    assertTrue(there.size() > 2000 && samples().containsAll(there));
    assertTrue(earlyBlocks().stream().anyMatch(meta -> meta.block().maxMillis() <= lost));

    compact();
    assertTrue(earlyBlocks().stream().anyMatch(meta -> meta.block().maxMillis() <= lost));

    now += 25 * HOUR;
    compact();

    Set<String> wanted = appendedUntil(now);
    Set<String> found = samples();
    assertTrue(found.containsAll(there));
    assertTrue(wanted.containsAll(found));
    assertTrue(earlyBlocks().stream().allMatch(meta -> meta.block().minMillis() > lost));
  }

  private void compact() throws IOException, InterruptedException {
    memory.time(now);
    BucketCompactor compactor =
        new BucketCompactor(
            CompactorConfig.standard(temp.resolve("scratch")),
            new CompactorParts(
                DISK,
                memory,
                fetcher(memory),
                Deduplication.CHAIN,
                clock(),
                System::nanoTime,
                _ -> new CountDownLatch(1).await(),
                random.split(),
                new CompactorMetrics(new PrometheusRegistry()),
                new BucketLease.Terms("compactor", "test", Duration.ofMinutes(5))));
    assertEquals(List.of(), compactor.runOnce().failures());
  }
}
