package io.oriel.federation.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.federation.bucket.Content;
import io.oriel.federation.bucket.FaultyBucket;
import io.oriel.federation.bucket.MemoryBucket;
import io.oriel.model.error.Kind;
import io.oriel.model.labels.Labels;
import io.oriel.model.relabel.RelabelAction;
import io.oriel.model.relabel.RelabelConfig;
import io.oriel.model.relabel.Relabeler;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.Ulid;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockFetcherTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(NOW));

  private final SplittableRandom random = Seed.random("fetcher");
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final MemoryBucket memory = new MemoryBucket();
  private final FaultyBucket bucket = new FaultyBucket(memory);
  private final BucketBlocks blocks = new BucketBlocks(bucket, CLOCK);

  private BlockFetcher fetcher(Optional<Path> cache) {
    return new BlockFetcher(
        bucket, new FileDisk(), cache, 4, new FetcherMetrics(registry), () -> 0);
  }

  private Ulid ulid(long millis) {
    return Ulid.create(millis, random);
  }

  private StoredMeta put(StoredMeta meta) {
    bucket.upload(meta.ulid().text() + "/index", Content.of("index"));
    bucket.upload(meta.ulid().text() + "/meta.json", Content.of(meta.encode()));
    return meta;
  }

  private StoredMeta block(long min, long max, Labels labels, List<Ulid> sources) {
    Ulid ulid = ulid(NOW - 86_400_000);
    BlockMeta fresh = BlockMeta.fresh(ulid, min, max, List.of());
    BlockMeta meta =
        new BlockMeta(
            ulid,
            min,
            max,
            fresh.stats(),
            1,
            sources.isEmpty() ? List.of(ulid) : sources,
            List.of(),
            false,
            false,
            List.of());
    return put(StoredMeta.of(meta, ThanosSection.of(labels, 0, ThanosSection.SIDECAR)));
  }

  private StoredMeta block() {
    return block(0, 10, Labels.of("cluster", "dev"), List.of());
  }

  private static Set<Ulid> names(StoredMeta... metas) {
    return List.of(metas).stream().map(StoredMeta::ulid).collect(Collectors.toSet());
  }

  private double synced(BlockState state) {
    return registry.scrape(name -> name.equals("thanos_blocks_meta_synced")).stream()
        .flatMap(metric -> ((GaugeSnapshot) metric).getDataPoints().stream())
        .filter(point -> state.word().equals(point.getLabels().get("state")))
        .mapToDouble(GaugeSnapshot.GaugeDataPointSnapshot::getValue)
        .sum();
  }

  @Test
  void seesBlocksPartialOnesAndMarks() {
    StoredMeta whole = block();
    StoredMeta marked = block();
    blocks.mark(marked.ulid(), BlockMark.Kind.NO_COMPACT, BlockMark.MANUAL, "so");
    Ulid partial = ulid(NOW);
    bucket.upload(partial + "/chunks/000001", Content.of("x"));
    Ulid corrupt = ulid(NOW);
    bucket.upload(corrupt + "/meta.json", Content.of("{"));
    bucket.upload("debug/metas/" + ulid(NOW) + ".json", Content.of("{}"));

    BlockView view = fetcher(Optional.empty()).fetch(List.of());

    assertEquals(names(whole, marked), view.blocks().keySet());
    assertEquals(Set.of(partial, corrupt), view.partial().keySet());
    assertEquals(
        BlockState.CORRUPTED,
        Optional.ofNullable(view.partial().get(corrupt)).orElseThrow().state());
    assertEquals(
        "manual", view.mark(marked.ulid(), BlockMark.Kind.NO_COMPACT).orElseThrow().reason());
    assertTrue(view.isComplete());
    assertEquals(2, synced(BlockState.LOADED));
    assertEquals(1, synced(BlockState.NO_META));
    assertEquals(1, synced(BlockState.MARKED_FOR_NO_COMPACT));
  }

  @Test
  void readsNothingTwice(@TempDir Path cache) {
    block();
    block();
    BlockFetcher fetcher = fetcher(Optional.of(cache));
    fetcher.fetch(List.of());
    int before = bucket.log().size();

    assertEquals(2, fetcher.fetch(List.of()).blocks().size());
    assertEquals(List.of("iter "), bucket.log().subList(before, bucket.log().size()));

    BlockFetcher restarted =
        new BlockFetcher(
            bucket,
            new FileDisk(),
            Optional.of(cache),
            4,
            new FetcherMetrics(new PrometheusRegistry()),
            () -> 0);
    assertEquals(2, restarted.fetch(List.of()).blocks().size());
    assertEquals(List.of("iter ", "iter "), bucket.log().subList(before, bucket.log().size()));
  }

  @Test
  void noticesChangedAndDeletedBlocks(@TempDir Path cache) {
    memory.time(1);
    StoredMeta changed = block();
    StoredMeta deleted = block();
    BlockFetcher fetcher = fetcher(Optional.of(cache));
    fetcher.fetch(List.of());
    memory.time(2);
    put(changed.withThanos(changed.thanos().withLabels(Labels.of("a", "b"))));
    blocks.delete(deleted.ulid());

    BlockView view = fetcher.fetch(List.of());

    assertEquals(names(changed), view.blocks().keySet());
    assertEquals(Labels.of("a", "b"), view.block(changed.ulid()).orElseThrow().thanos().labels());
  }

  @Test
  void saysThatItsViewIsIncomplete() {
    StoredMeta readable = block();
    StoredMeta unreadable = block();
    bucket.fail(Kind.UNAVAILABLE, (_, name) -> name.startsWith(unreadable.ulid().text()));
    BlockFetcher fetcher = fetcher(Optional.empty());

    BlockView view = fetcher.fetch(List.of());

    assertEquals(names(readable), view.blocks().keySet());
    assertFalse(view.isComplete());

    bucket.heal();
    assertEquals(names(readable, unreadable), fetcher.fetch(List.of()).blocks().keySet());
  }

  @Test
  void filtersByTimeShardAndReplica() {
    StoredMeta old = block(0, 10, Labels.of("cluster", "dev", "replica", "a"), List.of());
    StoredMeta dev = block(10, 20, Labels.of("cluster", "dev", "replica", "a"), List.of());
    StoredMeta prod = block(10, 20, Labels.of("cluster", "prod", "replica", "b"), List.of());
    Relabeler relabeler =
        Relabeler.of(List.of(RelabelConfig.of(RelabelAction.KEEP, List.of("cluster"), "dev", "")));
    BlockFetcher fetcher = fetcher(Optional.empty());

    assertEquals(
        names(dev, prod), fetcher.fetch(List.of(MetaFilter.time(10, 30))).blocks().keySet());
    assertEquals(
        names(old, dev),
        fetcher.fetch(List.of(MetaFilter.shard(relabeler, Set.of("replica")))).blocks().keySet());
    BlockView merged =
        fetcher.fetch(List.of(MetaFilter.withoutReplicaLabels(List.of("replica", "cluster"))));
    assertEquals(
        Labels.of("replica", "deduped"), merged.block(dev.ulid()).orElseThrow().thanos().labels());
  }

  @Test
  void waitsForFreshBlocksButNotForCompactedOnes() {
    Ulid fresh = ulid(NOW - 60_000);
    put(
        StoredMeta.of(
            BlockMeta.fresh(fresh, 0, 1, List.of()),
            ThanosSection.of(Labels.empty(), 0, ThanosSection.SIDECAR)));
    Ulid compacted = ulid(NOW - 60_000);
    put(
        StoredMeta.of(
            BlockMeta.fresh(compacted, 0, 1, List.of()),
            ThanosSection.of(Labels.empty(), 0, ThanosSection.COMPACTOR)));
    Ulid lateUpload = ulid(NOW - 86_400_000);
    put(
        StoredMeta.of(
            BlockMeta.fresh(lateUpload, 0, 1, List.of()),
            ThanosSection.of(Labels.empty(), 0, ThanosSection.SIDECAR)
                .withUploadTime(Instant.ofEpochMilli(NOW - 1000))));

    BlockView view =
        fetcher(Optional.empty())
            .fetch(List.of(MetaFilter.consistencyDelay(Duration.ofMinutes(30), CLOCK)));

    assertEquals(Set.of(compacted), view.blocks().keySet());
    assertEquals(2, synced(BlockState.TOO_FRESH));
  }

  @Test
  void dropsWhatWasMarkedForDeletionLongEnoughAgo() {
    StoredMeta marked = block();
    blocks.mark(marked.ulid(), BlockMark.Kind.DELETION, "", "gone");
    BlockFetcher fetcher = fetcher(Optional.empty());
    InstantSource later = InstantSource.offset(CLOCK, Duration.ofHours(2));

    MetaFilter hour = MetaFilter.deletionMarks(Duration.ofHours(1), CLOCK);
    MetaFilter hourLater = MetaFilter.deletionMarks(Duration.ofHours(1), later);

    assertEquals(1, fetcher.fetch(List.of(hour)).blocks().size());
    assertEquals(0, fetcher.fetch(List.of(hourLater)).blocks().size());
  }

  @Test
  void dropsWhatIsContainedInAnotherBlock() {
    Labels labels = Labels.of("a", "b");
    StoredMeta one = block(0, 10, labels, List.of());
    StoredMeta two = block(10, 20, labels, List.of());
    StoredMeta other = block(0, 10, Labels.of("a", "c"), List.of(one.ulid()));
    StoredMeta both = block(0, 20, labels, List.of(one.ulid(), two.ulid()));
    StoredMeta three = block(20, 30, labels, List.of());

    BlockView view = fetcher(Optional.empty()).fetch(List.of(MetaFilter.duplicates()));

    assertEquals(names(other, both, three), view.blocks().keySet());
    assertEquals(Set.of(one.ulid(), two.ulid()), Set.copyOf(view.duplicates()));
  }
}
