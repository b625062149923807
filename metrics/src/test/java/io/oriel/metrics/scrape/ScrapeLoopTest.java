package io.oriel.metrics.scrape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.metrics.config.ScrapeConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.metrics.discovery.Discoveries;
import io.oriel.metrics.discovery.DiscoveryMetrics;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.http.HttpClient;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrapeLoopTest {
  private final MemoryStorage storage = new MemoryStorage();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ScrapeMetrics metrics = new ScrapeMetrics(registry);
  private HttpServer server;
  private volatile String body = "";
  private volatile String contentType = "text/plain; version=0.0.4";
  private volatile int status = 200;
  private volatile String accept = "";

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/metrics",
        exchange -> {
          accept = exchange.getRequestHeaders().getFirst("Accept");
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", contentType);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void storesSamplesWithTheTargetsLabelsAndReportsOnItself() throws Exception {
    body = "a{x=\"1\"} 1\na{x=\"2\",job=\"mine\"} 2\nb 3 1234\n";
    Rig rig = rig("");

    rig.loop.scrape(5000);

    List<String> lines = rig.samples();
    assertEquals(
        List.of(
            "{__name__=\"a\", instance=\"i\", job=\"j\", x=\"1\"} 1.0 @5000",
            "{__name__=\"a\", exported_job=\"mine\", instance=\"i\", job=\"j\", x=\"2\"} 2.0 @5000",
            "{__name__=\"b\", instance=\"i\", job=\"j\"} 3.0 @1234",
            "{__name__=\"up\", instance=\"i\", job=\"j\"} 1.0 @5000",
            "{__name__=\"scrape_samples_scraped\", instance=\"i\", job=\"j\"} 3.0 @5000",
            "{__name__=\"scrape_samples_post_metric_relabeling\", instance=\"i\", job=\"j\"} 3.0"
                + " @5000",
            "{__name__=\"scrape_series_added\", instance=\"i\", job=\"j\"} 3.0 @5000"),
        lines);
    assertEquals(TargetStatus.Health.UP, rig.loop.status().health());
    assertTrue(accept.startsWith("application/openmetrics-text;version=1.0.0"), accept);
  }

  @Test
  void buildsNoLabelsForSeriesItKnows() throws Exception {
    body = "a{x=\"1\"} 1\na{x=\"2\"} 2\n";
    Rig rig = rig("");
    rig.loop.scrape(1000);
    int resolved = storage.resolved();

    rig.loop.scrape(2000);

    assertEquals(resolved, storage.resolved());
    assertTrue(
        storage.drain().contains("{__name__=\"a\", instance=\"i\", job=\"j\", x=\"2\"} 2.0 @2000"));
  }

  @Test
  void resolvesAgainWhatTheStorageForgot() throws Exception {
    body = "a 1\n";
    Rig rig = rig("");
    rig.loop.scrape(1000);
    storage.forgetSeries();
    storage.drain();

    rig.loop.scrape(2000);

    List<String> lines = rig.samples();
    assertEquals("{__name__=\"a\", instance=\"i\", job=\"j\"} 1.0 @2000", lines.getFirst());
    assertTrue(lines.contains("{__name__=\"up\", instance=\"i\", job=\"j\"} 1.0 @2000"));
  }

  @Test
  void marksWhatIsGoneExactlyOnce() throws Exception {
    body = "a 1\nb 1\n";
    Rig rig = rig("");
    rig.loop.scrape(1000);
    storage.drain();
    body = "a 2\n";

    rig.loop.scrape(2000);
    List<String> second = storage.drain();
    rig.loop.scrape(3000);
    rig.loop.scrape(4000);

    assertTrue(second.contains("{__name__=\"b\", instance=\"i\", job=\"j\"} stale @2000"));
    assertEquals(List.of(), storage.drain().stream().filter(s -> s.contains("stale")).toList());
  }

  @Test
  void marksEverythingWhenTheTargetIsDownAndRecovers() throws Exception {
    body = "a 1\n";
    Rig rig = rig("");
    rig.loop.scrape(1000);
    storage.drain();
    status = 503;

    rig.loop.scrape(2000);
    List<String> down = storage.drain();
    TargetStatus seen = rig.loop.status();
    status = 200;
    rig.loop.scrape(3000);

    assertTrue(down.contains("{__name__=\"a\", instance=\"i\", job=\"j\"} stale @2000"), "" + down);
    assertTrue(down.contains("{__name__=\"up\", instance=\"i\", job=\"j\"} 0.0 @2000"), "" + down);
    assertEquals("server returned HTTP status 503 Service Unavailable", seen.lastError());
    assertEquals(TargetStatus.Health.DOWN, seen.health());
    assertTrue(storage.drain().contains("{__name__=\"a\", instance=\"i\", job=\"j\"} 1.0 @3000"));
  }

  @Test
  void writesFailuresToTheFileThatIsNamed(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("failures.log");
    Rig rig = rig("scrape_failure_log_file: " + file);
    status = 503;

    rig.loop.scrape(1000);
    rig.loop.scrape(2000);

    List<String> lines = Files.readAllLines(file);
    assertEquals(2, lines.size());
    assertTrue(
        lines
            .getFirst()
            .contains("\"msg\":\"server returned HTTP status 503 Service Unavailable\""),
        lines.getFirst());
    assertTrue(lines.getFirst().contains("\"job_name\":\"j\""), lines.getFirst());
  }

  @Test
  void aLabelOfTheTargetOverridesTheJobsHistograms() throws Exception {
    body = "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum 2\n";
    Rig rig =
        rig(
            "relabel_configs: [{target_label: __convert_classic_histograms_to_nhcb__,"
                + " replacement: \"true\"}]");

    rig.loop.scrape(1000);

    List<String> lines = storage.drain();
    assertTrue(
        lines.contains("{__name__=\"h\", instance=\"i\", job=\"j\"} histogram 1.0 @1000"),
        "" + lines);
  }

  @Test
  void samplesWithTheirOwnTimeGetNoStaleMarker() throws Exception {
    body = "a 1 900\n";
    Rig rig = rig("");
    rig.loop.scrape(1000);
    storage.drain();
    body = "b 1\n";

    rig.loop.scrape(2000);

    assertEquals(List.of(), storage.drain().stream().filter(s -> s.contains("stale")).toList());
  }

  @Test
  void aLimitFailsTheWholeScrape() throws Exception {
    body = "a 1\nb 1\nc 1\n";
    Rig samples = rig("sample_limit: 2");
    samples.loop.scrape(1000);
    assertEquals("sample limit exceeded", samples.loop.status().lastError());
    assertTrue(samples.samples().stream().noneMatch(line -> line.contains("\"a\"")));

    Rig labels = rig("label_limit: 3");
    body = "a{x=\"1\"} 1\n";
    labels.loop.scrape(2000);
    assertEquals(
        "label_limit exceeded (metric: a, number of labels: 4, limit: 3)",
        labels.loop.status().lastError());

    Rig size = rig("body_size_limit: 10B");
    body = "a".repeat(50) + " 1\n";
    size.loop.scrape(3000);
    assertEquals("body size limit exceeded", size.loop.status().lastError());
  }

  @Test
  void aBrokenTextStoresNothingOfIt() throws Exception {
    body = "a 1\nb x\n";
    Rig rig = rig("");

    rig.loop.scrape(1000);

    assertEquals("line 2:3: got \"x\", want a number", rig.loop.status().lastError());
    assertTrue(rig.samples().stream().noneMatch(line -> line.contains("\"a\"")));
  }

  @Test
  void refusesAnUnknownContentTypeWithoutFallback() throws Exception {
    body = "a 1\n";
    contentType = "text/html";
    Rig rig = rig("");
    rig.loop.scrape(1000);
    Rig tolerant = rig("fallback_scrape_protocol: PrometheusText0.0.4");
    tolerant.loop.scrape(2000);

    assertTrue(rig.loop.status().lastError().contains("text/html"));
    assertEquals(TargetStatus.Health.UP, tolerant.loop.status().health());
  }

  @Test
  void relabelsMetricsAndHonorsLabels() throws Exception {
    body = "keep{job=\"theirs\"} 1\ndrop_me 2\n";
    Rig rig =
        rig(
            """
            honor_labels: true
                metric_relabel_configs:
                  - {source_labels: [__name__], regex: drop.*, action: drop}
            """);

    rig.loop.scrape(1000);
    rig.loop.scrape(2000);

    List<String> lines = rig.samples();
    assertEquals("{__name__=\"keep\", instance=\"i\", job=\"theirs\"} 1.0 @1000", lines.getFirst());
    assertTrue(lines.stream().noneMatch(line -> line.contains("drop_me")));
    assertTrue(
        lines.contains(
            "{__name__=\"scrape_samples_post_metric_relabeling\", instance=\"i\", job=\"j\"} 1.0"
                + " @2000"));
  }

  @Test
  void countsWhatTheStorageRefuses() throws Exception {
    body = "a 1 5000\n";
    Rig rig = rig("");
    rig.loop.scrape(5000);
    body = "a 1 4000\n";

    rig.loop.scrape(6000);

    assertEquals(1, metrics.refused.outOfOrder.get());
    assertEquals(TargetStatus.Health.UP, rig.loop.status().health());
  }

  @Test
  void runsAJobFromItsConfig() throws Exception {
    body = "a 1\n";
    String yaml =
        """
        scrape_configs:
          - job_name: j
            scrape_interval: 50ms
            static_configs:
              - targets: ["%s"]
          - job_name: dropped
            static_configs: [{targets: ["x:1"]}]
            relabel_configs: [{action: drop, regex: ".*"}]
          - job_name: cloud
            ec2_sd_configs: [{region: eu-west-1}]
        """
            .formatted(address());
    PrometheusConfig config = PrometheusConfig.parse(Path.of("p.yml"), yaml, _ -> "");
    try (Scrapes scrapes = new Scrapes(environment())) {
      scrapes.apply(config.scrapeConfigs());
      for (int i = 0; i < 200 && health(scrapes) != TargetStatus.Health.UP; i++) {
        Thread.sleep(25);
      }

      assertEquals(TargetStatus.Health.UP, health(scrapes));
      assertEquals(Map.of("j", 0, "dropped", 1, "cloud", 0), scrapes.droppedCounts());
      List<String> stored = new ArrayList<>();
      scrapes.apply(List.of());
      for (int i = 0; i < 200 && stored.stream().noneMatch(this::endsA); i++) {
        Thread.sleep(25);
        stored.addAll(storage.drain());
      }
      assertTrue(stored.stream().anyMatch(this::endsA));
      assertTrue(stored.stream().anyMatch(line -> line.matches(".*\"up\".* stale .*")));
    }
  }

  private boolean endsA(String line) {
    return line.contains("\"a\"") && line.contains("stale");
  }

  /// A clock that moves when somebody sleeps, and what is slept.
  private static final class FakeTime {
    private long now = 100_000;
    private final List<Long> slept = new ArrayList<>();
    private boolean interrupting;

    synchronized void sleep(long millis) throws InterruptedException {
      if (interrupting) {
        throw new InterruptedException();
      }
      slept.add(millis);
      now += millis;
    }

    synchronized long now() {
      return now;
    }
  }

  private ScrapeEnvironment environment(FakeTime time) {
    ScrapeEnvironment real = environment();
    return new ScrapeEnvironment(
        storage,
        metrics,
        real.discovery(),
        real.options(),
        () -> Instant.ofEpochMilli(time.now()),
        System::nanoTime,
        time::sleep,
        "test");
  }

  /// Lets a loop scrape twice, ends it because its target is gone, and waits for the end.
  private List<String> endOf(FakeTime time, Runnable meanwhile) throws Exception {
    body = "a 1\n";
    AtomicInteger sleeps = new AtomicInteger();
    CountDownLatch ended = new CountDownLatch(1);
    List<ScrapeLoop> loop = new ArrayList<>();
    ScrapeEnvironment real = environment(time);
    ScrapeEnvironment environment =
        new ScrapeEnvironment(
            storage,
            metrics,
            real.discovery(),
            real.options(),
            real.clock(),
            System::nanoTime,
            millis -> {
              switch (sleeps.incrementAndGet()) {
                case 3 -> {
                  loop.getFirst().endSeriesWhenStopped();
                  throw new InterruptedException();
                }
                case 6 -> {
                  time.sleep(millis);
                  meanwhile.run();
                  ended.countDown();
                }
                default -> time.sleep(millis);
              }
            },
            "test");
    try (Endings endings = new Endings()) {
      loop.add(rig("", environment, endings).loop);
      loop.getFirst().run();
      assertTrue(ended.await(10, TimeUnit.SECONDS));
    }
    return storage.drain();
  }

  @Test
  void aGoneTargetsSeriesEndWhereTheNextScrapeWouldHaveBeen() throws Exception {
    FakeTime time = new FakeTime();

    List<String> stored = endOf(time, () -> {});

    List<Long> scraped = times(stored, "\"up\".* 1.0 @");
    assertEquals(2, scraped.size());
    long interval = 10_000;
    assertEquals(List.of(scraped.getLast() + interval), times(stored, "\"a\".* stale @"));
    assertEquals(List.of(scraped.getLast() + interval), times(stored, "\"up\".* stale @"));
    assertEquals(scraped.getLast() + 2 * interval + interval / 10, time.now());
  }

  @Test
  void aTargetThatCameBackGoesOn() throws Exception {
    FakeTime time = new FakeTime();

    List<String> stored =
        endOf(
            time,
            () -> {
              try {
                rig("").loop.scrape(time.now());
              } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
              }
            });

    assertEquals(3, times(stored, "\"a\".* 1.0 @").size());
    assertEquals(List.of(), times(stored, " stale @"));
  }

  @Test
  void nothingEndsWhenTheProcessDoes() throws Exception {
    body = "a 1\n";
    FakeTime time = new FakeTime();
    try (Endings endings = new Endings()) {
      ScrapeLoop loop = rig("", environment(time), endings).loop;
      loop.scrape(1000);
      loop.endSeriesWhenStopped();
      time.interrupting = true;
      loop.run();
    }
    assertEquals(List.of(), times(storage.drain(), " stale @"));
  }

  /// When the lines that contain {@code pattern} were.
  private static List<Long> times(List<String> lines, String pattern) {
    return lines.stream()
        .filter(line -> Pattern.compile(pattern).matcher(line).find())
        .map(line -> Long.parseLong(line.substring(line.lastIndexOf('@') + 1)))
        .toList();
  }

  private static TargetStatus.Health health(Scrapes scrapes) {
    return scrapes.active().getOrDefault("j", List.of()).getFirst().health();
  }

  private String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private ScrapeEnvironment environment() {
    return new ScrapeEnvironment(
        storage,
        metrics,
        new Discoveries.Environment(
            new DiscoveryMetrics(new PrometheusRegistry()),
            millis -> Thread.sleep(Duration.ofMillis(millis)),
            System::nanoTime,
            "test"),
        IntakeOptions.standard(),
        java.time.InstantSource.system(),
        System::nanoTime,
        millis -> Thread.sleep(Duration.ofMillis(millis)),
        "test");
  }

  private final class Rig {
    private final ScrapeLoop loop;

    private Rig(ScrapeLoop loop) {
      this.loop = loop;
    }

    /// What was stored, but for the duration, which no test can know.
    private List<String> samples() {
      return storage.drain().stream()
          .filter(line -> !line.contains("scrape_duration_seconds"))
          .toList();
    }
  }

  private Rig rig(String keys) throws IOException {
    return rig(keys, environment(), new Endings());
  }

  private Rig rig(String keys, ScrapeEnvironment environment, Endings endings) throws IOException {
    String yaml =
        """
        scrape_configs:
          - job_name: j
            scrape_interval: 10s
            %s
        """
            .formatted(keys);
    ScrapeConfig config =
        PrometheusConfig.parse(Path.of("p.yml"), yaml, _ -> "").scrapeConfigs().getFirst();
    TargetFactory factory = new TargetFactory(config);
    Labels labels = Labels.of("__address__", address(), "instance", "i");
    TargetGroup group = new TargetGroup("s", List.of(labels), Labels.empty());
    Target target = factory.target(factory.discovered(group, labels)).orElseThrow();
    return new Rig(
        new ScrapeLoop(
            target, config, environment, HttpClient.create(config.client(), "test"), endings));
  }
}
