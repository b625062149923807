package io.oriel.federation.dedup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.oriel.model.error.OrielException;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.SampleColumns;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeduplicationTest {
  private static List<String> merged(Deduplication how, SampleColumns... replicas) {
    SampleColumns into = new SampleColumns();
    how.merge(List.of(replicas), into);
    return Rows.text(into);
  }

  private static List<String> counters(Deduplication how, SampleColumns... replicas) {
    SampleColumns into = new SampleColumns();
    how.mergeCounters(List.of(replicas), into);
    return Rows.text(into);
  }

  @Test
  void penaltyStaysWithOneReplica() {
    assertEquals(
        List.of("10.0=1.0", "20.0=2.0", "30.0=3.0"),
        merged(
            Deduplication.PENALTY,
            Rows.of(10, 1, 20, 2, 30, 3),
            Rows.of(11, 7, 21, 8, 31, 9, 39, 9)));
  }

  @Test
  void penaltyTakesOverAfterTwiceTheDistance() {
    // after 30 the other replica is punished until 30 + 2×10: 41 is too early, 51 is not
    assertEquals(
        List.of("10.0=1.0", "20.0=2.0", "30.0=3.0", "51.0=9.0", "61.0=10.0", "100.0=4.0"),
        merged(
            Deduplication.PENALTY,
            Rows.of(10, 1, 20, 2, 30, 3, 100, 4),
            Rows.of(21, 6, 31, 7, 41, 8, 51, 9, 61, 10)));
  }

  @Test
  void penaltyIsFiveSecondsAtFirst() {
    assertEquals(
        List.of("0.0=1.0", "5.001=9.0"),
        merged(Deduplication.PENALTY, Rows.of(0, 1), Rows.of(5, 8, 5.001, 9)));
    assertEquals(List.of("0.0=1.0"), merged(Deduplication.PENALTY, Rows.of(0, 1), Rows.of(5, 8)));
  }

  @Test
  void penaltyPrefersTheFirstReplicaInATie() {
    assertEquals(
        List.of("10.0=1.0", "20.0=2.0"),
        merged(Deduplication.PENALTY, Rows.of(10, 1, 20, 2), Rows.of(10, 7, 20, 8)));
  }

  @Test
  void penaltyFoldsThreeReplicasFromTheFirst() {
    assertEquals(
        List.of("10.0=1.0", "20.0=2.0", "45.0=6.0", "96.0=9.0"),
        merged(
            Deduplication.PENALTY,
            Rows.of(10, 1, 20, 2),
            Rows.of(15, 4, 30, 5, 45, 6),
            Rows.of(12, 7, 75, 8, 96, 9)));
  }

  @Test
  void penaltyRaisesACounterThatCountedLess() {
    assertEquals(
        List.of("10.0=10.0", "20.0=20.0", "50.0=20.0", "60.0=35.0"),
        counters(
            Deduplication.PENALTY, Rows.of(10, 10, 20, 20), Rows.of(11, 0, 21, 5, 50, 15, 60, 30)));
  }

  @Test
  void penaltyLeavesACounterThatCountedMore() {
    assertEquals(
        List.of("10.0=10.0", "20.0=20.0", "50.0=22.0"),
        counters(Deduplication.PENALTY, Rows.of(10, 10, 20, 20), Rows.of(50, 22)));
  }

  @Test
  void gaugesAreNeverRaised() {
    assertEquals(
        List.of("10.0=10.0", "50.0=2.0"),
        merged(Deduplication.PENALTY, Rows.of(10, 10), Rows.of(50, 2)));
  }

  @Test
  void chainKeepsEverySampleOnce() {
    assertEquals(
        List.of("10.0=1.0", "11.0=7.0", "20.0=2.0", "31.0=9.0"),
        merged(Deduplication.CHAIN, Rows.of(10, 1, 20, 2), Rows.of(11, 7, 20, 8, 31, 9)));
  }

  @Test
  void intervalTakesOverAfterOneMissedScrape() {
    assertEquals(
        List.of("10.0=1.0", "20.0=2.0", "30.0=3.0", "41.0=8.0", "51.0=9.0"),
        merged(
                Deduplication.INTERVAL,
                Rows.of(10, 1, 20, 2, 30, 3, 60, 4, 70, 5),
                Rows.of(11, 5, 21, 6, 31, 7, 41, 8, 51, 9))
            .subList(0, 5));
  }

  @Test
  void intervalDoesNotFollowOneReplicasStaleMarker() {
    assertEquals(
        List.of("10.0=1.0", "20.0=2.0", "31.0=7.0", "41.0=8.0"),
        merged(
            Deduplication.INTERVAL,
            Rows.of(10, 1, 20, 2, 30, StaleMarker.VALUE),
            Rows.of(11, 5, 21, 6, 31, 7, 41, 8)));
  }

  @Test
  void intervalEndsWithTheMarkerOfTheReplicaItFollows() {
    SampleColumns into = new SampleColumns();
    Deduplication.INTERVAL.merge(
        List.of(
            Rows.of(10, 1, 20, 2, 30, StaleMarker.VALUE),
            Rows.of(11, 5, 21, 6, 31, StaleMarker.VALUE)),
        into);

    assertEquals(3, into.size());
    assertEquals(StaleMarker.BITS, Double.doubleToRawLongBits(into.values()[2]));
  }

  @Test
  void intervalRaisesCountersToo() {
    assertEquals(
        List.of("10.0=10.0", "20.0=20.0", "31.0=20.0", "41.0=25.0"),
        counters(
            Deduplication.INTERVAL,
            Rows.of(10, 10, 20, 20),
            Rows.of(11, 5, 21, 8, 31, 15, 41, 20)));
  }

  @Test
  void histogramsForgetTheirResetHintWhereTheReplicaChanges() {
    NativeHistogram sure =
        NativeHistogram.builder().count(3).sum(4).resetHint(ResetHint.NO_RESET).build();
    SampleColumns a = new SampleColumns();
    a.add(10_000, sure);
    a.add(20_000, sure);
    SampleColumns b = new SampleColumns();
    b.add(50_000, sure);
    b.add(60_000, sure);

    for (Deduplication how : Deduplication.values()) {
      SampleColumns into = new SampleColumns();
      how.merge(List.of(a, b), into);

      assertEquals(4, into.size(), how.flag());
      assertEquals(ResetHint.NO_RESET, hint(into, 1), how.flag());
      assertEquals(ResetHint.UNKNOWN, hint(into, 2), how.flag());
      assertEquals(ResetHint.NO_RESET, hint(into, 3), how.flag());
    }
  }

  private static ResetHint hint(SampleColumns rows, int i) {
    NativeHistogram histogram = rows.histogram(i);
    return histogram == null ? ResetHint.GAUGE : histogram.resetHint();
  }

  @Test
  void namesAreThoseOfTheFlag() {
    for (Deduplication how : Deduplication.values()) {
      assertEquals(how, Deduplication.ofFlag(how.flag()));
    }
    OrielException refusal = assertThrows(OrielException.class, () -> Deduplication.ofFlag("vote"));
    assertEquals(
        "deduplication: got \"vote\", want \"penalty\", \"chain\" or \"interval\"",
        refusal.getMessage());
  }
}
