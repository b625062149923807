package io.oriel.wire.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.testkit.Seed;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompressionTest {
  @ParameterizedTest
  @EnumSource
  void givesBackWhatWentIn(Compression compression) {
    byte[] bytes = new byte[100_000];
    Seed.random("compress").nextBytes(bytes);

    assertArrayEquals(bytes, compression.decompress(compression.compress(bytes), bytes.length));
  }

  @ParameterizedTest
  @EnumSource(names = {"SNAPPY", "GZIP", "ZSTD"})
  void refusesABombBeforeItGoesOff(Compression compression) {
    byte[] bomb = compression.compress(new byte[10_000_000]);

    assertThrows(LimitExceeded.class, () -> compression.decompress(bomb, 1_000_000));
  }

  @ParameterizedTest
  @EnumSource(names = {"SNAPPY", "GZIP", "ZSTD"})
  void survivesDamage(Compression compression) {
    SplittableRandom random = Seed.random("compress.damage");
    byte[] good =
        compression.compress(
            "hello hello hello hello, world"
                .repeat(50)
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    for (int i = 0; i < Seed.iterations(3000); i++) {
      byte[] bytes = java.util.Arrays.copyOf(good, random.nextInt(good.length + 1));
      for (int n = random.nextInt(4); n > 0 && bytes.length > 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        compression.decompress(bytes, 1 << 20);
      } catch (OrielException e) {
        assertEquals(true, e.kind() == Kind.INVALID || e.kind() == Kind.LIMITED);
      }
    }
  }
}
