package io.oriel.wire.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.testkit.Seed;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ByteScanTest {
  private static int slowly(byte[] in, int from, int to, byte one, byte other) {
    for (int i = from; i < to; i++) {
      if (in[i] == one || in[i] == other) {
        return i;
      }
    }
    return to;
  }

  @Test
  void findsWhatALoopFinds() {
    SplittableRandom random = Seed.random("byte-scan");
    byte[] few = {0, 1, -1, -128, 127, '"', '\\', '"' + 1, '"' - 1, '\n'};
    for (int i = 0; i < Seed.iterations(20_000); i++) {
      byte[] in = new byte[random.nextInt(40)];
      for (int k = 0; k < in.length; k++) {
        in[k] = few[random.nextInt(few.length)];
      }
      int from = random.nextInt(in.length + 1);
      int to = random.nextInt(from, in.length + 1);
      byte one = few[random.nextInt(few.length)];
      byte other = few[random.nextInt(few.length)];

      assertEquals(slowly(in, from, to, one, other), ByteScan.find(in, from, to, one, other));
      assertEquals(slowly(in, from, to, one, one), ByteScan.find(in, from, to, one));
    }
  }
}
