package io.oriel.federation.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.BlockFetcher;
import io.oriel.federation.block.BlockView;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.FetcherMetrics;
import io.oriel.federation.block.MetaFilter;
import io.oriel.federation.block.SampleBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Content;
import io.oriel.federation.bucket.FaultyBucket;
import io.oriel.federation.bucket.MemoryBucket;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.SampleColumns;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.Ulid;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipperTest {
  private static final Disk DISK = new FileDisk();
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_000L));
  private static final long RANGE = 7_200_000;
  private static final Labels REPLICA = Labels.of("cluster", "dev", "replica", "a");

  @TempDir Path temp;
  private final SplittableRandom random = Seed.random("shipper");
  private final MemoryBucket memory = new MemoryBucket();
  private final FaultyBucket bucket = new FaultyBucket(memory);

  private Path data() throws IOException {
    return Files.createDirectories(temp.resolve("data"));
  }

  private Shipper shipper() throws IOException {
    return shipper(REPLICA);
  }

  private Shipper shipper(Labels labels) throws IOException {
    return new Shipper(
        data(),
        new Shipper.Parts(
            DISK,
            bucket,
            CLOCK,
            new ShipperMetrics(new PrometheusRegistry()),
            () -> labels,
            ThanosSection.SIDECAR));
  }

  private BlockMeta block(int n) throws IOException {
    return block(n, n + 1, 1, List.of());
  }

  private BlockMeta block(int from, int to, int level, List<Ulid> sources) throws IOException {
    Ulid ulid = Ulid.create(1_600_000_000_000L + from, random);
    TreeMap<Labels, SampleColumns> series =
        SampleBlocks.floats(random.split(), 5, from * RANGE, to * RANGE, 60_000);
    BlockMeta meta =
        new BlockMeta(
            ulid,
            from * RANGE,
            to * RANGE,
            BlockMeta.Stats.empty(),
            level,
            sources.isEmpty() ? List.of(ulid) : sources,
            List.of(),
            false,
            false,
            List.of());
    return SampleBlocks.write(DISK, data(), meta, series);
  }

  private BlockView view() {
    return new BlockFetcher(
            memory,
            DISK,
            Optional.empty(),
            2,
            new FetcherMetrics(new PrometheusRegistry()),
            () -> 0)
        .fetch(List.of(MetaFilter.duplicates()));
  }

  private void assertSameAsLocal(BlockMeta meta) throws IOException {
    Path copy = temp.resolve("copy");
    new BucketBlocks(memory, CLOCK).download(DISK, meta.ulid(), copy);
    assertEquals(
        SampleBlocks.lines(data().resolve(meta.ulid().text())),
        SampleBlocks.lines(copy.resolve(meta.ulid().text())));
  }

  private static List<Ulid> ulids(BlockMeta... metas) {
    return List.of(metas).stream().map(BlockMeta::ulid).toList();
  }

  @Test
  void uploadsBlocksOldestFirstAndOnce() throws IOException {
    BlockMeta second = block(1);
    BlockMeta first = block(0);

    assertEquals(ulids(first, second), shipper().sync().uploaded());
    assertEquals(List.of(), shipper().sync().uploaded());

    assertSameAsLocal(first);
    assertSameAsLocal(second);
    StoredMeta meta = view().block(first.ulid()).orElseThrow();
    assertEquals(REPLICA, meta.thanos().labels());
    assertEquals("sidecar", meta.thanos().source());
    assertEquals(
        List.of("chunks/000001", "index", "meta.json"),
        meta.thanos().files().stream().map(ThanosSection.BlockFile::path).toList());
    assertEquals(Optional.of(CLOCK.instant()), meta.thanos().uploadTime());
    assertTrue(
        Files.readString(data().resolve("thanos.shipper.json")).contains(second.ulid().text()));
    assertFalse(Files.exists(data().resolve("thanos/upload").resolve(first.ulid().text())));
  }

  @Test
  void uploadsMetaLast() throws IOException {
    block(0);

    shipper().sync();

    List<String> uploads = bucket.log().stream().filter(line -> line.startsWith("upload")).toList();
    assertTrue(uploads.getLast().endsWith("/meta.json"), uploads.toString());
  }

  @Test
  void doesNotAskTwiceForWhatItKnows() throws IOException {
    block(0);
    shipper().sync();
    int before = bucket.log().size();

    shipper().sync();

    assertEquals(before, bucket.log().size());
  }

  @Test
  void doesNotUploadAgainWhenItsStateIsLost() throws IOException {
    block(0);
    shipper().sync();
    long before = bucket.changes();
    Files.writeString(data().resolve("thanos.shipper.json"), "{ torn");

    assertEquals(List.of(), shipper().sync().uploaded());

    assertEquals(before, bucket.changes());
  }

  @Test
  void passesOverDamagedBlocksAndUploadsTheOthers() throws IOException {
    BlockMeta damaged = block(0);
    BlockMeta whole = block(1);
    Path chunks = data().resolve(damaged.ulid().text()).resolve("chunks/000001");
    byte[] bytes = Files.readAllBytes(chunks);
    bytes[30] ^= 4;
    Files.write(chunks, bytes);
    Ulid torn = Ulid.create(1, random);
    Files.createDirectories(data().resolve(torn.text()));
    Files.writeString(data().resolve(torn.text()).resolve("meta.json"), "");

    ShipperResult result = shipper().sync();

    assertEquals(ulids(whole), result.uploaded());
    assertEquals(Set.of(damaged.ulid(), torn), Set.copyOf(result.corrupted()));
    assertEquals(Set.of(whole.ulid()), view().blocks().keySet());
  }

  @Test
  void catchesUpAfterAnOutage() throws IOException {
    bucket.fail(Kind.UNAVAILABLE, (_, _) -> true);
    List<BlockMeta> made = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      made.add(block(i));
      ShipperResult result = shipper().sync();
      assertEquals(i + 1, result.pending().size());
      assertEquals(1, result.failures().size());
    }
    bucket.heal();

    assertEquals(5, shipper().sync().uploaded().size());

    for (BlockMeta meta : made) {
      assertSameAsLocal(meta);
    }
  }

  @Test
  void losesAndDoublesNothingWhereverItDies() throws IOException {
    block(0);
    block(1);
    long changes;
    shipper().sync();
    changes = bucket.changes();
    for (long dies = 0; dies < changes; dies++) {
      MemoryBucket fresh = new MemoryBucket();
      FaultyBucket dying = new FaultyBucket(fresh);
      dying.dieAfter(dies);
      Files.deleteIfExists(data().resolve("thanos.shipper.json"));
      Shipper.Parts parts =
          new Shipper.Parts(
              DISK,
              dying,
              CLOCK,
              new ShipperMetrics(new PrometheusRegistry()),
              () -> REPLICA,
              ThanosSection.SIDECAR);
      new Shipper(data(), parts).sync();
      dying.heal();

      new Shipper(data(), parts).sync();

      BlockFetcher fetcher =
          new BlockFetcher(
              fresh,
              DISK,
              Optional.empty(),
              2,
              new FetcherMetrics(new PrometheusRegistry()),
              () -> 0);
      BlockView view = fetcher.fetch(List.of());
      assertEquals(2, view.blocks().size(), "died after " + dies);
      assertEquals(0, view.partial().size(), "died after " + dies);
      assertEquals(changes, dying.changes(), "uploads in all, died after " + dies);
    }
  }

  @Test
  void copesWithAnswersThatWereLost() throws IOException {
    BlockMeta meta = block(0);
    bucket.loseAnswers();
    bucket.fail(
        Kind.UNAVAILABLE, (what, name) -> what.equals("upload") && name.endsWith("meta.json"));
    assertEquals(1, shipper().sync().pending().size());
    bucket.heal();

    assertEquals(0, shipper().sync().pending().size());

    assertEquals(Set.of(meta.ulid()), view().blocks().keySet());
  }

  @Test
  void passesOverCompactedBlocksWhoseSourcesWereShipped() throws IOException {
    BlockMeta one = block(0);
    BlockMeta two = block(1);
    shipper().sync();
    BlockMeta merged = block(0, 2, 2, ulids(one, two));
    DISK.deleteTree(data().resolve(one.ulid().text()));
    DISK.deleteTree(data().resolve(two.ulid().text()));

    shipper().sync();
    shipper().sync();

    assertEquals(Set.of(one.ulid(), two.ulid()), view().blocks().keySet());
    assertFalse(view().block(merged.ulid()).isPresent());

    BlockMeta three = block(2);
    shipper().sync();
    block(0, 3, 3, ulids(one, two, three));
    DISK.deleteTree(data().resolve(merged.ulid().text()));
    DISK.deleteTree(data().resolve(three.ulid().text()));
    shipper().sync();

    assertEquals(Set.of(one.ulid(), two.ulid(), three.ulid()), view().blocks().keySet());
  }

  @Test
  void shipsWhatWasCompactedDuringAnOutage() throws IOException {
    BlockMeta one = block(0);
    shipper().sync();
    BlockMeta two = block(1);
    bucket.fail(Kind.UNAVAILABLE, (_, _) -> true);
    shipper().sync();
    BlockMeta merged = block(0, 2, 2, ulids(one, two));
    DISK.deleteTree(data().resolve(one.ulid().text()));
    DISK.deleteTree(data().resolve(two.ulid().text()));
    bucket.heal();

    shipper().sync();

    assertEquals(Set.of(merged.ulid()), view().blocks().keySet(), "covers what was shipped");
  }

  @Test
  void readsOnWhenTheDatabaseDeletesTheBlock() throws IOException {
    BlockMeta meta = block(0);
    List<String> lines = SampleBlocks.lines(data().resolve(meta.ulid().text()));
    bucket.fail(
        Kind.UNAVAILABLE,
        (what, name) -> {
          if (what.equals("upload") && name.endsWith("index")) {
            try {
              DISK.deleteTree(data().resolve(meta.ulid().text()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
          return false;
        });

    assertEquals(ulids(meta), shipper().sync().uploaded());

    new BucketBlocks(memory, CLOCK).download(DISK, meta.ulid(), temp.resolve("copy"));
    assertEquals(lines, SampleBlocks.lines(temp.resolve("copy").resolve(meta.ulid().text())));
  }

  @Test
  void refusesToShipWithoutExternalLabels() throws IOException {
    block(0);

    OrielException e = assertThrows(OrielException.class, () -> shipper(Labels.empty()).sync());

    assertEquals(Kind.INVALID, e.kind());
  }

  @Test
  void leavesOtherObjectsAlone() throws IOException {
    memory.upload("other", Content.of("x"));
    block(0);

    shipper().sync();

    assertTrue(memory.exists("other"));
  }
}
