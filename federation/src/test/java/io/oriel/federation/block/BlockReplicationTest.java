package io.oriel.federation.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketException;
import io.oriel.federation.bucket.Content;
import io.oriel.federation.bucket.FaultyBucket;
import io.oriel.federation.bucket.MemoryBucket;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.Ulid;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockReplicationTest {
  private static final Disk DISK = new FileDisk();
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_000_000));
  private static final BlockReplication.Selection ALL =
      new BlockReplication.Selection(List.of(), Set.of(), Set.of());

  @TempDir Path temp;
  private final SplittableRandom random = Seed.random("replication");
  private final MemoryBucket source = new MemoryBucket();
  private final MemoryBucket target = new MemoryBucket();
  private final BucketBlocks blocks = new BucketBlocks(source, CLOCK);

  private StoredMeta put(String cluster) throws IOException {
    Ulid ulid = Ulid.create(1, random);
    StoredMeta meta =
        StoredMeta.of(
            SampleBlocks.write(
                temp, ulid, 0, 100_000, SampleBlocks.floats(random, 3, 0, 100_000, 1000)),
            ThanosSection.of(Labels.of("cluster", cluster), 0, ThanosSection.SIDECAR));
    return blocks.upload(DISK, temp.resolve(ulid.text()), meta);
  }

  private BlockView view() {
    return new BlockFetcher(
            source,
            DISK,
            Optional.empty(),
            2,
            new FetcherMetrics(new PrometheusRegistry()),
            () -> 0)
        .fetch(List.of());
  }

  private static List<String> names(Bucket bucket) {
    List<String> names = new ArrayList<>();
    bucket.iter("", Bucket.Depth.ALL, entry -> names.add(entry.name()));
    return names;
  }

  @Test
  void copiesSelectedBlocksOnceWithoutTheirMarks() throws IOException {
    StoredMeta dev = put("dev");
    put("prod");
    blocks.mark(dev.ulid(), BlockMark.Kind.NO_COMPACT, BlockMark.MANUAL, "x");
    BlockReplication replication = new BlockReplication(source, target);
    BlockReplication.Selection selection =
        new BlockReplication.Selection(
            List.of(Matcher.of(Matcher.Type.EQUAL, "cluster", "dev")), Set.of(0L), Set.of(1));

    assertEquals(List.of(dev.ulid()), replication.copy(view(), selection));
    assertEquals(List.of(), replication.copy(view(), selection));

    String id = dev.ulid().text();
    assertEquals(List.of(id + "/chunks/000001", id + "/index", id + "/meta.json"), names(target));
  }

  @Test
  void goesOnWhereItStopped() throws IOException {
    put("dev");
    FaultyBucket dying = new FaultyBucket(target);
    dying.dieAfter(1);
    BlockReplication replication = new BlockReplication(source, dying);
    assertThrows(BucketException.class, () -> replication.copy(view(), ALL));
    dying.heal();

    replication.copy(view(), ALL);

    assertEquals(3, dying.changes(), "nothing was sent twice");
    assertEquals(names(source), names(target));
  }

  @Test
  void verifiesWholeBlocks() throws IOException {
    StoredMeta whole = put("dev");
    StoredMeta damaged = put("dev");
    StoredMeta shorter = put("dev");
    byte[] chunk = source.read(damaged.ulid() + "/chunks/000001", 1 << 20);
    chunk[30] ^= 1;
    source.upload(damaged.ulid() + "/chunks/000001", Content.of(chunk));
    source.delete(shorter.ulid() + "/index");

    Path scratch = temp.resolve("scratch");
    assertTrue(BlockVerification.of(blocks, DISK, whole.ulid(), scratch).isHealthy());
    BlockVerification bad = BlockVerification.of(blocks, DISK, damaged.ulid(), scratch);
    assertTrue(bad.problem().contains("checksum"), bad.problem());
    assertFalse(bad.problem().contains(temp.toString()), bad.problem());
    BlockVerification missing = BlockVerification.of(blocks, DISK, shorter.ulid(), scratch);
    assertTrue(missing.problem().contains("index: no such object"), missing.problem());
  }
}
