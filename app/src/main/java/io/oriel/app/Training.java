package io.oriel.app;

import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Appender;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/// A metrics role on a few hours of made-up samples that scrapes, is asked the usual kinds of query
/// for some seconds, and starts again on what it wrote. What the virtual machine learns about its
/// methods there goes into the AOT cache, so that the first scrapes, queries and the replay of the
/// log after a start are compiled early.
final class Training {
  private static final Instant END = Instant.parse("2025-01-01T00:00:00Z");
  private static final Duration SPAN = Duration.ofHours(6);
  private static final Duration INTERVAL = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int TARGETS = 60;
  private static final int ROUNDS = 25;
  private static final List<String> BOUNDS = List.of("0.1", "1.0", "+Inf");
  private static final List<String> QUERIES =
      List.of(
          "sum(rate(c_total[5m]))",
          "sum by (job, code) (rate(c_total[5m]))",
          "topk(3, sum by (instance) (rate(c_total[5m])))",
          "histogram_quantile(0.9, sum by (le, job) (rate(h_bucket[5m])))",
          "max by (job) (g)",
          "avg by (job) (avg_over_time(g[30m]))",
          "count by (job) (c_total{code=~\"2.*|5..\"})",
          "max_over_time(sum by (job) (rate(c_total[5m]))[30m:1m])",
          "c_total",
          "g / 3",
          "sum by (instance) (rate(c_total[5m])) * on (instance) group_left () (g / 1e9)");

  private final Path scratch;

  Training(Path scratch) {
    this.scratch = scratch;
  }

  void run() throws IOException, InterruptedException {
    Path data = scratch.resolve("data");
    fill(data);
    try (TrainingTargets targets = new TrainingTargets();
        HttpClient client = HttpClient.newHttpClient()) {
      Path config = Files.writeString(scratch.resolve("training.yml"), targets.config());
      serve(client, config, data, ROUNDS);
      // Once more, to read the log that the first run left.
      serve(client, config, data, 1);
    }
  }

  private static void serve(HttpClient client, Path config, Path data, int rounds)
      throws IOException, InterruptedException {
    String address = "127.0.0.1:" + freePort();
    Thread server =
        Thread.ofPlatform()
            .name("oriel/warmup")
            .start(
                () ->
                    Main.run(
                        "metrics",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + data,
                        "--storage.tsdb.retention.time=100y",
                        "--web.listen-address=" + address,
                        "--web.enable-lifecycle"));
    awaitReady(client, address, server);
    for (int round = 0; round < rounds; round++) {
      for (String query : QUERIES) {
        send(client, HttpRequest.newBuilder(range(address, query)));
      }
    }
    send(
        client,
        HttpRequest.newBuilder(URI.create("http://" + address + "/-/quit"))
            .POST(HttpRequest.BodyPublishers.noBody()));
    server.join();
  }

  private static URI range(String address, String query) {
    return URI.create(
        "http://"
            + address
            + "/api/v1/query_range?step=30&start="
            + (END.minus(Duration.ofHours(4)).getEpochSecond() - 13)
            + "&end="
            + (END.getEpochSecond() - 13)
            + "&query="
            + URLEncoder.encode(query, StandardCharsets.UTF_8));
  }

  private static void awaitReady(HttpClient client, String address, Thread server)
      throws InterruptedException {
    URI ready = URI.create("http://" + address + "/-/ready");
    while (server.isAlive()) {
      try {
        if (send(client, HttpRequest.newBuilder(ready)) == 200) {
          return;
        }
      } catch (IOException _) {
        // not listening yet
      }
      server.join(Duration.ofMillis(50));
    }
  }

  private static int send(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client
        .send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void fill(Path data) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    Tsdb.Parts parts = new Tsdb.Parts(new FileDisk(), () -> END, random);
    TsdbOptions options = TsdbOptions.defaults().withRetention(Duration.ZERO, 0);
    double[] values = new double[TARGETS * (2 + BOUNDS.size() + 1)];
    try (Tsdb tsdb = Tsdb.open(data, parts, options, _ -> {})) {
      for (Instant at = END.minus(SPAN); at.isBefore(END); at = at.plus(INTERVAL)) {
        try (Appender appender = tsdb.appender()) {
          scrape(appender, at.toEpochMilli(), values, random);
          appender.commit();
        }
      }
      tsdb.compactNow();
    }
  }

  private static void scrape(Appender appender, long time, double[] values, SplittableRandom random)
      throws IOException {
    int k = 0;
    for (int target = 0; target < TARGETS; target++) {
      String job = "job" + target % 4;
      String instance = "10.0.0." + target + ":9100";
      for (String code : List.of("200", "500")) {
        values[k] += random.nextInt(50);
        append(appender, time, values[k++], "c_total", job, instance, "code", code);
      }
      double more = 0;
      for (String bound : BOUNDS) {
        more += random.nextInt(5);
        values[k] += more;
        append(appender, time, values[k++], "h_bucket", job, instance, "le", bound);
      }
      values[k] += random.nextDouble(-1, 1);
      append(appender, time, values[k++], "g", job, instance, "kind", "a");
    }
  }

  private static void append(
      Appender appender, long time, double value, String name, String... labels)
      throws IOException {
    Labels identity =
        Labels.of("__name__", name, "job", labels[0], "instance", labels[1], labels[2], labels[3]);
    appender.append(appender.series(identity), time, value);
  }
}
