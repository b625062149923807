package io.oriel.logs.spool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.testkit.Seed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Chunks of every size, read while others are appended, in pieces that are larger and smaller than
/// what is read at once.
class SpoolSizesTest {
  private static final int[] SIZES = {0, 1, 100, 70_000, 500_000, 1 << 20, 3 << 20};

  @TempDir private Path directory;

  private static final class Nobody implements Spool.Listener {
    @Override
    public void durable(List<Position> positions) {}

    @Override
    public void beforeDelete() {}
  }

  /// One chunk of one event, whose bytes are told by its number.
  private static byte[] document(int number, int size) {
    byte[] bytes = new byte[size];
    new SplittableRandom(number).nextBytes(bytes);
    return bytes;
  }

  @Test
  void whatIsAppendedIsReadBack() throws Exception {
    SplittableRandom random = Seed.random("spool sizes");
    SpoolConfig config = new SpoolConfig(1L << 30, 8 << 20, SpoolConfig.WhenFull.BLOCK);
    try (Spool spool =
        Spool.open(new FileDisk(), directory, config, InstantSource.system(), new Nobody())) {
      int[] sizes = random.ints(120, 0, SIZES.length).map(i -> SIZES[i] + i).toArray();
      // a name so long that it has no room before the events
      String[] sources = {"f", "x".repeat(150), "x".repeat(400)};
      Chunk chunk = new Chunk();
      int read = 0;
      for (int i = 0; i < sizes.length; i++) {
        byte[] document = document(i, sizes[i]);
        chunk.add(new Varints().putText("action " + i), document, 0, document.length);
        assertTrue(spool.append(chunk, new Position(sources[i % 3], i, 7L * i, -i)));
        chunk.clear();
        if (random.nextInt(3) == 0) {
          spool.sync();
          int until = read + random.nextInt(i + 2 - read);
          for (; read < until; read++) {
            assertNext(spool, read, sizes[read], sources[read % 3]);
          }
        }
      }
      spool.sync();
      for (; read < sizes.length; read++) {
        assertNext(spool, read, sizes[read], sources[read % 3]);
      }
      assertEquals(0, spool.fill().events());
      assertEquals(Optional.empty(), spool.read(Duration.ZERO));
    }
  }

  private static void assertNext(Spool spool, int number, int size, String source)
      throws Exception {
    SpooledChunk chunk = spool.read(Duration.ZERO).orElseThrow();
    assertEquals(new Position(source, number, 7L * number, -number), chunk.position());
    assertEquals(1, chunk.count());
    assertArrayEquals(
        document(number, size),
        Arrays.copyOfRange(chunk.bytes(), chunk.document(0), chunk.end(0)),
        () -> "chunk " + number);
    spool.acknowledge(chunk);
  }
}
