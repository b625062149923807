package io.oriel.testkit;

import java.util.SplittableRandom;

/// Randomness that can be replayed: every stream is derived from one seed and a name.
///
/// The seed comes from `-Doriel.seed=…` or is 42; {@link #replay} says how to run a failing case
/// again.
public final class Seed {
  private static final long SEED = Long.getLong("oriel.seed", 42L);

  private Seed() {}

  /// A generator of its own for the test called {@code name}, the same in every run with the same
  /// seed.
  public static SplittableRandom random(String name) {
    return new SplittableRandom(SEED * 0x9E3779B97F4A7C15L + name.hashCode());
  }

  /// How often a property is tried: {@code standard}, or what `-Doriel.iterations=…` says.
  public static int iterations(int standard) {
    return Integer.getInteger("oriel.iterations", standard);
  }

  /// The words for an assertion message that let a reader run the same case again.
  public static String replay(int iteration) {
    return "replay with -Doriel.seed=" + SEED + " (iteration " + iteration + ")";
  }
}
