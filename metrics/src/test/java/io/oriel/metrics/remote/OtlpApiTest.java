package io.oriel.metrics.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.otlp.OtlpOptions;
import io.oriel.wire.remotewrite.RemoteWriteVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtlpApiTest {
  private static final String PATH = "/api/v1/otlp/v1/metrics";
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(10_000));

  @TempDir private Path directory;
  private LiveServer server;

  @BeforeEach
  void serve() throws IOException {
    server = serve(false);
  }

  private LiveServer serve(boolean startZeros) throws IOException {
    return new LiveServer(
        directory,
        CLOCK,
        (live, routes) ->
            OtlpApi.on(
                    live.tsdb,
                    new ReceiveMetrics(live.registry),
                    CLOCK,
                    OtlpOptions::standard,
                    new WriteApi.Options(
                        EnumSet.noneOf(RemoteWriteVersion.class), startZeros, false))
                .addTo(routes));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static byte[] sum(String temporality, long seconds, int value) {
    return """
        {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"orders","sum":{
          "isMonotonic":true,"aggregationTemporality":%s,
          "dataPoints":[{"timeUnixNano":"%d000000000","asInt":"%d"}]}}]}]}]}
        """
        .formatted(temporality, seconds, value)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void storesJson() throws Exception {
    byte[] body = Compression.GZIP.compress(sum("2", 5, 7));

    HttpResult result = server.post(PATH, "application/json", body, "content-encoding", "gzip");

    assertEquals(200, result.status());
    assertEquals(List.of("{__name__=\"orders_total\"} 7.0 @5000"), server.stored());
    assertEquals(1, server.metric("oriel_receive_samples_total"));
  }

  @Test
  void aStartBecomesAZeroSampleWhenAskedFor() throws Exception {
    String started = new String(sum("2", 5, 7), StandardCharsets.UTF_8);
    byte[] body =
        started
            .replace("\"timeUnixNano\"", "\"startTimeUnixNano\":\"2000000000\",\"timeUnixNano\"")
            .getBytes(StandardCharsets.UTF_8);
    assertEquals(200, server.post(PATH, "application/json", body).status());
    assertEquals(List.of("{__name__=\"orders_total\"} 7.0 @5000"), server.stored());
    server.close();
    server = serve(true);
    byte[] later =
        new String(body, StandardCharsets.UTF_8)
            .replace("orders", "parcels")
            .getBytes(StandardCharsets.UTF_8);
    assertEquals(200, server.post(PATH, "application/json", later).status());
    assertEquals(
        List.of(
            "{__name__=\"orders_total\"} 7.0 @5000",
            "{__name__=\"parcels_total\"} 0.0 @2000",
            "{__name__=\"parcels_total\"} 7.0 @5000"),
        server.stored());
  }

  @Test
  void keepsNothingOfARequestThatStorageRefuses() throws Exception {
    assertEquals(200, server.post(PATH, "application/json", sum("2", 5, 7)).status());

    HttpResult old = server.post(PATH, "application/json", sum("2", 4, 6));
    HttpResult future = server.post(PATH, "application/json", sum("2", 4000, 6));

    assertEquals(400, old.status());
    assertEquals("out of order sample\n", old.text());
    assertEquals("out of bounds: timestamp is too far in the future\n", future.text());
    assertEquals(1, server.stored().size());
    assertEquals(2, server.metric("oriel_receive_dropped_samples_total"));
  }

  @Test
  void refusesDeltas() throws Exception {

    HttpResult result = server.post(PATH, "application/json", sum("1", 5, 7));

    assertEquals(500, result.status());
    assertEquals("invalid temporality and type combination for metric \"orders\"\n", result.text());
    assertEquals(1, server.metric("oriel_receive_dropped_samples_total"));
  }

  @Test
  void refusesWhatItCannotRead() throws Exception {
    byte[] body = sum("2", 5, 7);

    assertEquals(
        "unsupported content type: text/plain, supported: [application/json,"
            + " application/x-protobuf]\n",
        server.post(PATH, "text/plain", body).text());
    assertEquals(
        "unsupported compression: zstd. Only \"gzip\" or no compression supported\n",
        server.post(PATH, "application/json", body, "content-encoding", "zstd").text());
    assertEquals(400, server.post(PATH, "application/x-protobuf", body).status());
    assertEquals(400, server.post(PATH, "application/json", new byte[] {'{'}).status());
    byte[] bomb = Compression.GZIP.compress(new byte[WriteApi.MAX_BYTES + 1]);
    assertEquals(
        400, server.post(PATH, "application/json", bomb, "content-encoding", "gzip").status());
  }

  @Test
  void saysWhichFlagTurnsItOn() throws Exception {
    server.close();
    server =
        new LiveServer(
            directory,
            CLOCK,
            (live, routes) ->
                OtlpApi.off(live.tsdb, new ReceiveMetrics(live.registry), CLOCK).addTo(routes));

    HttpResult result = server.post(PATH, "application/json", sum("2", 5, 7));

    assertEquals(404, result.status());
    assertEquals(
        "otlp write receiver needs to be enabled with --web.enable-otlp-receiver\n", result.text());
  }
}
