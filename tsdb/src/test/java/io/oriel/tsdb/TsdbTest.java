package io.oriel.tsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.AppendOutcome;
import io.oriel.model.series.Appender;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.head.Head;
import io.oriel.tsdb.wal.RecordVisitor;
import io.oriel.tsdb.wal.WalTailer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TsdbTest {
  private static final long MINUTE = 60_000;
  private static final TsdbOptions SMALL =
      TsdbOptions.defaults()
          .withBlockRange(Duration.ofMinutes(10), Duration.ofMinutes(90))
          .withRetention(Duration.ZERO, 0);
  private static final Matcher ALL = Matcher.of(Matcher.Type.REGEX, "job", ".+");

  @TempDir private Path directory;

  private Tsdb open(TsdbOptions options) throws IOException {
    Instant now = Instant.ofEpochMilli(1_700_000_000_000L);
    Tsdb.Parts parts = new Tsdb.Parts(new FileDisk(), () -> now, Seed.random("ulid"));
    return Tsdb.open(directory, parts, options, _ -> {});
  }

  private static Labels series(int i) {
    return Labels.of("__name__", "m", "job", "j" + i % 3, "i", Integer.toString(i));
  }

  private static void put(Tsdb db, Labels labels, long time, double value) throws IOException {
    try (Appender appender = db.appender()) {
      assertEquals(AppendOutcome.APPENDED, appender.append(appender.series(labels), time, value));
      appender.commit();
    }
  }

  static Map<String, List<String>> read(Queryable db, long min, long max) throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    try (Querier querier = db.querier(min, max);
        SeriesCursor cursor = querier.select(SelectHints.range(min, max), List.of(ALL))) {
      SampleColumns rows = new SampleColumns();
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        rows.clear();
        series.read(rows);
        List<String> samples = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
          NativeHistogram h = rows.histogram(i);
          String value = h == null ? Double.toString(rows.values()[i]) : "h" + h.count();
          samples.add(rows.timestamps()[i] + "=" + value);
        }
        if (!samples.isEmpty()) {
          found.put(series.labels().toString(), samples);
        }
      }
    }
    return found;
  }

  private static Map<String, List<String>> fill(Tsdb db, int seriesCount, int minutes)
      throws IOException {
    SplittableRandom random = Seed.random("fill");
    Map<String, List<String>> written = new TreeMap<>();
    for (long time = 0; time < minutes * MINUTE; time += 15_000) {
      try (Appender appender = db.appender()) {
        for (int i = 0; i < seriesCount; i++) {
          double value = random.nextInt(5) == 0 ? random.nextDouble() : time / 1000.0;
          appender.append(appender.series(series(i)), time, value);
          written
              .computeIfAbsent(series(i).toString(), _ -> new ArrayList<>())
              .add(time + "=" + value);
        }
        appender.commit();
      }
    }
    return written;
  }

  @Test
  void keepsASampleWhoseSeriesWasCollectedBeforeTheCommit() throws IOException {
    Labels idle = Labels.of("__name__", "idle", "job", "x");
    try (Tsdb db = open(SMALL)) {
      put(db, idle, 1_000, 1);
      long ref;
      try (Appender appender = db.appender()) {
        ref = appender.series(idle);
      }
      put(db, series(1), 30 * MINUTE, 1);
      try (Appender appender = db.appender()) {
        assertEquals(AppendOutcome.APPENDED, appender.append(ref, 30 * MINUTE, 2));
        db.compactNow();
        assertEquals(1, db.head().seriesCount());
        appender.commit();
      }
      assertEquals(2, db.head().seriesCount());
    }
    try (Tsdb db = open(SMALL)) {
      assertEquals(
          List.of("1000=1.0", 30 * MINUTE + "=2.0"), read(db, 0, 40 * MINUTE).get(idle.toString()));
    }
  }

  @Test
  void returnsWhatWasCommittedAfterReopening() throws IOException {
    Map<String, List<String>> written;
    try (Tsdb db = open(SMALL)) {
      written = fill(db, 7, 9);
      assertEquals(written, read(db, 0, Long.MAX_VALUE));
    }
    try (Tsdb db = open(SMALL)) {
      assertEquals(written, read(db, 0, Long.MAX_VALUE));
      assertEquals(0, db.head().repairs());
      put(db, series(0), 9 * MINUTE, 1);
    }
  }

  @Test
  void keepsEverySampleThroughCompactionAndCheckpoints() throws IOException {
    Map<String, List<String>> written;
    try (Tsdb db = open(SMALL)) {
      written = fill(db, 5, 95);
      db.compactNow();
      assertFalse(db.blocks().isEmpty());
      assertTrue(db.blocks().stream().anyMatch(meta -> meta.level() > 1));
      assertEquals(written, read(db, 0, Long.MAX_VALUE));
    }
    try (Tsdb db = open(SMALL)) {
      db.compactNow();
      assertEquals(written, read(db, 0, Long.MAX_VALUE));
    }
  }

  @Test
  void readersSeeNothingOfLaterCommits() throws IOException {
    try (Tsdb db = open(SMALL)) {
      put(db, series(0), 1000, 1);
      try (Querier before = db.querier(0, Long.MAX_VALUE)) {
        put(db, series(0), 2000, 2);
        put(db, series(0), 3000, 3);
        assertEquals(
            Map.of(series(0).toString(), List.of("1000=1.0")),
            read((_, _) -> before, 0, Long.MAX_VALUE));
      }
    }
  }

  @Test
  void nothingOfARolledBackTransactionIsVisible() throws IOException {
    try (Tsdb db = open(SMALL)) {
      try (Appender appender = db.appender()) {
        appender.append(appender.series(series(1)), 1000, 1);
      }
      assertEquals(Map.of(), read(db, 0, Long.MAX_VALUE));
    }
    try (Tsdb db = open(SMALL)) {
      assertEquals(Map.of(), read(db, 0, Long.MAX_VALUE));
    }
  }

  @Test
  void referencesOfARolledBackTransactionSurviveARestart() throws IOException {
    try (Tsdb db = open(SMALL)) {
      long ref;
      try (Appender appender = db.appender()) {
        ref = appender.series(series(1));
        appender.append(ref, 1000, 1);
      }
      try (Appender appender = db.appender()) {
        assertEquals(AppendOutcome.APPENDED, appender.append(ref, 2000, 2));
        appender.commit();
      }
    }
    try (Tsdb db = open(SMALL)) {
      assertEquals(Map.of(series(1).toString(), List.of("2000=2.0")), read(db, 0, Long.MAX_VALUE));
    }
  }

  @Test
  void refusesWhatIsOutOfOrderOrTwice() throws IOException {
    try (Tsdb db = open(SMALL.withMaxSeries(1))) {
      put(db, series(0), 10 * MINUTE, 1);
      try (Appender appender = db.appender()) {
        long ref = appender.series(series(0));
        assertEquals(AppendOutcome.APPENDED, appender.append(ref, 10 * MINUTE, 1));
        assertEquals(AppendOutcome.DUPLICATE_TIMESTAMP, appender.append(ref, 10 * MINUTE, 2));
        assertEquals(AppendOutcome.OUT_OF_ORDER, appender.append(ref, 9 * MINUTE, 2));
        assertEquals(AppendOutcome.OUT_OF_BOUNDS, appender.append(ref, 4 * MINUTE, 2));
        assertEquals(AppendOutcome.UNKNOWN_SERIES, appender.append(999, 11 * MINUTE, 2));
        assertEquals(Appender.NO_SERIES, appender.series(series(1)));
        NativeHistogram wrong = NativeHistogram.builder().count(3).build();
        assertEquals(AppendOutcome.INVALID_HISTOGRAM, appender.append(ref, 11 * MINUTE, wrong));
      }
    }
  }

  @Test
  void cutsATornLogTailAndKeepsWhatCameBefore() throws IOException {
    Map<String, List<String>> written;
    try (Tsdb db = open(SMALL)) {
      written = fill(db, 3, 5);
      put(db, series(0), 6 * MINUTE, 1);
    }
    Path segment = directory.resolve("wal").resolve("00000000");
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.setLength(file.length() - 3);
    }
    try (Tsdb db = open(SMALL)) {
      assertEquals(1, db.head().repairs());
      assertEquals(written, read(db, 0, Long.MAX_VALUE));
      put(db, series(0), 7 * MINUTE, 2);
    }
    try (Tsdb db = open(SMALL)) {
      assertEquals(0, db.head().repairs());
      assertEquals(
          22, read(db, 0, Long.MAX_VALUE).getOrDefault(series(0).toString(), List.of()).size() + 1);
    }
  }

  @Test
  void restoresHistogramsExemplarsAndMetadata() throws IOException {
    MetricMetadata metadata = new MetricMetadata(MetricType.HISTOGRAM, "seconds", "how long");
    try (Tsdb db = open(SMALL)) {
      try (Appender appender = db.appender()) {
        long ref = appender.series(series(0));
        for (int i = 1; i <= 5; i++) {
          NativeHistogram h =
              NativeHistogram.builder()
                  .integer(true)
                  .count(10.0 * i)
                  .sum(i)
                  .positive(
                      NativeHistogram.Buckets.of(
                          new int[] {0, 2}, new int[] {1, 1}, new double[] {4.0 * i, 6.0 * i}))
                  .build();
          assertEquals(AppendOutcome.APPENDED, appender.append(ref, i * 1000L, h));
        }
        Exemplar exemplar = new Exemplar(Labels.of("trace_id", "a"), 1, 1000, true);
        assertEquals(AppendOutcome.APPENDED, appender.append(ref, exemplar));
        appender.metadata(ref, metadata);
        appender.commit();
      }
    }
    try (Tsdb db = open(SMALL)) {
      assertEquals(
          Map.of(
              series(0).toString(),
              List.of("1000=h10.0", "2000=h20.0", "3000=h30.0", "4000=h40.0", "5000=h50.0")),
          read(db, 0, Long.MAX_VALUE));
      assertEquals(1, db.exemplars(0, 2000, List.of(List.of(ALL))).size());
      assertEquals(metadata, db.metadata(series(0)));
    }
  }

  @Test
  void deletedSamplesStayAwayAndOthersStay() throws IOException {
    Matcher first = Matcher.of(Matcher.Type.EQUAL, "i", "0");
    Map<String, List<String>> written;
    try (Tsdb db = open(SMALL)) {
      written = fill(db, 2, 40);
      db.compactNow();
      db.delete(List.of(first), 0, 35 * MINUTE);
      written.computeIfPresent(
          series(0).toString(),
          (_, samples) -> samples.stream().filter(s -> time(s) > 35 * MINUTE).toList());
      assertEquals(written, read(db, 0, Long.MAX_VALUE));
      db.cleanTombstones();
      assertEquals(written, read(db, 0, Long.MAX_VALUE));
    }
    try (Tsdb db = open(SMALL)) {
      assertEquals(written, read(db, 0, Long.MAX_VALUE));
    }
  }

  private static long time(String sample) {
    return Long.parseLong(sample.substring(0, sample.indexOf('=')));
  }

  @Test
  void retentionRemovesOldBlocksOnly() throws IOException {
    try (Tsdb db = open(SMALL.withRetention(Duration.ofMinutes(20), 0))) {
      fill(db, 1, 95);
      db.compactNow();
      long end = db.blocks().getLast().maxMillis();
      for (BlockMeta meta : db.blocks()) {
        assertTrue(end - meta.maxMillis() < 20 * MINUTE);
      }
    }
  }

  @Test
  void snapshotHoldsBlocksAndHead(@TempDir Path target) throws IOException {
    try (Tsdb db = open(SMALL)) {
      Map<String, List<String>> written = fill(db, 2, 40);
      db.compactNow();
      db.snapshot(target.resolve("s"), Head.Inclusion.INCLUDED);
      Tsdb.Parts parts =
          new Tsdb.Parts(new FileDisk(), () -> Instant.EPOCH, Seed.random("snapshot"));
      try (Tsdb copy = Tsdb.open(target.resolve("s"), parts, SMALL, _ -> {})) {
        assertEquals(written, read(copy, 0, Long.MAX_VALUE));
      }
    }
  }

  @Test
  void aSecondOpenerIsTurnedAway() throws IOException {
    try (Tsdb _ = open(SMALL)) {
      assertThrows(OrielException.class, () -> open(SMALL).close());
    }
  }

  @Test
  void tailerTellsEachNewSampleOnceAcrossCheckpoints() throws IOException {
    try (Tsdb db = open(SMALL)) {
      put(db, series(0), 0, 1);
      WalTailer tailer = db.tail();
      List<Long> times = new ArrayList<>();
      List<Labels> names = new ArrayList<>();
      RecordVisitor collect =
          new RecordVisitor() {
            @Override
            public void series(long ref, Labels labels) {
              names.add(labels);
            }

            @Override
            public void sample(long ref, long timestampMillis, double value) {
              times.add(timestampMillis);
            }
          };
      tailer.poll(collect);
      List<Long> expected = new ArrayList<>();
      for (long time = MINUTE; time < 60 * MINUTE; time += MINUTE) {
        put(db, series(0), time, (double) time);
        expected.add(time);
        if (time % (7 * MINUTE) == 0) {
          db.compactNow();
        }
        tailer.poll(collect);
      }
      assertEquals(expected, times);
      assertTrue(names.contains(series(0)));
    }
  }

  @Test
  void tellsItsFiguresUnderUpstreamsNames() throws IOException {
    try (Tsdb db = open(SMALL)) {
      PrometheusRegistry registry = new PrometheusRegistry();
      TsdbTelemetry.register(registry, db);
      put(db, series(0), 1000, 1);
      put(db, series(1), 1000, 1);
      db.compactNow();
      Map<String, Double> told = new TreeMap<>();
      for (MetricSnapshot metric : registry.scrape()) {
        switch (metric) {
          case GaugeSnapshot gauge ->
              told.put(metric.getMetadata().getName(), gauge.getDataPoints().getFirst().getValue());
          case CounterSnapshot counter ->
              told.put(
                  metric.getMetadata().getName(), counter.getDataPoints().getFirst().getValue());
          default -> {}
        }
      }
      assertEquals(2.0, told.getOrDefault("prometheus_tsdb_head_series", -1.0));
      assertEquals(2.0, told.getOrDefault("prometheus_tsdb_head_samples_appended", -1.0));
      assertEquals(1.0, told.getOrDefault("prometheus_tsdb_compactions", -1.0));
      assertEquals(0.0, told.getOrDefault("prometheus_tsdb_compactions_failed", -1.0));
    }
  }

  @Test
  void leavesNoTemporaryFilesBehind() throws IOException {
    try (Tsdb db = open(SMALL)) {
      fill(db, 2, 60);
      db.compactNow();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      assertTrue(files.noneMatch(p -> p.getFileName().toString().contains("tmp")));
    }
  }
}
