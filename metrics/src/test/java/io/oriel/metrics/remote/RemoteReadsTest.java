package io.oriel.metrics.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.remoteread.SampledResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteReadsTest {
  private static final Labels EXTERNAL = Labels.of("cluster", "dev-01");

  @TempDir private Path directory;
  private LiveServer local;
  private LiveServer remote;
  private RemoteReads reads;

  @BeforeEach
  void start() throws IOException {
    local = new LiveServer(directory.resolve("a"), InstantSource.system(), (_, _) -> {});
    remote =
        new LiveServer(
            directory.resolve("b"),
            InstantSource.system(),
            (live, routes) -> {
              new ReadApi(
                      live.tsdb,
                      Labels::empty,
                      new ReadApi.Limits(1_000_000, 10, 100),
                      new ReceiveMetrics(live.registry))
                  .addTo(routes);
              routes.post("/old/api/v1/read", _ -> sampled());
            });
    reads =
        new RemoteReads(local.tsdb, local.tsdb::minTime, System::nanoTime, "test", local.registry);
    local.append(
        appender -> {
          long ref = appender.series(Labels.of("__name__", "up"));
          assertEquals("APPENDED", appender.append(ref, 5000, 5).name());
        });
    remote.append(
        appender -> {
          long ours = appender.series(Labels.of("__name__", "up", "cluster", "dev-01"));
          long other = appender.series(Labels.of("__name__", "up", "cluster", "prod-01"));
          for (int second = 3; second <= 6; second++) {
            assertEquals("APPENDED", appender.append(ours, 1000L * second, -second).name());
            assertEquals("APPENDED", appender.append(other, 1000L * second, 0).name());
          }
        });
  }

  @AfterEach
  void stop() throws IOException {
    reads.close();
    remote.close();
    local.close();
  }

  /// How a server answers that knows no chunks.
  private static HttpAnswer sampled() {
    SampledResponse answer = new SampledResponse();
    answer.beginQuery();
    SampleColumns rows = new SampleColumns();
    rows.add(4000, 7);
    answer.series(Labels.of("__name__", "up", "cluster", "dev-01"), rows);
    return HttpAnswer.of(
        200, "application/x-protobuf", Compression.SNAPPY.compress(answer.finish()));
  }

  private void configure(String more) throws IOException {
    configure("/api/v1/read", more);
  }

  private void configure(String path, String more) throws IOException {
    String yaml = "remote_read:\n  - url: " + remote.uri(path) + "\n" + more.indent(4);
    reads.apply(
        PrometheusConfig.parse(directory.resolve("p.yml"), yaml, _ -> "").remoteRead(), EXTERNAL);
  }

  private List<String> read(Matcher... more) throws IOException {
    List<Matcher> matchers = new ArrayList<>(List.of(more));
    matchers.add(Matcher.of(Matcher.Type.EQUAL, "__name__", "up"));
    List<String> lines = new ArrayList<>();
    try (Querier querier = reads.querier(0, 10_000);
        SeriesCursor cursor = querier.select(SelectHints.range(0, 10_000), matchers)) {
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        SampleColumns columns = new SampleColumns();
        series.read(columns);
        for (int i = 0; i < columns.size(); i++) {
          lines.add(LiveServer.line(series.labels(), columns, i));
        }
      }
      cursor.warnings().forEach(warning -> lines.add(warning.text().replaceAll(":\\d+", "")));
    }
    return lines;
  }

  @Test
  void mergesWhatIsOlderThanLocalStorage() throws Exception {
    configure("");

    assertEquals(
        List.of(
            "{__name__=\"up\"} -3.0 @3000",
            "{__name__=\"up\"} -4.0 @4000",
            "{__name__=\"up\"} 5.0 @5000"),
        read());
  }

  @Test
  void readsRecentSamplesWhenTold() throws Exception {
    configure("read_recent: true");

    assertEquals("{__name__=\"up\"} -6.0 @6000", read().getLast());
    assertEquals(4, read().size());
  }

  @Test
  void asksOnlyForWhatIsRequired() throws Exception {
    configure("required_matchers: {team: a}");

    assertEquals(List.of("{__name__=\"up\"} 5.0 @5000"), read());
  }

  @Test
  void leavesExternalLabelsAloneWhenTold() throws Exception {
    configure("filter_external_labels: false");

    List<String> lines = read();

    assertEquals(7, lines.size());
    assertEquals("{__name__=\"up\", cluster=\"prod-01\"} 0.0 @5000", lines.getLast());
  }

  @Test
  void takesSamplesFromAServerThatKnowsNoChunks() throws Exception {
    configure("/old/api/v1/read", "");

    assertEquals(List.of("{__name__=\"up\"} 7.0 @4000", "{__name__=\"up\"} 5.0 @5000"), read());
  }

  @Test
  void joinsTheChunksOfASeriesFromManyFrames() throws Exception {
    remote.append(
        appender -> {
          long ref = appender.series(Labels.of("__name__", "up", "cluster", "dev-01"));
          for (int i = 1; i <= 500; i++) {
            assertEquals("APPENDED", appender.append(ref, 6000L + i, i).name());
          }
        });
    configure("read_recent: true");

    List<String> lines = read();

    assertEquals(504, lines.size());
    assertEquals("{__name__=\"up\"} 500.0 @6500", lines.getLast());
  }

  @Test
  void aFrameOverTheLimitIsAWarning() throws Exception {
    configure("chunked_read_limit: 10");

    assertEquals("{__name__=\"up\"} 5.0 @5000", read().getFirst());
    assertEquals(true, read().getLast().startsWith("remote_read: frame length: got "));
  }

  @Test
  void anUnreachableStorageIsAWarning() throws Exception {
    configure("");
    remote.close();

    List<String> lines = read();

    assertEquals("{__name__=\"up\"} 5.0 @5000", lines.getFirst());
    assertEquals(true, lines.get(1).startsWith("remote_read: POST http://127.0.0.1"), lines.get(1));
    remote = new LiveServer(directory.resolve("c"), InstantSource.system(), (_, _) -> {});
  }
}
