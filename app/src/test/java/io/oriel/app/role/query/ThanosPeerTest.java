package io.oriel.app.role.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.oriel.app.Asking;
import io.oriel.app.process.QueryWorkers;
import io.oriel.app.role.metrics.MetricsOptions;
import io.oriel.app.role.metrics.MetricsRole;
import io.oriel.app.role.metrics.SharingOptions;
import io.oriel.app.role.store.StoreRole;
import io.oriel.disk.FileDisk;
import io.oriel.federation.api.ApiSettings;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.query.EndpointSpec;
import io.oriel.metrics.scrape.IntakeOptions;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.Appender;
import io.oriel.promql.EngineOptions;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.testkit.Peer;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A real Thanos on the other side of each seam: it asks our stores, we ask its, both read the
/// other's bucket, and all answers are the same.
@EnabledIf(value = "isThere", disabledReason = "no thanos on PATH or in -Doriel.peers")
class ThanosPeerTest {
  private static final long STEP = 60_000;
  private static final long RANGE = Duration.ofHours(2).toMillis();
  private static final long LATER = 7_000;
  private static final int BLOCKS = 6;
  private static final List<String> QUERIES =
      List.of(
          "requests_total",
          "sum by (code) (rate(requests_total[5m]))",
          "max without (pod) (temperature)",
          "histogram_quantile(0.9, sum(rate(latency_seconds[10m])))",
          "histogram_count(latency_seconds)",
          "count({__name__=~\".+\"})",
          "absent(nothing)",
          "topk(2, temperature) > 0.5",
          "sum(increase(requests_total{code=\"500\"}[1h])) / sum(increase(requests_total[1h]))",
          "count_over_time(temperature[30m])");

  private static final Set<String> CHANGING =
      Set.of("lastEvaluation", "evaluationTime", "lastScrape", "lastScrapeDuration", "replica");

  private static final Closer CLOSER = new Closer();
  private static Path directory;
  private static Asking asking;
  private static QueryWorkers workers;
  private static long start;
  private static long end;
  private static final List<String> STORES = new ArrayList<>();
  private static QueryRole ours;
  private static Thanos thanos;

  static boolean isThere() {
    return Peer.find("thanos").isPresent();
  }

  @BeforeAll
  static void start(@TempDir Path scratch) throws Exception {
    directory = scratch;
    thanos = new Thanos(scratch, CLOSER);
    asking = CLOSER.push(new Asking());
    workers = CLOSER.push(QueryWorkers.start());
    long now = System.currentTimeMillis();
    start = (now / RANGE - BLOCKS - 1) * RANGE;
    end = start + (BLOCKS + 1) * RANGE - STEP;
    for (int replica = 0; replica < 2; replica++) {
      MetricsRole role = metrics(replica);
      STORES.add("127.0.0.1:" + role.grpcPort().orElseThrow());
    }
    ours = query(STORES);
    awaitBlocks(directory.resolve("bucket"), 2 * BLOCKS);
  }

  @AfterAll
  static void stop() {
    CLOSER.close();
  }

  private static MetricsRole metrics(int replica) throws IOException, InterruptedException {
    String name = "metrics-" + replica;
    fill(directory.resolve(name).resolve("data"), replica);
    return metrics(
        name,
        "global: {external_labels: {cluster: dev-01, replica: '%d'}}\n".formatted(replica),
        Optional.of(BucketConfig.directory(directory.resolve("bucket"))));
  }

  private static MetricsRole metrics(String name, String yaml, Optional<BucketConfig> bucket)
      throws IOException, InterruptedException {
    Path home = Files.createDirectories(directory.resolve(name));
    Path config = Files.writeString(home.resolve("prometheus.yml"), yaml);
    return CLOSER.push(
        MetricsRole.start(
            new MetricsOptions(
                config,
                home.resolve("data"),
                HttpServerConfig.on("127.0.0.1:0"),
                "http://localhost",
                MetricsOptions.Api.open(),
                tsdbOptions(),
                EngineOptions.DEFAULT,
                MetricsOptions.Rules.standard(),
                IntakeOptions.standard(),
                MetricsOptions.FLUSH_DEADLINE,
                new SharingOptions(Optional.of(GrpcServerConfig.plain("127.0.0.1:0")), bucket),
                Map.of()),
            new MetricsRole.Shared(workers.workers(), "test")));
  }

  private static TsdbOptions tsdbOptions() {
    return TsdbOptions.defaults().withBlockRange(Duration.ofHours(2), Duration.ofHours(2));
  }

  /// Each replica misses the other's half of every third hour.
  private static void fill(Path data, int replica) throws IOException {
    long now = end;
    Tsdb.Parts parts =
        new Tsdb.Parts(
            new FileDisk(), () -> Instant.ofEpochMilli(now), Seed.random("ulid" + replica));
    SplittableRandom random = new SplittableRandom(7);
    double[] totals = new double[8];
    try (Tsdb tsdb = Tsdb.open(data, parts, tsdbOptions(), _ -> {})) {
      for (long time = start; time <= end; time += STEP) {
        boolean missed = (time - start) / STEP % 180 < 30 && time / STEP / 15 % 2 == replica;
        try (Appender appender = tsdb.appender()) {
          for (int pod = 0; pod < totals.length; pod++) {
            totals[pod] = random.nextInt(200) == 0 ? 0 : totals[pod] + random.nextInt(20);
            int warm = random.nextInt(10);
            if (!missed) {
              append(appender, pod, time + replica * LATER, totals[pod], warm);
            }
          }
          appender.commit();
        }
      }
      tsdb.compactNow();
      assertEquals(BLOCKS, tsdb.blocks().size());
    }
  }

  private static void append(Appender appender, int pod, long time, double total, int warm) {
    String name = "p" + pod;
    String code = pod % 3 == 0 ? "500" : "200";
    appender.append(
        appender.series(Labels.of("__name__", "requests_total", "code", code, "pod", name)),
        time,
        total);
    appender.append(
        appender.series(Labels.of("__name__", "temperature", "pod", name)), time, warm / 4.0);
    NativeHistogram histogram =
        NativeHistogram.builder()
            .schema(1)
            .count(total)
            .sum(total * 1.5)
            .positive(
                NativeHistogram.Buckets.of(
                    new int[] {pod}, new int[] {2}, new double[] {total - total / 4, total / 4}))
            .build();
    appender.append(
        appender.series(Labels.of("__name__", "latency_seconds", "pod", name)), time, histogram);
  }

  private static void awaitBlocks(Path bucket, int wanted) throws Exception {
    long until = System.currentTimeMillis() + 60_000;
    while (System.currentTimeMillis() < until) {
      if (Files.isDirectory(bucket)) {
        try (Stream<Path> files = Files.walk(bucket)) {
          if (files.filter(file -> file.endsWith("meta.json")).count() == wanted) {
            return;
          }
        }
      }
      Thread.sleep(100);
    }
    throw new AssertionError("want " + wanted + " blocks in the bucket");
  }

  private static QueryRole query(List<String> stores) throws IOException, InterruptedException {
    return CLOSER.push(
        QueryRole.start(
            new QueryRole.Options(
                HttpServerConfig.on("127.0.0.1:0"),
                GrpcServerConfig.plain("127.0.0.1:0"),
                () -> EndpointSpec.of(stores),
                (address, metrics) -> GrpcClient.create(GrpcClientConfig.plain(address), metrics),
                Duration.ofMinutes(1),
                EngineOptions.DEFAULT,
                ApiSettings.standard(List.of("replica"))),
            workers.workers(),
            "test"));
  }

  private static String url(QueryRole role) {
    return "http://127.0.0.1:" + role.httpPort();
  }

  /// A second before a sample of the first replica, so that a window begins with one. Thanos begins
  /// to merge at the window's edge: where it meets the second replica there, it takes the step to
  /// the first for a restart of the counter, if that one's total is less. We begin at the chunk's.
  private static double from() {
    return (start + 10 * STEP - 1_000) / 1e3;
  }

  /// Both answer every query alike: at instants, over ranges, with replicas merged and apart.
  /// Apart, the functions of counters are not compared: there Thanos takes the resets out before
  /// the function sees them, and answers otherwise than Prometheus where a window begins with one.
  private static void assertSame(String one, String other, double from, double to)
      throws Exception {
    for (String query : QUERIES) {
      boolean counters = query.contains("rate(") || query.contains("increase(");
      for (String more : counters ? List.of("") : List.of("", "&dedup=false")) {
        String at = "/api/v1/query?query=" + Asking.encoded(query) + more + "&time=" + to;
        Alike.assertAlike(query + more, asking.get(one, at), asking.get(other, at));
        String over =
            "/api/v1/query_range?query=%s%s&start=%s&end=%s&step=420"
                .formatted(Asking.encoded(query), more, from, to);
        Alike.assertAlike(query + more, asking.get(one, over), asking.get(other, over));
      }
    }
    for (String path : List.of("/api/v1/labels", "/api/v1/label/__name__/values")) {
      String asked = path + "?start=" + from + "&end=" + to;
      assertEquals(
          asking.get(one, asked).path("data"), asking.get(other, asked).path("data"), asked);
    }
  }

  @Test
  void theirQueryOverOurStores() throws Exception {
    assertSame(url(ours), thanos.query(STORES).url(), from(), (end - 1_000) / 1e3);
  }

  @Test
  void theirQueryOverOurQuery() throws Exception {
    Thanos.Address query = thanos.query(List.of("127.0.0.1:" + ours.grpcPort()));
    assertSame(url(ours), query.url(), from(), (end - 1_000) / 1e3);
  }

  @Test
  void ourQueryOverTheirQuery() throws Exception {
    QueryRole query = query(List.of(thanos.query(STORES).grpc()));
    assertSame(url(ours), url(query), from(), (end - 1_000) / 1e3);
  }

  @Test
  void theirStoreReadsWhatWeUploaded() throws Exception {
    Thanos.Address store = thanos.store(directory.resolve("bucket"));
    double last = (start + BLOCKS * RANGE - 1_000) / 1e3;
    assertSame(url(ours), thanos.query(List.of(store.grpc())).url(), from(), last);
    assertSame(url(ours), url(query(List.of(store.grpc()))), from(), last);
  }

  @Test
  void theirQueryOverOurStoreGateway() throws Exception {
    try (StoreRole store =
        StoreRole.start(
            StoreRole.Options.standard(
                HttpServerConfig.on("127.0.0.1:0"),
                GrpcServerConfig.plain("127.0.0.1:0"),
                BucketConfig.directory(directory.resolve("bucket")),
                directory.resolve("store-gateway")),
            "test")) {
      String address = "127.0.0.1:" + store.grpcPort();
      double last = (start + BLOCKS * RANGE - 1_000) / 1e3;
      String theirs = thanos.query(List.of(address)).url();
      assertSame(url(ours), theirs, from(), last);
      assertSame(url(query(List.of(address))), theirs, from(), last);
    }
  }

  /// Two replicas with the same rules and targets: both merge them to one, but for the moment.
  @Test
  void rulesTargetsAndMetadataAreMergedAlike() throws Exception {
    Path rules =
        Files.writeString(
            directory.resolve("rules.yml"),
            """
            groups:
              - name: g
                interval: 1s
                rules:
                  - {record: job:up:sum, expr: sum by (job) (up), labels: {team: a}}
                  - {alert: Down, expr: up == 0, for: 1h, labels: {severity: page}}
            """);
    List<String> stores = new ArrayList<>();
    for (int replica = 0; replica < 2; replica++) {
      String config =
          """
          global:
            scrape_interval: 1s
            external_labels: {cluster: dev-01, replica: '%d'}
          rule_files: ['%s']
          scrape_configs:
            - {job_name: self, static_configs: [{targets: ['127.0.0.1:%d']}]}
          """
              .formatted(replica, rules, ours.httpPort());
      MetricsRole role = metrics("rules-" + replica, config, Optional.empty());
      stores.add("127.0.0.1:" + role.grpcPort().orElseThrow());
    }
    String theirs = thanos.query(stores).url();
    String own = url(query(stores));
    JsonNode _ =
        asking.await(own, "count(up{job=\"self\"} == 1)", answer -> Asking.only(answer) == 1);
    Thread.sleep(2_000);

    assertEquals(
        told(asking.get(theirs, "/api/v1/rules"), "/data/groups"),
        told(asking.get(own, "/api/v1/rules"), "/data/groups"));
    assertEquals(
        told(asking.get(theirs, "/api/v1/targets"), "/data/activeTargets"),
        told(asking.get(own, "/api/v1/targets"), "/data/activeTargets"));
    String metadata = "/api/v1/metadata?metric=thanos_build_info";
    assertEquals(asking.get(theirs, metadata).path("data"), asking.get(own, metadata).path("data"));
  }

  /// What is below {@code where}, keys and entries in order: Thanos sorts the rules of a group, we
  /// keep the file's order. Without times, and without the one replica chosen.
  private static String told(JsonNode answer, String where) {
    return sorted("", answer.at(where));
  }

  private static String sorted(String key, JsonNode node) {
    List<String> parts = new ArrayList<>();
    if (node.isObject()) {
      node.forEachEntry((name, value) -> parts.add(name + "=" + sorted(name, value)));
    } else if (node.isArray()) {
      node.forEach(item -> parts.add(sorted("", item)));
    } else {
      return CHANGING.contains(key) ? "?" : node.asString();
    }
    parts.sort(null);
    return parts.toString();
  }

  @Test
  void theirToolsFindNothingWrongInOurBucket() throws Exception {
    String config = "--objstore.config-file=" + thanos.bucketConfig(directory.resolve("bucket"));
    Path log = directory.resolve("tools.log");

    String verified =
        Peer.run(
            log,
            "thanos",
            "tools",
            "bucket",
            "verify",
            "--issues=index_known_issues",
            "--issues=overlapped_blocks",
            config);
    assertFalse(verified.contains("level=error"), verified);
    assertFalse(verified.contains("detected issue"), verified);
    String listed = Peer.run(log, "thanos", "tools", "bucket", "ls", "-o", "json", config);
    assertEquals(2 * BLOCKS, listed.lines().filter(line -> line.contains("\"ulid\"")).count());
  }
}
