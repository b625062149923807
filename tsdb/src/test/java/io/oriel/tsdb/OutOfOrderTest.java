package io.oriel.tsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.Answer;
import io.oriel.model.series.AppendOutcome;
import io.oriel.model.series.Appender;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.SeriesCursor;
import io.oriel.testkit.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Samples that come out of order, within the window, are as good as others.
class OutOfOrderTest {
  private static final long MINUTE = 60_000;
  private static final TsdbOptions OPTIONS =
      TsdbOptions.defaults()
          .withBlockRange(Duration.ofMinutes(10), Duration.ofMinutes(90))
          .withRetention(Duration.ZERO, 0)
          .withOutOfOrderTimeWindow(Duration.ofMinutes(60));
  private static final Labels A = Labels.of("__name__", "m", "job", "a");
  private static final Labels B = Labels.of("__name__", "m", "job", "b");

  private final SplittableRandom names = Seed.random("names");

  @TempDir private Path directory;

  private Tsdb open(TsdbOptions options) throws IOException {
    Tsdb.Parts parts = new Tsdb.Parts(new FileDisk(), () -> Instant.EPOCH, names);
    return Tsdb.open(directory, parts, options, _ -> {});
  }

  private static AppendOutcome put(Tsdb db, Labels labels, long time, double value)
      throws IOException {
    try (Appender appender = db.appender()) {
      AppendOutcome outcome = appender.append(appender.series(labels), time, value);
      appender.commit();
      return outcome;
    }
  }

  private static Map<String, List<String>> all(Tsdb db) throws IOException {
    return TsdbTest.read(db, Long.MIN_VALUE / 2, Long.MAX_VALUE / 2);
  }

  @Test
  void tellsLateFromTooLateAndFromOffTheSwitch() throws IOException {
    try (Tsdb db = open(OPTIONS)) {
      put(db, A, 100 * MINUTE, 1);
      assertEquals(AppendOutcome.APPENDED, put(db, A, 40 * MINUTE, 2));
      assertEquals(AppendOutcome.TOO_OLD, put(db, A, 40 * MINUTE - 1, 2));
      assertEquals(AppendOutcome.APPENDED, put(db, B, 41 * MINUTE, 3), "a series of its own");
      db.setOutOfOrderTimeWindow(Duration.ZERO);
      assertEquals(AppendOutcome.OUT_OF_ORDER, put(db, A, 99 * MINUTE, 2));
      assertEquals(AppendOutcome.OUT_OF_BOUNDS, put(db, A, 50 * MINUTE, 2));

      assertEquals(1, db.head().figures().tooOld().floats());
      assertEquals(1, db.head().figures().outOfOrder().floats());
      assertEquals(1, db.head().figures().outOfBounds().floats());
      assertEquals(2, db.head().figures().appendedLate().all());
      assertEquals(
          Map.of(
              A.toString(), List.of(40 * MINUTE + "=2.0", 100 * MINUTE + "=1.0"),
              B.toString(), List.of(41 * MINUTE + "=3.0")),
          all(db));
    }
  }

  @Test
  void openReadersDoNotSeeWhatComesLate() throws IOException {
    try (Tsdb db = open(OPTIONS)) {
      put(db, A, 50 * MINUTE, 1);
      put(db, A, 30 * MINUTE, 1);
      try (Querier before = db.querier(0, Long.MAX_VALUE)) {
        put(db, A, 40 * MINUTE, 1);
        assertEquals(
            List.of(30 * MINUTE + "=1.0", 50 * MINUTE + "=1.0"),
            TsdbTest.read((_, _) -> before, 0, Long.MAX_VALUE).get(A.toString()));
      }
    }
  }

  @Test
  void openReadersDoNotSeeItEitherOnceItIsOnDisk() throws IOException {
    try (Tsdb db = open(OPTIONS)) {
      put(db, A, 50 * MINUTE, 1);
      put(db, A, 20 * MINUTE, 1);
      try (Querier early = db.querier(0, Long.MAX_VALUE)) {
        for (int i = 0; i < 10; i++) {
          put(db, A, 30 * MINUTE + i, 1);
        }
        try (Querier later = db.querier(0, Long.MAX_VALUE)) {
          for (int i = 0; i < 200; i++) {
            put(db, A, 40 * MINUTE + i, 1);
          }
          assertTrue(db.head().chunksOnDisk() > 2);
          assertEquals(2, samplesOfA(early));
          assertEquals(12, samplesOfA(later));
          try (Querier now = db.querier(0, Long.MAX_VALUE)) {
            assertEquals(212, samplesOfA(now));
          }
        }
      }
      assertEquals(212, all(db).getOrDefault(A.toString(), List.of()).size());
    }
    try (Tsdb db = open(OPTIONS)) {
      assertEquals(212, all(db).getOrDefault(A.toString(), List.of()).size());
    }
  }

  private static int samplesOfA(Querier querier) throws IOException {
    return TsdbTest.read((_, _) -> new Lent(querier), 0, Long.MAX_VALUE)
        .getOrDefault(A.toString(), List.of())
        .size();
  }

  /// Stays open.
  private record Lent(Querier owned) implements Querier {
    @Override
    public SeriesCursor select(SelectHints hints, List<Matcher> matchers) throws IOException {
      return owned.select(hints, matchers);
    }

    @Override
    public Answer<List<String>> labelValues(String name, int limit, List<Matcher> matchers)
        throws IOException {
      return owned.labelValues(name, limit, matchers);
    }

    @Override
    public Answer<List<String>> labelNames(int limit, List<Matcher> matchers) throws IOException {
      return owned.labelNames(limit, matchers);
    }

    @Override
    public void close() {}
  }

  /// A model of what must be there: the first value of every time stays.
  private static final class Model {
    private final Map<String, TreeMap<Long, Double>> series = new TreeMap<>();

    void add(Labels labels, long time, double value) {
      series.computeIfAbsent(labels.toString(), _ -> new TreeMap<>()).putIfAbsent(time, value);
    }

    Map<String, List<String>> all() {
      Map<String, List<String>> found = new TreeMap<>();
      series.forEach(
          (labels, samples) ->
              found.put(
                  labels,
                  samples.entrySet().stream().map(s -> s.getKey() + "=" + s.getValue()).toList()));
      return found;
    }
  }

  @Test
  void anyOrderGivesTheSameAnswerThroughRestartsAndCompaction() throws IOException {
    SplittableRandom random = Seed.random("late");
    Model model = new Model();
    long now = 60 * MINUTE;
    Tsdb db = open(OPTIONS);
    try {
      for (int i = 0; i < Seed.iterations(1500); i++) {
        now += random.nextInt(3) * 5_000L;
        try (Appender appender = db.appender()) {
          for (int k = 0; k < 1 + random.nextInt(4); k++) {
            Labels labels = random.nextBoolean() ? A : B;
            long time = random.nextInt(3) == 0 ? now : now - random.nextInt(50) * MINUTE / 2;
            double value = time / 1000.0;
            AppendOutcome outcome = appender.append(appender.series(labels), time, value);
            assertEquals(AppendOutcome.APPENDED, outcome, Seed.replay(i));
            model.add(labels, time, value);
          }
          appender.commit();
        }
        if (random.nextInt(60) == 0) {
          db.compactNow();
          assertEquals(model.all(), all(db), Seed.replay(i));
        }
        if (random.nextInt(60) == 0) {
          assertEquals(model.all(), all(db), Seed.replay(i));
          db.close();
          db = open(OPTIONS);
          assertEquals(model.all(), all(db), "reopened, " + Seed.replay(i));
        }
      }
      db.compactNow();
      assertEquals(model.all(), all(db));
      assertTrue(db.head().figures().appendedLate().all() > 0);
    } finally {
      db.close();
    }
  }

  @Test
  void manyLateSamplesOfOneTransactionSurviveARestart() throws IOException {
    Model model = new Model();
    try (Tsdb db = open(OPTIONS)) {
      put(db, A, 60 * MINUTE, 1);
      model.add(A, 60 * MINUTE, 1);
      for (int round = 0; round < 4; round++) {
        try (Appender appender = db.appender()) {
          for (int i = 0; i < 50; i++) {
            long time = 10 * MINUTE + (i * 7919L + round * 13L) % 1000 * 1000L;
            appender.append(appender.series(A), time, i);
            model.add(A, time, i);
          }
          appender.commit();
        }
      }
      assertEquals(model.all(), all(db));
      assertTrue(db.head().chunksOnDisk() > 0);
    }
    try (Tsdb db = open(OPTIONS)) {
      assertEquals(model.all(), all(db));
    }
  }

  @Test
  void lateHistogramsAreMergedAmongFloatsOfOtherTimes() throws IOException {
    try (Tsdb db = open(OPTIONS)) {
      for (int minute : new int[] {50, 30, 40}) {
        try (Appender appender = db.appender()) {
          NativeHistogram h =
              NativeHistogram.builder()
                  .integer(true)
                  .count(minute)
                  .sum(minute)
                  .positive(
                      NativeHistogram.Buckets.of(
                          new int[] {0}, new int[] {1}, new double[] {minute}))
                  .build();
          assertEquals(
              AppendOutcome.APPENDED, appender.append(appender.series(A), minute * MINUTE, h));
          appender.commit();
        }
      }
    }
    try (Tsdb db = open(OPTIONS)) {
      assertEquals(
          List.of(30 * MINUTE + "=h30.0", 40 * MINUTE + "=h40.0", 50 * MINUTE + "=h50.0"),
          all(db).get(A.toString()));
    }
  }

  /// A late block of a range that the head has not left yet must not pass for a block of that
  /// range: the head would begin behind it.
  @Test
  void lateBlocksThatReachIntoTheHeadHideNothingOfIt() throws IOException {
    Model model = new Model();
    try (Tsdb db = open(OPTIONS)) {
      for (long time = 0; time < 35 * MINUTE; time += 10_000) {
        for (long each : new long[] {time, time - 25_000}) {
          if (each >= 0) {
            assertEquals(AppendOutcome.APPENDED, put(db, A, each, (double) each));
            model.add(A, each, (double) each);
          }
        }
      }
      db.compactNow();
      assertEquals(model.all(), all(db));
    }
    try (Tsdb db = open(OPTIONS)) {
      assertEquals(model.all(), all(db));
      assertTrue(db.head().minTime() < 30 * MINUTE);
    }
  }

  @Test
  void theLateLogShrinksWithItsCompaction() throws IOException {
    try (Tsdb db = open(OPTIONS)) {
      put(db, A, 30 * MINUTE, 1);
      put(db, A, 20 * MINUTE, 1);
      put(db, A, 50 * MINUTE, 1);
      assertEquals(20 * MINUTE, db.head().minLateTime());
      db.compactNow();
      assertEquals(Long.MAX_VALUE, db.head().minLateTime());
    }
    try (Stream<Path> segments = Files.list(directory.resolve("wbl"))) {
      assertEquals(List.of(0L), segments.map(file -> file.toFile().length()).toList());
    }
    try (Tsdb db = open(OPTIONS)) {
      assertFalse(db.blocks().isEmpty());
      assertEquals(
          List.of(20 * MINUTE + "=1.0", 30 * MINUTE + "=1.0", 50 * MINUTE + "=1.0"),
          all(db).get(A.toString()));
    }
  }
}
