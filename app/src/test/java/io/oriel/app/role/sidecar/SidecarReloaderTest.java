package io.oriel.app.role.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.store.PrometheusClient;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SidecarReloaderTest {
  private static final String PREFIX = "thanos_sidecar_reloader_";

  @TempDir private Path directory;
  private final Closer closer = new Closer();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final AtomicInteger reloads = new AtomicInteger();
  private final AtomicInteger refusals = new AtomicInteger();

  @AfterEach
  void stop() {
    closer.close();
  }

  private PrometheusClient client(String url) throws IOException {
    return new PrometheusClient(
        closer.push(HttpClient.create(HttpClientConfig.standard(), "test")),
        URI.create(url),
        Duration.ofSeconds(30));
  }

  /// A Prometheus that refuses as many reloads as it is told to.
  private PrometheusClient fake() throws IOException {
    Routes routes =
        new Routes()
            .post(
                "/-/reload",
                _ -> {
                  reloads.incrementAndGet();
                  boolean bad = refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
                  return HttpAnswer.text(bad ? 500 : 200, bad ? "bad config" : "");
                })
            .get(
                "/api/v1/status/runtimeinfo",
                _ ->
                    HttpAnswer.text(
                        200, "{\"status\":\"success\",\"data\":{\"reloadConfigSuccess\":true}}"));
    HttpServer server =
        closer.push(
            HttpServer.start(
                HttpServerConfig.on("127.0.0.1:0"),
                routes,
                new HttpServerMetrics("fake", new PrometheusRegistry())));
    return client("http://127.0.0.1:" + server.port());
  }

  private void start(
      PrometheusClient prometheus, Path config, Path output, Map<String, String> environment) {
    closer.push(
        SidecarReloader.start(
            new SidecarReloader.Options(
                Optional.of(config),
                Optional.of(output),
                List.of(directory.resolve("rules")),
                Duration.ofMinutes(3),
                Duration.ofMillis(20)),
            prometheus,
            environment,
            registry));
  }

  private double value(String name) {
    for (MetricSnapshot family : registry.scrape()) {
      if (family.getMetadata().getPrometheusName().equals(PREFIX + name)) {
        return switch (family) {
          case CounterSnapshot counter -> counter.getDataPoints().getFirst().getValue();
          case GaugeSnapshot gauge -> gauge.getDataPoints().getFirst().getValue();
          default -> throw new AssertionError(family);
        };
      }
    }
    throw new AssertionError("no metric " + name);
  }

  private void await(String name, double least) throws InterruptedException {
    while (value(name) < least) {
      Thread.sleep(10);
    }
  }

  private Path rules(String text) throws IOException {
    Path rules = Files.createDirectories(directory.resolve("rules"));
    return Files.writeString(rules.resolve("r.yml"), text);
  }

  @Test
  void tellsAgainUntilItIsHeard() throws Exception {
    refusals.set(3);
    rules("groups: []");
    Path config = Files.writeString(directory.resolve("in.yml"), "a: $(NAME)\n");

    start(fake(), config, directory.resolve("out.yml"), Map.of("NAME", "x$1"));
    await("last_reload_success_timestamp_seconds", 1);

    assertEquals("a: x$1\n", Files.readString(directory.resolve("out.yml")));
    assertEquals(4, reloads.get());
    assertEquals(4, value("reloads"));
    assertEquals(3, value("reloads_failed"));
    assertEquals(1, value("last_reload_successful"));
    assertEquals(2, value("watches"));
  }

  @Test
  void tellsOfChangedRulesAndConfigs() throws Exception {
    rules("groups: []");
    Path config = Files.writeString(directory.resolve("in.yml"), "a: 1\n");
    start(fake(), config, directory.resolve("out.yml"), Map.of());
    await("reloads", 1);

    rules("groups: [] # changed");
    await("reloads", 2);
    Files.writeString(config, "a: 23\n");
    await("reloads", 3);

    assertEquals("a: 23\n", Files.readString(directory.resolve("out.yml")));
    assertTrue(value("watch_events") >= 2);
  }

  @Test
  void aVariableThatIsNotSetChangesNothing() throws Exception {
    rules("groups: []");
    Path output = Files.writeString(directory.resolve("out.yml"), "old\n");
    Path config = Files.writeString(directory.resolve("in.yml"), "a: $(MISSING)\n");

    start(fake(), config, output, Map.of());
    await("config_apply_operations_failed", 2);

    assertEquals("old\n", Files.readString(output));
    assertEquals(0, reloads.get());
    assertFalse(Files.exists(directory.resolve("out.yml.tmp")));

    Files.writeString(config, "a: set\n");
    await("reloads", 1);
    assertEquals("a: set\n", Files.readString(output));
  }

  @Test
  void refusesAnOutputOfNothing() {
    assertThrows(
        OrielException.class,
        () ->
            new SidecarReloader.Options(
                Optional.empty(),
                Optional.of(directory),
                List.of(),
                Duration.ofMinutes(3),
                Duration.ofSeconds(5)));
  }

  @Test
  void aRealPrometheusRunsWithTheNewConfig() throws Exception {
    PrometheusPeer.require();
    rules("groups: []");
    Path output =
        Files.writeString(
            directory.resolve("out.yml"), "global: {external_labels: {replica: old}}\n");
    Path data = Files.createDirectories(directory.resolve("data"));
    try (PrometheusPeer prometheus = PrometheusPeer.start(output, data)) {
      PrometheusClient client = client(prometheus.url());
      Path config = directory.resolve("in.yml.gz");
      gzip(config, "global: {external_labels: {replica: $(POD)}}\n");

      start(client, config, output, Map.of("POD", "prometheus-1"));
      await("last_reload_success_timestamp_seconds", 1);
      assertTrue(client.config().contains("replica: prometheus-1"), client.config());

      gzip(config, "global: {no_such_key: 1}\n");
      await("reloads_failed", 2);
      assertEquals(0, value("last_reload_successful"));
      assertTrue(client.config().contains("replica: prometheus-1"), client.config());

      gzip(config, "global: {external_labels: {replica: $(POD)-b}}\n");
      while (!client.config().contains("replica: prometheus-1-b")) {
        Thread.sleep(20);
      }
    }
  }

  private static void gzip(Path file, String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    Files.write(file, bytes.toByteArray());
  }
}
