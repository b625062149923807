package io.oriel.metrics.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.metrics.queue.QueueMetrics;
import io.oriel.metrics.queue.RemoteWrites;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.runtime.config.MaskedYaml;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.testkit.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Our queue and our reader against a real Prometheus, when there is one on the PATH or in the
/// directory that `-Doriel.peers` names.
class PrometheusPeerTest {
  private static final String SHOWN =
      """
      global: {scrape_interval: 15s, external_labels: {b: "1", a: x}}
      alerting:
        alert_relabel_configs: [{regex: replica, action: labeldrop}]
        alertmanagers: [static_configs: [{targets: ['127.0.0.1:1']}]]
      rule_files: [rules/*.yml]
      scrape_configs:
        - job_name: plain
          static_configs: [{targets: ['127.0.0.1:1'], labels: {env: dev, timeout: none}}]
        - job_name: full
          scrape_interval: 60s
          metrics_path: /m
          scheme: https
          params: {x: [y, z]}
          basic_auth: {username: u, password_file: pw}
          tls_config: {server_name: s}
          follow_redirects: false
          sample_limit: 10
          body_size_limit: 1536KB
          file_sd_configs: [{files: [t/*.json]}]
          http_sd_configs: [{url: 'http://127.0.0.1:1/sd'}]
          dns_sd_configs: [{names: [n.example]}]
          relabel_configs:
            - {source_labels: [a, b], target_label: c}
            - {action: hashmod, source_labels: [a], modulus: 3, target_label: h}
        - job_name: bearer
          bearer_token: abc
          static_configs: [{targets: ['h:1']}]
      remote_write:
        - url: http://u:pw@127.0.0.1:1/w
          write_relabel_configs: [{regex: x, action: labeldrop}]
          headers: {X-A: b}
      remote_read: [{url: 'http://127.0.0.1:1/r', required_matchers: {a: b}}]
      storage: {tsdb: {out_of_order_time_window: 30m}, exemplars: {max_exemplars: 5}}
      tracing: {endpoint: 'localhost:4317'}
      """;

  @TempDir private Path directory;

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private interface Talk {
    void with(LiveServer source, int port) throws Exception;
  }

  /// Starts a Prometheus with a config, if there is one.
  private void talk(String yaml, Talk talk) throws Exception {
    Path prometheus = Peer.require("prometheus");
    int port = freePort();
    Path config = Files.writeString(directory.resolve("peer.yml"), yaml);
    Process process =
        new ProcessBuilder(
                prometheus.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("peer"),
                "--web.listen-address=127.0.0.1:" + port,
                "--web.enable-remote-write-receiver")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("peer.log").toFile())
            .start();
    try (LiveServer source =
        new LiveServer(directory.resolve("a"), InstantSource.system(), (_, _) -> {})) {
      awaitReady(source, port);
      talk.with(source, port);
    } finally {
      process.destroy();
      assertTrue(process.waitFor(20, TimeUnit.SECONDS), "peer did not end");
    }
  }

  @Test
  void prometheusStoresWhatWeSendAndWeReadItBack() throws Exception {
    talk("global: {}\n", this::exchange);
  }

  /// What version 2 shows is shown by us too; version 3 added more.
  @Test
  void prometheusShowsAConfigAsWeDo() throws Exception {
    talk(
        SHOWN,
        (source, port) -> {
          URI uri = URI.create("http://127.0.0.1:" + port + "/api/v1/status/config");
          String json = source.client.send(HttpRequest.get(uri)).text();
          Map<?, ?> data =
              (Map<?, ?>) Objects.requireNonNull(MaskedYaml.tree("", json).get("data"));
          Path file = directory.resolve("peer.yml");
          String ours = PrometheusConfig.parse(file, SHOWN, _ -> "").shown().yaml();
          List<String> missing = new ArrayList<>();
          compare(
              "",
              MaskedYaml.tree("theirs", String.valueOf(data.get("yaml"))),
              MaskedYaml.tree("ours", ours),
              missing);
          // Version 3 changed these defaults; the first is a field that version 2 shows by mistake.
          missing.removeIf(
              place ->
                  place.matches(
                      ".*(outofordertimewindow|max_samples_per_send|capacity|max_shards).*"));
          missing.removeIf(place -> place.contains("remote_write.enable_http2"));
          assertEquals(List.of(), missing, ours);
        });
  }

  private static void compare(
      String place, @Nullable Object theirs, @Nullable Object ours, List<String> missing) {
    if (theirs instanceof Map<?, ?> map && ours instanceof Map<?, ?> own) {
      map.forEach((key, value) -> compare(place + "." + key, value, own.get(key), missing));
    } else if (theirs instanceof List<?> list
        && ours instanceof List<?> own
        && list.size() == own.size()) {
      for (int i = 0; i < list.size(); i++) {
        compare(place, list.get(i), own.get(i), missing);
      }
    } else if (!String.valueOf(theirs).equals(String.valueOf(ours))) {
      missing.add(place + ": " + theirs + " but " + ours);
    }
  }

  private static void awaitReady(LiveServer source, int port) throws Exception {
    URI ready = URI.create("http://127.0.0.1:" + port + "/-/ready");
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (true) {
      try {
        if (source.client.send(HttpRequest.get(ready)).isSuccess()) {
          return;
        }
      } catch (io.oriel.model.error.OrielException _) {
        // not listening yet
      }
      assertTrue(System.nanoTime() < deadline, "peer is not ready in time");
      Thread.sleep(50);
    }
  }

  private void exchange(LiveServer source, int port) throws Exception {
    String yaml =
        """
        remote_write: [{url: "http://127.0.0.1:%d/api/v1/write", queue_config: {batch_send_deadline: 50ms}}]
        remote_read: [{url: "http://127.0.0.1:%d/api/v1/read", read_recent: true}]
        """
            .formatted(port, port);
    PrometheusConfig config = PrometheusConfig.parse(directory.resolve("p.yml"), yaml, _ -> "");
    Labels external = Labels.of("cluster", "dev-01");
    long now = System.currentTimeMillis() - 60_000;
    try (RemoteWrites writes =
            new RemoteWrites(
                new RemoteWrites.Environment(
                    source.tsdb::tail,
                    Map::of,
                    new QueueMetrics(source.registry),
                    InstantSource.system(),
                    System::nanoTime,
                    Thread::sleep,
                    new SplittableRandom(1),
                    Duration.ofSeconds(10),
                    "test"));
        LiveServer empty =
            new LiveServer(directory.resolve("b"), InstantSource.system(), (_, _) -> {});
        RemoteReads reads =
            new RemoteReads(
                empty.tsdb, empty.tsdb::minTime, System::nanoTime, "test", empty.registry)) {
      writes.apply(config.remoteWrite(), external);
      for (int i = 0; i < 500; i++) {
        int at = i;
        source.append(
            appender -> {
              long ref = appender.series(Labels.of("__name__", "m", "i", "" + at % 5));
              assertEquals("APPENDED", appender.append(ref, now + at, at).name());
            });
      }
      long deadline = System.nanoTime() + 20_000_000_000L;
      while (source.metric("prometheus_remote_storage_samples_total") < 500) {
        assertTrue(System.nanoTime() < deadline, "not sent in time");
        Thread.sleep(20);
      }
      assertEquals(0, source.metric("prometheus_remote_storage_samples_failed_total"));
      reads.apply(config.remoteRead(), external);
      assertEquals(500, count(reads, now));
    }
  }

  private static int count(RemoteReads reads, long now) throws IOException {
    int samples = 0;
    try (Querier querier = reads.querier(now, now + 1000);
        SeriesCursor cursor =
            querier.select(
                SelectHints.range(now, now + 1000),
                List.of(Matcher.of(Matcher.Type.EQUAL, "__name__", "m")))) {
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        assertEquals("", series.labels().get("cluster"));
        SampleColumns columns = new SampleColumns();
        series.read(columns);
        samples += columns.size();
      }
      assertEquals(List.of(), cursor.warnings());
    }
    return samples;
  }
}
