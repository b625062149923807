package io.oriel.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class SeedTest {
  @Test
  void sameNameGivesTheSameStream() {
    assertEquals(Seed.random("a").nextLong(), Seed.random("a").nextLong());
    assertNotEquals(Seed.random("a").nextLong(), Seed.random("b").nextLong());
  }
}
