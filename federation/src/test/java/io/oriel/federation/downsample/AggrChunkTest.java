package io.oriel.federation.downsample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.SampleColumns;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.chunk.ChunkWriter;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AggrChunkTest {
  private static ChunkWriter floats(double... values) {
    ChunkWriter chunk = ChunkWriter.floats();
    for (int i = 0; i < values.length; i++) {
      chunk.append(1000L * i, values[i]);
    }
    return chunk;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static ByteBuffer sample() {
    Map<Aggregate, ChunkWriter> parts = new EnumMap<>(Aggregate.class);
    parts.put(Aggregate.COUNT, floats(1));
    parts.put(Aggregate.SUM, floats(2, 3));
    parts.put(Aggregate.COUNTER, floats(4, 5, 6));
    return AggrChunk.encode(parts);
  }

  /// Count: 11 bytes of encoding 1, one sample at time 0 (varint 0) of value 1; sum: 16 bytes, two
  /// samples, the second 1000 ms later (uvarint e8 07); minimum and maximum absent.
  @Test
  void hasThanosBytes() {
    String hex = HexFormat.of().formatHex(bytes(sample()));

    assertTrue(hex.startsWith("0b01" + "0001003ff0000000000000"), hex);
    String sum = hex.substring(2 * 13);
    assertTrue(sum.startsWith("0f01" + "0002004000000000000000e807"), hex);
    String rest = sum.substring(2 * 17);
    assertTrue(rest.startsWith("0000"), hex);
    assertEquals("01", rest.substring(6, 8), hex);
  }

  @Test
  void givesBackItsParts() {
    AggrChunk chunk = AggrChunk.parse(sample());

    assertEquals(1, chunk.windows());
    assertTrue(chunk.part(Aggregate.MIN).isEmpty());
    assertEquals(ChunkEncoding.XOR, chunk.part(Aggregate.COUNTER).orElseThrow().encoding());
    SampleColumns rows = new SampleColumns();
    chunk.read(Aggregate.COUNTER, new ChunkDecoder(), rows);
    assertEquals(3, rows.size());
    assertEquals(6, rows.values()[2]);
  }

  @Test
  void survivesAnyBytes() {
    SplittableRandom random = Seed.random("aggr fuzz");
    byte[] good = bytes(sample());
    for (int i = 0; i < Seed.iterations(20_000); i++) {
      byte[] bad = good.clone();
      for (int k = random.nextInt(4); k >= 0; k--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      ByteBuffer in = ByteBuffer.wrap(bad, 0, random.nextInt(bad.length + 1));
      try {
        AggrChunk chunk = AggrChunk.parse(in.slice());
        for (Aggregate aggregate : Aggregate.values()) {
          chunk.read(aggregate, new ChunkDecoder(), new SampleColumns());
        }
      } catch (OrielException e) {
        assertEquals(Kind.CORRUPT, e.kind(), Seed.replay(i));
      }
    }
  }

  @Test
  void saysWhereItEnds() {
    ByteBuffer torn = sample().slice(0, 20);

    OrielException e = assertThrows(OrielException.class, () -> AggrChunk.parse(torn));

    assertTrue(e.reason().contains("SUM"), e.reason());
  }
}
