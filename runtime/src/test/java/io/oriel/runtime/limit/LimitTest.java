package io.oriel.runtime.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitTest {
  @Test
  void refusesByNameWhenAllAreTaken() throws Exception {
    Limit limit = new Limit("query.max-concurrency", 1);

    try (Limit.Permit _ = limit.acquire(Duration.ZERO)) {
      OrielException refused =
          assertThrows(OrielException.class, () -> limit.acquire(Duration.ofMillis(1)));

      assertEquals("query.max-concurrency: all 1 are in use", refused.reason());
      assertEquals(Kind.LIMITED, refused.kind());
      assertEquals(1, limit.held());
    }
    assertEquals(0, limit.held());
    assertEquals(1, limit.refused());
  }
}
