package io.oriel.metrics.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.metrics.config.RemoteWriteConfig;
import io.oriel.metrics.queue.QueueMetrics;
import io.oriel.metrics.queue.RemoteWrites;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.tsdb.wal.WalTailer;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.remotewrite.RemoteWriteReader;
import io.oriel.wire.remotewrite.RemoteWriteSink;
import io.oriel.wire.remotewrite.RemoteWriteVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Our own queue against our own receiver.
class RemoteWritesTest {
  private static final Labels EXTERNAL = Labels.of("cluster", "dev-01");
  private static final NativeHistogram HISTOGRAM =
      NativeHistogram.builder()
          .schema(1)
          .count(3)
          .sum(4)
          .positive(Buckets.of(new int[] {0}, new int[] {2}, new double[] {1, 2}))
          .integer(true)
          .build();

  @TempDir private Path directory;
  private final List<Integer> answers = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private LiveServer source;
  private LiveServer target;
  private QueueMetrics counted;
  private RemoteWrites writes;
  private long now;

  @BeforeEach
  void start() throws IOException {
    now = System.currentTimeMillis() - 100_000;
    source = new LiveServer(directory.resolve("a"), InstantSource.system(), (_, _) -> {});
    target =
        new LiveServer(
            directory.resolve("b"),
            InstantSource.system(),
            (live, routes) -> {
              new WriteApi(
                      live.tsdb,
                      new ReceiveMetrics(live.registry),
                      InstantSource.system(),
                      new WriteApi.Options(EnumSet.allOf(RemoteWriteVersion.class), false, true))
                  .addTo(routes);
              routes.post("/shape", call -> HttpAnswer.text(shape(call), ""));
              routes.post(
                  "/moody",
                  call -> {
                    asked.add(call.header("retry-attempt") + call.header("x-tenant"));
                    int status = answers.isEmpty() ? 204 : answers.removeFirst();
                    return HttpAnswer.text(status, "mood\n").header("retry-after", "0");
                  });
            });
    counted = new QueueMetrics(source.registry);
    writes = writes(source.tsdb::tail);
  }

  private RemoteWrites writes(Supplier<WalTailer> tailer) {
    return new RemoteWrites(
        new RemoteWrites.Environment(
            tailer,
            () -> Map.of("up", new MetricMetadata(MetricType.GAUGE, "", "is it")),
            counted,
            InstantSource.system(),
            System::nanoTime,
            Thread::sleep,
            new SplittableRandom(1),
            Duration.ofSeconds(10),
            "test"));
  }

  @AfterEach
  void stop() throws IOException {
    writes.close();
    target.close();
    source.close();
  }

  private List<RemoteWriteConfig> config(String path, String more) throws IOException {
    String yaml =
        """
        remote_write:
          - url: %s
            queue_config: {batch_send_deadline: 50ms, min_backoff: 5ms, max_backoff: 20ms, capacity: 20, max_samples_per_send: 10, max_shards: 4, min_shards: 2%s
        """
            .formatted(target.uri(path), more);
    return PrometheusConfig.parse(directory.resolve("p.yml"), yaml, _ -> "").remoteWrite();
  }

  private void write(int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      int at = i;
      source.append(
          appender -> {
            for (int series = 0; series < 7; series++) {
              long ref =
                  appender.series(
                      Labels.of("__name__", "m" + series, "cluster", series == 3 ? "own" : ""));
              assertEquals("APPENDED", appender.append(ref, now + at, at).name());
            }
          });
    }
  }

  private static void await(BooleanSupplier reached) throws InterruptedException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!reached.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not reached in time");
      Thread.sleep(20);
    }
  }

  private double sent() {
    return source.metric("prometheus_remote_storage_samples_total");
  }

  @ParameterizedTest
  @ValueSource(strings = {"prometheus.WriteRequest", "io.prometheus.write.v2.Request"})
  void deliversEverythingWrittenSinceItBegan(String message) throws Exception {
    write(0, 2);
    writes.apply(config("/api/v1/write", "}\n    protobuf_message: " + message), EXTERNAL);
    write(2, 52);

    await(() -> sent() == 350);

    List<String> stored = target.stored();
    assertEquals(350, stored.size());
    assertTrue(
        stored.contains("{__name__=\"m0\", cluster=\"dev-01\"} 51.0 @" + (now + 51)),
        stored.getFirst());
    assertTrue(stored.contains("{__name__=\"m3\", cluster=\"own\"} 2.0 @" + (now + 2)));
    assertEquals(0, target.metric("oriel_receive_dropped_samples_total"));
    assertEquals(0, source.metric("prometheus_remote_storage_samples_failed_total"));
    await(() -> source.metric("prometheus_remote_storage_samples_pending") == 0);
  }

  /// Notes how a request is made up.
  private int shape(HttpCall call) {
    List<String> parts = new ArrayList<>();
    RemoteWriteReader.read(
        RemoteWriteVersion.V1,
        Compression.SNAPPY.decompress(call.body(), 1 << 20),
        new RemoteWriteSink() {
          @Override
          public void series(Labels labels) {
            parts.add(labels.metricName());
          }

          @Override
          public void sample(long timestampMillis, double value, long startMillis) {
            parts.add("" + value);
          }

          @Override
          public void histogram(long timestampMillis, NativeHistogram histogram, long start) {
            parts.add("histogram");
          }

          @Override
          public void exemplar(Exemplar exemplar) {
            parts.add("exemplar");
          }

          @Override
          public void metadata(String family, MetricMetadata metadata) {
            // not asked for
          }

          @Override
          public void skipped(String problem, int samples) {
            parts.add(problem);
          }
        });
    if (!parts.isEmpty()) {
      asked.add(String.join(" ", parts));
    }
    return 204;
  }

  @Test
  void samplesOfOneSeriesGoOutTogether() throws Exception {
    writes.apply(config("/shape", "}"), EXTERNAL);
    source.append(
        appender -> {
          long a = appender.series(Labels.of("__name__", "a"));
          long b = appender.series(Labels.of("__name__", "b"));
          for (int i = 0; i < 3; i++) {
            assertEquals("APPENDED", appender.append(a, now + i, i).name());
            assertEquals("APPENDED", appender.append(b, now + i, i).name());
          }
        });

    await(() -> asked.size() >= 1 && sent() == 6);

    List<String> parts = new ArrayList<>(asked);
    parts.sort(null);
    assertTrue(
        List.of(List.of("a 0.0 1.0 2.0 b 0.0 1.0 2.0"), List.of("a 0.0 1.0 2.0", "b 0.0 1.0 2.0"))
            .contains(parts),
        parts::toString);
  }

  @Test
  void segmentsThatWereRemovedUnreadAreCounted() throws Exception {
    Path log = directory.resolve("log");
    Files.createDirectories(log);
    Files.createFile(log.resolve("00000000"));
    writes = writes(() -> new WalTailer(new FileDisk(), log));
    writes.apply(config("/moody", "}"), EXTERNAL);
    Files.delete(log.resolve("00000000"));
    Files.createFile(log.resolve("00000005"));

    await(() -> source.metric("oriel_remote_write_segments_lost_total") == 5);
    await(() -> source.metric("prometheus_wal_watcher_current_segment") == 5);

    Files.write(log.resolve("00000005"), new byte[] {1, 0, 1, 0, 0, 0, 0, 9});
    await(() -> source.metric("prometheus_wal_watcher_record_decode_failures_total") > 0);
  }

  @Test
  void sendsHistogramsExemplarsAndMetadataWhenTold() throws Exception {
    writes.apply(
        config(
            "/api/v1/write",
            """
            }
                protobuf_message: io.prometheus.write.v2.Request
                send_exemplars: true
                send_native_histograms: true
                write_relabel_configs: [{source_labels: [__name__], regex: secret, action: drop}]
            """),
        EXTERNAL);
    source.append(
        appender -> {
          long h = appender.series(Labels.of("__name__", "h"));
          appender.metadata(h, new MetricMetadata(MetricType.HISTOGRAM, "seconds", "how long"));
          assertEquals("APPENDED", appender.append(h, now, HISTOGRAM).name());
          Exemplar exemplar = new Exemplar(Labels.of("trace_id", "t"), 1, now, true);
          assertEquals("APPENDED", appender.append(h, exemplar).name());
          long secret = appender.series(Labels.of("__name__", "secret"));
          assertEquals("APPENDED", appender.append(secret, now, 1).name());
        });

    await(() -> source.metric("prometheus_remote_storage_exemplars_total") == 1);

    Labels labels = Labels.of("__name__", "h", "cluster", "dev-01");
    assertEquals(List.of(labels + " histogram 3.0 @" + now), target.stored());
    assertEquals(
        new MetricMetadata(MetricType.HISTOGRAM, "seconds", "how long"),
        target.tsdb.metadata(labels));
    assertEquals(1, source.metric("prometheus_remote_storage_samples_dropped_total"));
  }

  @Test
  void triesAgainWhileItMayHelp() throws Exception {
    answers.addAll(List.of(503, 500, 429, 204));
    writes.apply(
        config("/moody", ", retry_on_http_429: true}\n    headers: {X-Tenant: -a}"), EXTERNAL);
    source.append(
        appender -> {
          long ref = appender.series(Labels.of("__name__", "m"));
          assertEquals("APPENDED", appender.append(ref, now, 1).name());
        });

    await(() -> sent() == 1);

    assertEquals(List.of("-a", "1-a", "2-a", "3-a"), asked);
    assertEquals(3, source.metric("prometheus_remote_storage_samples_retried_total"));
  }

  @Test
  void dropsWhatIsRefusedForGood() throws Exception {
    answers.addAll(List.of(400, 429));
    writes.apply(config("/moody", "}"), EXTERNAL);
    for (int i = 1; i <= 2; i++) {
      int failures = i;
      source.append(
          appender -> {
            long ref = appender.series(Labels.of("__name__", "m"));
            assertEquals("APPENDED", appender.append(ref, now + failures, 1).name());
          });
      await(() -> source.metric("prometheus_remote_storage_samples_failed_total") == failures);
    }

    assertEquals(0, sent());
    assertEquals(2, asked.size());
  }

  @Test
  void goesOnWhereItStoodAfterAReload() throws Exception {
    writes.apply(config("/api/v1/write", "}"), EXTERNAL);
    List<Thread> writers = new ArrayList<>();
    writers.add(
        Thread.startVirtualThread(
            () -> {
              try {
                write(0, 200);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            }));
    for (int i = 0; i < 4; i++) {
      Thread.sleep(100);
      writes.apply(config("/api/v1/write", ", sample_age_limit: " + (i + 1) + "h}"), EXTERNAL);
    }
    writers.getFirst().join();

    await(() -> sizeOf(target) == 1400);
    assertEquals(0, target.metric("oriel_receive_dropped_samples_total"));
  }

  private static int sizeOf(LiveServer server) {
    try {
      return server.stored().size();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void dropsSamplesThatAreTooOld() throws Exception {
    writes.apply(config("/api/v1/write", ", sample_age_limit: 1s}"), EXTERNAL);
    write(0, 3);

    await(() -> source.metric("prometheus_remote_storage_samples_dropped_total") == 21);
    assertEquals(List.of(), target.stored());
  }

  @Test
  void refusesSignaturesThatItCannotMakeByName() throws Exception {
    List<RemoteWriteConfig> signed = config("/moody", "}\n    sigv4: {region: eu-west-1}");

    OrielException refused =
        assertThrows(OrielException.class, () -> writes.apply(signed, EXTERNAL));

    assertTrue(refused.reason().contains(": sigv4 is not supported"), refused.reason());
  }

  @Test
  void refusesTheSameConfigTwice() throws Exception {
    List<RemoteWriteConfig> twice = new ArrayList<>(config("/moody", "}"));
    twice.addAll(config("/moody", "}"));

    assertThrows(OrielException.class, () -> writes.apply(twice, EXTERNAL));
  }
}
