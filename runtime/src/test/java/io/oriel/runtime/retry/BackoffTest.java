package io.oriel.runtime.retry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.testkit.Seed;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
  @Test
  void doublesWithJitterUpToTheLongestPause() {
    Backoff backoff =
        new Backoff(Duration.ofMillis(30), Duration.ofMillis(200), Seed.random("backoff"));
    long[] most = {30, 60, 120, 200, 200};

    for (long max : most) {
      long pause = backoff.next().toMillis();
      assertTrue(pause >= max / 2 && pause <= max, pause + " of " + max);
    }
  }

  @Test
  void waitsAsLongAsItWasAskedTo() {
    Backoff backoff =
        new Backoff(Duration.ofMillis(30), Duration.ofMillis(200), Seed.random("after"));

    assertEquals(Duration.ofSeconds(5), backoff.next(Duration.ofSeconds(5)));
    backoff.reset();
    assertTrue(backoff.next(Duration.ZERO).toMillis() <= 30);
  }
}
