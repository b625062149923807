package io.oriel.tsdb.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.testkit.Conformance;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.index.ChunkMeta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredChunkTest {
  private static final Disk DISK = new FileDisk();
  private static final Labels SERIES = Labels.of("__name__", "m");

  private static StoredChunk chunk(long min, long max, int fill) {
    return new StoredChunk(min, max, 0xFF, ByteBuffer.wrap(new byte[] {(byte) fill, 2, 3}));
  }

  private static Path write(Path parent, StoredChunk... chunks) throws IOException {
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    symbols.addAll(List.of("__name__", "m"));
    Ulid ulid = Ulid.create(1_700_000_000_000L, Seed.random("stored"));
    try (BlockWriter writer = BlockWriter.create(DISK, parent, ulid, symbols)) {
      writer.addStored(SERIES, List.of(chunks), 7);
      writer.finish(BlockMeta.fresh(ulid, 0, 1000, List.of()));
    }
    return parent.resolve(ulid.text());
  }

  @Test
  void keepsChunksOfAnyEncoding(@TempDir Path directory) throws IOException {
    Path at = write(directory, chunk(1, 10, 1), chunk(11, 20, 2));

    try (Block block = Block.open(DISK, at)) {
      List<ChunkMeta> metas = new ArrayList<>();
      assertEquals(SERIES, block.series(block.index().all()[0], metas));
      assertEquals(chunk(1, 10, 1), block.stored(metas.get(0)));
      assertEquals(chunk(11, 20, 2), block.stored(metas.get(1)));
      assertEquals(7, block.meta().stats().samples());
      assertEquals(0, block.meta().stats().floatSamples());
      assertTrue(BlockCheck.of(block, BlockCheck.Depth.CHUNKS).isHealthy());
    }
  }

  @Test
  void countsChunksOutOfOrderAndOutside(@TempDir Path directory) throws IOException {
    Path at = write(directory, chunk(5, 10, 1), chunk(10, 20, 2), chunk(990, 1000, 3));

    try (Block block = Block.open(DISK, at)) {
      BlockCheck check = BlockCheck.of(block, BlockCheck.Depth.INDEX);

      assertFalse(check.isHealthy());
      assertEquals(1, check.outOfOrder());
      assertEquals(1, check.outside());
      assertEquals(5, check.minMillis());
      assertEquals(1000, check.maxMillis());
      assertTrue(check.problem().contains("1 of 3 chunks out of order"), check.problem());
    }
  }

  @Test
  void findsDamagedChunks(@TempDir Path directory) throws IOException {
    Path at = write(directory, chunk(1, 10, 1));
    Path file = at.resolve("chunks/000001");
    byte[] bytes = Files.readAllBytes(file);
    bytes[10] ^= 1;
    Files.write(file, bytes);

    try (Block block = Block.open(DISK, at)) {
      BlockCheck.of(block, BlockCheck.Depth.INDEX);
      assertThrows(CorruptionException.class, () -> BlockCheck.of(block, BlockCheck.Depth.CHUNKS));
    }
  }

  @Test
  void upstreamsBlocksAreHealthy() throws IOException {
    Path root = Conformance.require("metrics/tsdb-blocks");
    int blocks = 0;
    for (String name :
        List.of(
            "prometheus-index_format_v1",
            "thanos-snapshot/01KKS78P6B68DNJC87ZVPRGC3X",
            "thanos-snapshot/01KKS78PKKR6BQ0SQ5BARRTAKC",
            "vm-prometheus-snapshot/snapshots/20250602T205846Z-7e03e43cf46dda03/01JWS713P2E4MQW7T643GYGD69")) {
      try (Block block = Block.open(DISK, root.resolve(name))) {
        BlockCheck check = BlockCheck.of(block, BlockCheck.Depth.CHUNKS);
        assertEquals("", check.problem(), name);
        assertEquals(block.meta().stats().chunks(), check.chunks(), name);
        blocks++;
      }
    }
    System.out.println("upstream blocks: " + blocks + " verified, passed");
  }
}
