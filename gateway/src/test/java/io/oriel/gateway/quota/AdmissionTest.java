package io.oriel.gateway.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final EnginePressure pressure = new EnginePressure(nanos::get, new SplittableRandom(1));

  private Admission admission(ClusterQuota quota) {
    return new Admission(
        new Admission.Settings(ClusterQuota.NONE, Map.of("a", quota), 1_000), pressure, nanos::get);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void aQuotaMayOweOnceAndIsClosedUntilItIsPaid() {
    Admission admission = admission(new ClusterQuota(100, 0, 0));
    try (Admission.Pass pass = admission.enter("a")) {
      pass.charge(500, 1);
    }

    Throttled refused = assertThrows(Throttled.class, () -> admission.enter("a"));
    assertEquals("bytes", refused.limit());
    assertEquals(3, refused.retryAfterSeconds());
    admission.enter("b").close();
    pass(Duration.ofSeconds(2));
    assertThrows(Throttled.class, () -> admission.enter("a"));
    pass(Duration.ofMillis(1_001));
    admission.enter("a").close();
  }

  @Test
  void documentsAndRequestsAreBoundedToo() {
    Admission documents = admission(new ClusterQuota(0, 10, 0));
    try (Admission.Pass pass = documents.enter("a")) {
      pass.charge(1 << 30, 21);
    }
    assertEquals("documents", assertThrows(Throttled.class, () -> documents.enter("a")).limit());

    Admission requests = admission(new ClusterQuota(0, 0, 1));
    try (Admission.Pass _ = requests.enter("a")) {
      assertEquals("requests", assertThrows(Throttled.class, () -> requests.enter("a")).limit());
    }
    requests.enter("a").close();
  }

  @Test
  void memoryIsSharedAndGivenBack() {
    Admission admission = admission(ClusterQuota.NONE);
    try (Admission.Pass first = admission.enter("a")) {
      first.hold(900);
      try (Admission.Pass second = admission.enter("b")) {
        assertEquals("memory", assertThrows(Throttled.class, () -> second.hold(101)).limit());
      }
      assertEquals(900, admission.heldBytes());
    }
    assertEquals(0, admission.heldBytes());
  }

  @Test
  void anEngineThatRefusesIsLeftAloneForLongerAndLonger() {
    Admission admission = admission(ClusterQuota.NONE);
    Duration first = pressure.refused(Duration.ZERO);
    assertEquals("engine", assertThrows(Throttled.class, () -> admission.enter("a")).limit());
    pass(first);
    admission.enter("a").close();

    Duration last = first;
    for (int i = 0; i < 10; i++) {
      last = pressure.refused(Duration.ZERO);
      pass(last);
    }
    assertTrue(last.compareTo(Duration.ofSeconds(5)) >= 0, last::toString);
    assertTrue(last.compareTo(Duration.ofSeconds(10)) <= 0, last::toString);
    pressure.took();
    assertTrue(pressure.refused(Duration.ZERO).compareTo(Duration.ofMillis(100)) <= 0);
  }

  @Test
  void whatTheEngineAsksForIsObeyed() {
    assertEquals(Duration.ofSeconds(7), pressure.refused(Duration.ofSeconds(7)));
    assertEquals(Duration.ofSeconds(7), pressure.untilOpen());
  }
}
