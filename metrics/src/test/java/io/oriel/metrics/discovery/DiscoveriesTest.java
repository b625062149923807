package io.oriel.metrics.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpServer;
import io.oriel.metrics.config.DiscoveryConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.http.HttpClientConfig;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscoveriesTest {
  private final DiscoveryMetrics metrics = new DiscoveryMetrics(new PrometheusRegistry());
  private final Discoveries.Environment environment =
      new Discoveries.Environment(metrics, Thread::sleep, System::nanoTime, "test");

  @Test
  void followsFilesAndKeepsTargetsOfABrokenOne(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("a.json");
    Files.writeString(file, "[{\"targets\": [\"h:1\"], \"labels\": {\"x\": \"y\"}}]");
    Files.writeString(directory.resolve("b.yml"), "- targets: [\"h:2\"]\n");
    DiscoveryConfig config =
        new DiscoveryConfig.FileBased(
            List.of(directory.resolve("*.json").toString(), directory.resolve("*.yml").toString()),
            100);
    try (Discoveries found =
        Discoveries.start("j", "scrape", List.of(config), environment, () -> {})) {
      await(List.of("h:1", "h:2"), () -> addresses(found));
      assertEquals(
          Labels.of("__meta_filepath", file.toString(), "x", "y"),
          found.groups().getFirst().labels());

      Files.writeString(file, "[{\"targetss\": [\"h:3\"]}]");
      awaitTrue(() -> metrics.fileErrors.get() > 0);
      assertEquals(List.of("h:1", "h:2"), addresses(found));

      Files.writeString(file, "[{\"targets\": [\"h:4\", \"h:5\"]}]");
      await(List.of("h:4", "h:5", "h:2"), () -> addresses(found));
      Files.delete(file);
      await(List.of("h:2"), () -> addresses(found));
    }
  }

  @Test
  void followsAWebServersList() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "[{\"targets\": [\"h:1\"]}]".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/sd";
    DiscoveryConfig config = new DiscoveryConfig.Http(url, HttpClientConfig.standard(), 1000);
    try (Discoveries found =
        Discoveries.start("j", "scrape", List.of(config), environment, () -> {})) {
      await(List.of("h:1"), () -> addresses(found));
      assertEquals(Labels.of("__meta_url", url), found.groups().getFirst().labels());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void makesTargetsOfRecords() throws IOException {
    DiscoveryConfig.Dns srv =
        new DiscoveryConfig.Dns(List.of("_x._tcp.example.org"), "SRV", 0, 30_000);
    DiscoveryConfig.Dns aaaa = new DiscoveryConfig.Dns(List.of("example.org"), "AAAA", 80, 30_000);

    List<TargetGroup> bySrv =
        new DnsDiscovery(srv, (_, _) -> List.of("10 20 9100 node.example.org."), metrics).groups();
    List<TargetGroup> byAddress =
        new DnsDiscovery(aaaa, (_, _) -> List.of("2001:db8::1"), metrics).groups();

    assertEquals(
        List.of(
            Labels.of(
                "__address__", "node.example.org:9100",
                "__meta_dns_name", "_x._tcp.example.org",
                "__meta_dns_srv_record_port", "9100",
                "__meta_dns_srv_record_target", "node.example.org.")),
        bySrv.getFirst().targets());
    assertEquals("[2001:db8::1]:80", byAddress.getFirst().targets().getFirst().get("__address__"));
  }

  @Test
  void reportsKindsThatCannotRun() throws IOException {
    try (Discoveries found =
        Discoveries.start(
            "j",
            "scrape",
            List.of(new DiscoveryConfig.Unsupported("ec2")),
            environment,
            () -> {})) {
      assertEquals(List.of("ec2"), found.unsupportedKinds());
      assertEquals(1, metrics.failedConfigs.labelValues("scrape").get());
    }
    assertEquals(0, metrics.failedConfigs.labelValues("scrape").get());
  }

  @Test
  void tellsTheLineOfAMistakeInATargetFile() {
    OrielException e =
        assertThrows(
            OrielException.class,
            () ->
                TargetGroupReader.read(
                    "t.yml",
                    "- targets: [a]\n- labls: {a: b}\n",
                    Integer::toString,
                    Labels.empty()));

    assertEquals("t.yml:2: groups[1].labls: unknown key, did you mean \"labels\"?", e.reason());
  }

  private static List<String> addresses(Discoveries found) {
    return found.groups().stream()
        .flatMap(group -> group.targets().stream())
        .map(labels -> labels.get("__address__"))
        .toList();
  }

  private static void await(List<String> want, Supplier<List<String>> got)
      throws InterruptedException {
    for (int i = 0; i < 200 && !want.equals(got.get()); i++) {
      Thread.sleep(25);
    }
    assertEquals(want, got.get());
  }

  private static void awaitTrue(Supplier<Boolean> condition) throws InterruptedException {
    for (int i = 0; i < 200 && !condition.get(); i++) {
      Thread.sleep(25);
    }
    assertEquals(true, condition.get());
  }
}
