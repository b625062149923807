package io.oriel.metrics.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.remotewrite.RemoteWriteVersion;
import io.oriel.wire.remotewrite.RemoteWriteWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteApiTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final NativeHistogram HISTOGRAM =
      NativeHistogram.builder()
          .schema(1)
          .count(3)
          .sum(4)
          .positive(Buckets.of(new int[] {0}, new int[] {2}, new double[] {1, 2}))
          .integer(true)
          .build();

  @TempDir private Path directory;
  private LiveServer server;

  @BeforeEach
  void start() throws IOException {
    server = serve(EnumSet.allOf(RemoteWriteVersion.class));
  }

  private LiveServer serve(Set<RemoteWriteVersion> versions) throws IOException {
    return serve(new WriteApi.Options(versions, false, false));
  }

  private LiveServer serve(WriteApi.Options options) throws IOException {
    InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(NOW));
    return new LiveServer(
        directory,
        clock,
        (live, routes) ->
            new WriteApi(live.tsdb, new ReceiveMetrics(live.registry), clock, options)
                .addTo(routes));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private HttpResult send(RemoteWriteVersion version, RemoteWriteWriter request) throws Exception {
    return server.post(
        "/api/v1/write",
        version.contentType(),
        Compression.SNAPPY.compress(request.finish()),
        "content-encoding",
        "snappy");
  }

  private static void good(RemoteWriteWriter request) {
    request.series(Labels.of("__name__", "up", "job", "a"));
    request.sample(NOW, 1, 0);
    request.exemplar(new Exemplar(Labels.of("trace_id", "t"), 1, NOW, true));
    request.series(Labels.of("__name__", "h"));
    request.histogram(NOW, HISTOGRAM, 0);
  }

  @Test
  void storesBothVersions() throws Exception {
    RemoteWriteWriter first = new RemoteWriteWriter(RemoteWriteVersion.V1);
    good(first);
    HttpResult one = send(RemoteWriteVersion.V1, first);
    RemoteWriteWriter second = new RemoteWriteWriter(RemoteWriteVersion.V2);
    second.series(Labels.of("__name__", "up", "job", "a"));
    second.sample(NOW + 1, 2, 0);
    HttpResult two = send(RemoteWriteVersion.V2, second);

    assertEquals(204, one.status());
    assertEquals("", one.header("x-prometheus-remote-write-samples-written"));
    assertEquals(204, two.status());
    assertEquals("1", two.header("x-prometheus-remote-write-samples-written"));
    assertEquals("0", two.header("x-prometheus-remote-write-histograms-written"));
    assertEquals(
        List.of(
            "{__name__=\"h\"} histogram 3.0 @" + NOW,
            "{__name__=\"up\", job=\"a\"} 1.0 @" + NOW,
            "{__name__=\"up\", job=\"a\"} 2.0 @" + (NOW + 1)),
        server.stored());
  }

  @Test
  void aStartBecomesAZeroSampleWhenAskedFor() throws Exception {
    server.close();
    server = serve(new WriteApi.Options(EnumSet.allOf(RemoteWriteVersion.class), true, false));
    RemoteWriteWriter request = new RemoteWriteWriter(RemoteWriteVersion.V2);
    request.series(Labels.of("__name__", "c"));
    request.sample(NOW, 3, NOW - 5000);
    request.series(Labels.of("__name__", "h"));
    request.histogram(NOW, HISTOGRAM, NOW - 4000);
    request.series(Labels.of("__name__", "unstarted"));
    request.sample(NOW, 1, 0);

    assertEquals(204, send(RemoteWriteVersion.V2, request).status());
    RemoteWriteWriter next = new RemoteWriteWriter(RemoteWriteVersion.V2);
    next.series(Labels.of("__name__", "c"));
    next.sample(NOW + 1, 4, NOW - 5000);
    assertEquals(204, send(RemoteWriteVersion.V2, next).status());

    assertEquals(
        List.of(
            "{__name__=\"c\"} 0.0 @" + (NOW - 5000),
            "{__name__=\"c\"} 3.0 @" + NOW,
            "{__name__=\"c\"} 4.0 @" + (NOW + 1),
            "{__name__=\"h\"} histogram 0.0 @" + (NOW - 4000),
            "{__name__=\"h\"} histogram 3.0 @" + NOW,
            "{__name__=\"unstarted\"} 1.0 @" + NOW),
        server.stored());
  }

  @Test
  void secondVersionKeepsWhatIsGoodAndTellsTheRest() throws Exception {
    RemoteWriteWriter request = new RemoteWriteWriter(RemoteWriteVersion.V2);
    good(request);
    request.series(Labels.of("__name__", "up", "job", "a"));
    request.sample(NOW - 1, 1, 0);
    request.sample(NOW + 3_600_000, 1, 0);
    request.series(Labels.of("job", "nameless"));
    request.sample(NOW, 1, 0);
    request.series(Labels.of("__name__", "empty"));
    request.series(Labels.of("__name__", "up", "job", "a"));
    request.sample(NOW, 7, 0);
    RemoteWriteWriter before = new RemoteWriteWriter(RemoteWriteVersion.V2);
    before.series(Labels.of("__name__", "up", "job", "a"));
    before.sample(NOW, 1, 0);
    assertEquals(204, send(RemoteWriteVersion.V2, before).status());

    HttpResult result = send(RemoteWriteVersion.V2, request);

    assertEquals(400, result.status());
    assertEquals(
        """
        out of order sample for series {__name__="up", job="a"}
        out of bounds: timestamp is too far in the future for series {__name__="up", job="a"}
        invalid metric name or labels, got {job="nameless"}
        TimeSeries must contain at least one sample or histogram for series {__name__="empty"}
        duplicate sample for timestamp for series {__name__="up", job="a"}
        """,
        result.text());
    assertEquals("1", result.header("x-prometheus-remote-write-samples-written"));
    assertEquals("1", result.header("x-prometheus-remote-write-histograms-written"));
    assertEquals("1", result.header("x-prometheus-remote-write-exemplars-written"));
    assertEquals(7, server.metric("oriel_receive_samples_total"));
    assertEquals(4, server.metric("oriel_receive_dropped_samples_total"));
    assertEquals(1, server.metric("prometheus_api_remote_write_invalid_labels_samples_total"));
  }

  @Test
  void firstVersionIsAllOrNothing() throws Exception {
    RemoteWriteWriter before = new RemoteWriteWriter(RemoteWriteVersion.V1);
    good(before);
    assertEquals(204, send(RemoteWriteVersion.V1, before).status());
    RemoteWriteWriter request = new RemoteWriteWriter(RemoteWriteVersion.V1);
    request.series(Labels.of("__name__", "new"));
    request.sample(NOW, 1, 0);
    request.series(Labels.of("__name__", "up", "job", "a"));
    request.sample(NOW - 1, 1, 0);

    HttpResult result = send(RemoteWriteVersion.V1, request);

    assertEquals(400, result.status());
    assertEquals("out of order sample\n", result.text());
    assertEquals(2, server.stored().size());
    assertEquals(4, server.metric("oriel_receive_samples_total"));
    assertEquals(2, server.metric("oriel_receive_dropped_samples_total"));
  }

  @Test
  void firstVersionLeavesOutSeriesWithoutAName() throws Exception {
    RemoteWriteWriter request = new RemoteWriteWriter(RemoteWriteVersion.V1);
    request.series(Labels.of("job", "nameless"));
    request.sample(NOW, 1, 0);
    good(request);

    assertEquals(204, send(RemoteWriteVersion.V1, request).status());
    assertEquals(2, server.stored().size());
    assertEquals(1, server.metric("prometheus_api_remote_write_invalid_labels_samples_total"));
  }

  @Test
  void refusesHistogramsThatContradictThemselves() throws Exception {
    RemoteWriteWriter request = new RemoteWriteWriter(RemoteWriteVersion.V2);
    request.series(Labels.of("__name__", "h"));
    request.histogram(NOW, HISTOGRAM.toBuilder().count(9).build(), 0);

    HttpResult result = send(RemoteWriteVersion.V2, request);

    assertEquals(400, result.status());
    assertTrue(result.text().contains("got 3.0, want 9.0"), result.text());
    assertEquals("0", result.header("x-prometheus-remote-write-histograms-written"));
  }

  @Test
  void refusesWhatItCannotRead() throws Exception {
    byte[] nothing = Compression.SNAPPY.compress(new byte[0]);
    byte[] junk = "no snappy".getBytes(StandardCharsets.UTF_8);
    byte[] bomb = Compression.SNAPPY.compress(new byte[WriteApi.MAX_BYTES + 1]);
    String type = RemoteWriteVersion.V1.contentType();

    assertEquals(415, server.post("/api/v1/write", "text/plain", nothing).status());
    assertEquals(
        "expected application/x-protobuf as the first (media) part, got text/plain content-type\n",
        server.post("/api/v1/write", "text/plain", nothing).text());
    assertEquals(
        415, server.post("/api/v1/write", type, nothing, "content-encoding", "gzip").status());
    assertEquals(415, server.post("/api/v1/write", type + ";proto=x.Y", nothing).status());
    assertEquals(400, server.post("/api/v1/write", type, junk).status());
    HttpResult large = server.post("/api/v1/write", type, bomb);
    assertEquals(400, large.status());
    assertEquals("decoded size exceeds the 33554432 bytes limit\n", large.text());
    assertEquals(
        400, server.post("/api/v1/write", type, Compression.SNAPPY.compress(junk)).status());
    assertEquals(204, server.post("/api/v1/write", type, nothing).status());
  }

  @Test
  void acceptsOnlyTheVersionsItIsToldTo() throws Exception {
    server.close();
    server = serve(EnumSet.of(RemoteWriteVersion.V2));

    HttpResult refused = send(RemoteWriteVersion.V1, new RemoteWriteWriter(RemoteWriteVersion.V1));

    assertEquals(415, refused.status());
    assertEquals(
        "prometheus.WriteRequest protobuf message is not accepted by this server; only accepts"
            + " io.prometheus.write.v2.Request\n",
        refused.text());
  }

  @Test
  void saysWhichFlagTurnsItOn() throws Exception {
    server.close();
    server = serve(Set.of());

    HttpResult refused = send(RemoteWriteVersion.V1, new RemoteWriteWriter(RemoteWriteVersion.V1));

    assertEquals(404, refused.status());
    assertEquals(
        "remote write receiver needs to be enabled with --web.enable-remote-write-receiver\n",
        refused.text());
  }
}
