package io.oriel.app.role.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.process.BucketFill;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.upload.Shipper;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The sidecar beside a real Prometheus and its data directory.
@Timeout(180)
class SidecarUploadTest {
  private static final long START_SECONDS = 1_700_006_400L / 7200 * 7200;
  private static final Labels EXTERNAL = Labels.of("cluster", "dev-01", "replica", "0");
  private static final String EQUAL = "--storage.tsdb.max-block-duration=2h";
  private static final String SAME = "--storage.tsdb.min-block-duration=2h";

  @TempDir private Path directory;
  private Path data = Path.of("");
  private Path root = Path.of("");
  private Path config = Path.of("");

  @BeforeEach
  void peer() throws Exception {
    PrometheusPeer.require();
    data = Files.createDirectories(directory.resolve("data"));
    root = Files.createDirectories(directory.resolve("bucket"));
    config =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            "global: {external_labels: {cluster: dev-01, replica: '0'}}\n");
  }

  /// Two-hour blocks that upstream's own tool writes.
  private void blocks(int from, int count) throws Exception {
    StringBuilder text = new StringBuilder("# TYPE m gauge\n");
    for (long s = from * 7200L; s < (from + count) * 7200L; s += 60) {
      text.append("m{job=\"j\"} ").append(s).append(' ').append(START_SECONDS + s).append('\n');
    }
    Path file = Files.writeString(directory.resolve("m.txt"), text.append("# EOF\n"));
    PrometheusPeer.backfill(file, data);
  }

  private SidecarRole sidecar(PrometheusPeer prometheus) throws IOException {
    return SidecarRole.start(
        new SidecarRole.Options(
                HttpServerConfig.on("127.0.0.1:0"),
                GrpcServerConfig.plain("127.0.0.1:0"),
                URI.create(prometheus.url()),
                0)
            .withUploading(
                new SidecarRole.Uploading(
                    BucketConfig.directory(root),
                    data,
                    Shipper.Compacted.OF_ITS_TIME,
                    false,
                    Duration.ofMillis(50))),
        "test");
  }

  private static HttpResult get(SidecarRole role, String path) throws Exception {
    try (HttpClient client = HttpClient.create(HttpClientConfig.standard(), "test")) {
      return client.send(HttpRequest.get(URI.create("http://127.0.0.1:" + role.httpPort() + path)));
    }
  }

  private List<StoredMeta> awaitBlocks(int count) throws Exception {
    BucketFill bucket = new BucketFill(root);
    while (bucket.blocks().size() < count) {
      Thread.sleep(20);
    }
    return bucket.blocks();
  }

  @Test
  void itsBlocksArriveInTheBucket() throws Exception {
    blocks(0, 3);
    try (PrometheusPeer prometheus = PrometheusPeer.start(config, data, EQUAL, SAME);
        SidecarRole role = sidecar(prometheus)) {
      List<StoredMeta> found = awaitBlocks(3);

      for (int i = 0; i < 3; i++) {
        assertEquals(EXTERNAL, found.get(i).thanos().labels());
        assertEquals("sidecar", found.get(i).thanos().source());
        assertEquals(120, found.get(i).block().stats().samples());
        assertEquals((START_SECONDS + i * 7200L) * 1000, found.get(i).block().minMillis());
      }
      assertEquals(200, get(role, "/-/ready").status());
      String metrics = get(role, "/metrics").text();
      assertTrue(metrics.contains("\nthanos_shipper_uploads_total 3.0\n"), metrics);
      assertTrue(metrics.contains("\nthanos_sidecar_prometheus_up 1.0\n"), metrics);
      assertTrue(Files.readString(data.resolve("thanos.shipper.json")).contains("uploaded"));
    }
  }

  @Test
  void anOutageOfTheBucketLosesAndDoublesNothing() throws Exception {
    blocks(0, 1);
    try (PrometheusPeer prometheus = PrometheusPeer.start(config, data, EQUAL, SAME);
        SidecarRole role = sidecar(prometheus)) {
      awaitBlocks(1);
      Path away = directory.resolve("away");
      Files.move(root, away);
      Files.writeString(root, "no directory");
      blocks(1, 2);
      while (!get(role, "/metrics").text().contains("\noriel_shipper_pending_blocks 2.0\n")) {
        Thread.sleep(20);
      }
      Files.delete(root);
      Files.move(away, root);

      assertEquals(
          List.of(120L, 120L, 120L),
          awaitBlocks(3).stream().map(meta -> meta.block().stats().samples()).toList());
      String metrics = get(role, "/metrics").text();
      assertTrue(metrics.contains("\nthanos_shipper_uploads_total 3.0\n"), metrics);
    }
    try (PrometheusPeer prometheus = PrometheusPeer.start(config, data, EQUAL, SAME);
        SidecarRole role = sidecar(prometheus)) {
      while (!get(role, "/metrics").text().contains("\nthanos_shipper_dir_syncs_total 3.0\n")) {
        Thread.sleep(20);
      }
      assertTrue(get(role, "/metrics").text().contains("\nthanos_shipper_uploads_total 0.0\n"));
      assertEquals(3, new BucketFill(root).blocks().size());
    }
  }

  @Test
  void uploadsNothingOfAPrometheusThatMergesBlocks() throws Exception {
    blocks(0, 1);
    try (PrometheusPeer prometheus = PrometheusPeer.start(config, data);
        SidecarRole role = sidecar(prometheus)) {
      HttpResult ready = get(role, "/-/ready");

      assertEquals(503, ready.status());
      assertTrue(ready.text().contains("--storage.tsdb.max-block-duration"), ready.text());
      Thread.sleep(300);
      assertEquals(List.of(), new BucketFill(root).blocks());
    }
  }
}
