package io.oriel.federation.storegateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.MemoryBucket;
import io.oriel.federation.downsample.Resolution;
import io.oriel.model.labels.Labels;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.Ulid;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The coarsest blocks that are allowed, and finer ones in their gaps.
class BlockSetTest {
  private static final Labels DEV = Labels.of("cluster", "dev");
  private static final long RAW = 0;
  private static final long FIVE = Resolution.FIVE_MINUTES.millis();
  private static final long HOUR = Resolution.ONE_HOUR.millis();

  private final SplittableRandom random = new SplittableRandom(1);
  private final List<RemoteBlock> blocks = new ArrayList<>();
  private final MemoryBucket bucket = new MemoryBucket();
  private final HeaderPool headers =
      new HeaderPool(
          Shelf.DISK,
          Path.of("none"),
          new HeaderBuild(bucket, Shelf.DISK),
          new HeaderPool.Terms(Duration.ZERO, 1, 32),
          new GatewayMetrics(new PrometheusRegistry()),
          () -> 0);

  private void add(long resolution, long from, long to) {
    Ulid ulid = Ulid.create(blocks.size(), random);
    blocks.add(
        new RemoteBlock(
            StoredMeta.of(
                BlockMeta.fresh(ulid, from, to, List.of()),
                ThanosSection.of(DEV, resolution, ThanosSection.COMPACTOR)),
            headers.header(ulid),
            bucket,
            new FetchMemory(1)));
  }

  private List<String> choose(long from, long to, long coarsest) {
    return BlockSet.of(blocks).values().iterator().next().choose(from, to, coarsest).stream()
        .map(
            block ->
                block.resolutionMillis() / 1000
                    + "s "
                    + block.minMillis()
                    + "-"
                    + block.maxMillis())
        .toList();
  }

  @Test
  void coarseBlocksFirstFinerOnesInTheirGaps() {
    add(RAW, 0, 100);
    add(RAW, 100, 200);
    add(RAW, 200, 300);
    add(RAW, 300, 400);
    add(FIVE, 100, 200);
    add(FIVE, 200, 300);
    add(HOUR, 100, 200);

    assertEquals(
        List.of("0s 0-100", "3600s 100-200", "300s 200-300", "0s 300-400"), choose(0, 400, HOUR));
    assertEquals(
        List.of("0s 0-100", "300s 100-200", "300s 200-300", "0s 300-400"), choose(0, 400, FIVE));
    assertEquals(
        List.of("0s 0-100", "0s 100-200", "0s 200-300", "0s 300-400"), choose(0, 400, FIVE - 1));
  }

  @Test
  void endsAreInclusiveOfTheRequestAndExclusiveOfTheBlock() {
    add(RAW, 0, 100);
    add(RAW, 100, 200);

    assertEquals(List.of("0s 0-100"), choose(50, 99, RAW));
    assertEquals(List.of("0s 0-100", "0s 100-200"), choose(50, 100, RAW));
    assertEquals(List.of("0s 100-200"), choose(100, 100, RAW));
    assertEquals(List.of(), choose(200, 300, RAW));
    assertEquals(List.of(), choose(99, 50, RAW));
  }

  @Test
  void overlappingBlocksAreAllTaken() {
    add(RAW, 0, 100);
    add(RAW, 0, 300);
    add(RAW, 50, 150);
    add(FIVE, 0, 200);
    add(FIVE, 100, 150);

    assertEquals(List.of("0s 0-100", "0s 0-300", "0s 50-150"), choose(0, 400, RAW));
    assertEquals(List.of("300s 0-200", "300s 100-150", "0s 0-300"), choose(0, 400, FIVE));
  }

  @Test
  void whatOnlyExistsCoarselyIsNotAnsweredFinely() {
    add(HOUR, 0, 100);

    assertEquals(List.of(), choose(0, 100, FIVE));
    assertEquals(List.of("3600s 0-100"), choose(0, 100, HOUR));
  }
}
