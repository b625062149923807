package io.oriel.wire.otlp;

import java.util.Arrays;
import java.util.SplittableRandom;

/// What a hostile or broken sender does to bytes.
final class Damage {
  private Damage() {}

  static byte[] of(byte[] bytes, SplittableRandom random) {
    byte[] damaged = bytes.clone();
    if (random.nextInt(3) == 0) {
      damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length + 1));
    }
    for (int i = random.nextInt(4); i > 0 && damaged.length > 0; i--) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
    }
    return damaged;
  }
}
