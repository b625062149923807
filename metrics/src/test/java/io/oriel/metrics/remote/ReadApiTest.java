package io.oriel.metrics.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.SelectHints;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.remoteread.ChunkedResponse;
import io.oriel.wire.remoteread.ReadRequest;
import io.oriel.wire.remoteread.SampledResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadApiTest {
  private static final Labels EXTERNAL = Labels.of("cluster", "dev-01", "job", "other");

  @TempDir private Path directory;
  private LiveServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        new LiveServer(
            directory,
            InstantSource.system(),
            (live, routes) ->
                new ReadApi(
                        live.tsdb,
                        () -> EXTERNAL,
                        new ReadApi.Limits(300, 2, 200),
                        new ReceiveMetrics(live.registry))
                    .addTo(routes));
    server.append(
        appender -> {
          long up = appender.series(Labels.of("__name__", "up", "job", "a"));
          long more = appender.series(Labels.of("__name__", "more"));
          for (int i = 0; i < 250; i++) {
            assertEquals("APPENDED", appender.append(up, 1000L * i, i).name());
            assertEquals("APPENDED", appender.append(more, 1000L * i, -i).name());
          }
        });
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private HttpResult read(boolean chunks, ReadRequest.Query... queries) throws Exception {
    return server.post(
        "/api/v1/read",
        "application/x-protobuf",
        Compression.SNAPPY.compress(new ReadRequest(List.of(queries), chunks).write()));
  }

  private static ReadRequest.Query query(long start, long end, Matcher... matchers) {
    return new ReadRequest.Query(start, end, List.of(matchers), SelectHints.range(start, end));
  }

  private static Matcher equal(String name, String value) {
    return Matcher.of(Matcher.Type.EQUAL, name, value);
  }

  @Test
  void answersSamplesWithExternalLabels() throws Exception {
    HttpResult result = read(false, query(1000, 2000, equal("cluster", "dev-01")));

    List<String> lines = new ArrayList<>();
    SampledResponse.read(
        Compression.SNAPPY.decompress(result.body(), 1 << 20),
        (labels, columns) -> {
          for (int i = 0; i < columns.size(); i++) {
            lines.add(LiveServer.line(labels, columns, i));
          }
        });

    assertEquals("application/x-protobuf", result.header("content-type"));
    assertEquals(
        List.of(
            "{__name__=\"more\", cluster=\"dev-01\", job=\"other\"} -1.0 @1000",
            "{__name__=\"more\", cluster=\"dev-01\", job=\"other\"} -2.0 @2000",
            "{__name__=\"up\", cluster=\"dev-01\", job=\"a\"} 1.0 @1000",
            "{__name__=\"up\", cluster=\"dev-01\", job=\"a\"} 2.0 @2000"),
        lines);
  }

  @Test
  void streamsChunksInFrames() throws Exception {
    HttpResult result =
        read(
            true,
            query(0, 1_000_000, equal("__name__", "nothing")),
            query(0, 1_000_000, equal("__name__", "up")));

    int frames = 0;
    int chunks = 0;
    long last = -1;
    InputStream in = new ByteArrayInputStream(result.body());
    for (ChunkedResponse.Frame frame = ChunkedResponse.read(in, 1 << 20);
        frame != null;
        frame = ChunkedResponse.read(in, 1 << 20)) {
      frames++;
      chunks += frame.chunks().size();
      assertEquals(1, frame.query());
      assertEquals(Labels.of("__name__", "up", "cluster", "dev-01", "job", "a"), frame.labels());
      last = frame.chunks().getLast().maxMillis();
    }

    assertEquals(ChunkedResponse.CONTENT_TYPE, result.header("content-type"));
    assertEquals(249_000, last);
    assertEquals(3, chunks);
    assertEquals(true, frames > 1, "frames: " + frames);
  }

  @Test
  void refusesMoreSamplesThanAllowed() throws Exception {
    HttpResult result = read(false, query(0, 1_000_000, equal("cluster", "dev-01")));

    assertEquals(400, result.status());
    assertEquals("exceeded sample limit (300)\n", result.text());
  }

  @Test
  void refusesWhatItCannotRead() throws Exception {
    byte[] unknownType = Compression.SNAPPY.compress(new byte[] {2 << 3, 9});

    assertEquals(
        400, server.post("/api/v1/read", "application/x-protobuf", new byte[] {1, 2}).status());
    HttpResult result = server.post("/api/v1/read", "application/x-protobuf", unknownType);
    assertEquals(400, result.status());
    assertEquals(
        "server does not support any of the requested response types: [9]; supported: [SAMPLES"
            + " STREAMED_XOR_CHUNKS]\n",
        result.text());
  }
}
