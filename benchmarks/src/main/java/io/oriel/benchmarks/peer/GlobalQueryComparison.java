package io.oriel.benchmarks.peer;

import io.oriel.disk.FileDisk;
import io.oriel.federation.query.Endpoint;
import io.oriel.federation.query.EndpointSet;
import io.oriel.federation.query.EndpointSpec;
import io.oriel.federation.query.FanOut;
import io.oriel.federation.query.FederatedQueryable;
import io.oriel.federation.query.PushDown;
import io.oriel.federation.query.QueryScope;
import io.oriel.federation.query.QueryService;
import io.oriel.federation.store.LocalStore;
import io.oriel.federation.store.StoreService;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.Appender;
import io.oriel.model.series.Queryable;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.QueryOptions;
import io.oriel.promql.eval.Execution;
import io.oriel.promql.value.Grid;
import io.oriel.promql.value.Value;
import io.oriel.runtime.dns.DnsResolver;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbOptions;
import io.oriel.wire.storeapi.InfoResponse;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/// A global query over the local queries of four clusters of two replicas, all in this process but
/// for Thanos: bytes that come back from the clusters and time, with aggregations pushed down,
/// without, and by a Thanos query over the same local queries. All answers must agree.
final class GlobalQueryComparison {
  private static final List<String> CLUSTERS = List.of("dev-01", "stag-01", "prod-01", "ops-01");
  private static final List<String> QUERIES =
      List.of(
          "sum by (cluster) (rate(requests_total[5m]))",
          "sum by (code) (rate(requests_total[5m]))",
          "max by (cluster) (requests_total)",
          "count(requests_total)");
  private static final long INTERVAL = 30_000;
  private static final int SAMPLES = 40;
  private static final int RUNS = 3;
  private static final Pattern VALUE = Pattern.compile("\"value\":\\[[^,]+,\"([^\"]+)\"");
  private static final double TOLERANCE = 1e-9;
  private static final QueryScope SCOPE = QueryScope.standard(List.of("replica"));
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final Path directory;
  private final int series;
  private final PrintStream out;
  private final Closer closer = new Closer();
  private final List<CountingProxy> proxies = new ArrayList<>();
  private final long end = System.currentTimeMillis() / INTERVAL * INTERVAL;
  private final QueryEngine engine;

  GlobalQueryComparison(Path directory, int series, PrintStream out) {
    this.directory = directory;
    this.series = series;
    this.out = out;
    int cores = Runtime.getRuntime().availableProcessors();
    ExecutorService pool = Executors.newFixedThreadPool(cores);
    closer.push(pool::shutdownNow);
    this.engine =
        new QueryEngine(
            EngineOptions.DEFAULT, new Execution.Workers(pool, cores), System::nanoTime);
  }

  private interface Ask {
    double[] ask(String query) throws IOException, InterruptedException;
  }

  /// @param thanos the program
  void run(Path thanos) throws IOException, InterruptedException {
    try {
      for (String cluster : CLUSTERS) {
        startCluster(cluster);
      }
      PrometheusRegistry registry = new PrometheusRegistry();
      GrpcMetrics metrics = GrpcMetrics.ofClient(registry);
      List<String> addresses = proxies.stream().map(CountingProxy::address).toList();
      EndpointSet endpoints =
          closer.push(
              new EndpointSet(
                  new EndpointSet.Access(
                      () -> EndpointSpec.of(addresses),
                      DnsResolver.system(),
                      (address, _) -> GrpcClient.create(GrpcClientConfig.plain(address), metrics),
                      TIMEOUT,
                      TIMEOUT),
                  InstantSource.system(),
                  new EndpointSet.Metrics(registry)));
      endpoints.refresh();
      Peer theirs = closer.push(thanosQuery(thanos, addresses));
      out.printf(
          Locale.ROOT,
          "4 clusters of 2 replicas of %,d series, %d samples each%n",
          series,
          SAMPLES);
      for (String query : QUERIES) {
        out.println(query);
        long pushed = measure("  pushed down", query, asked -> pushedDown(endpoints, asked));
        long whole = measure("  not pushed down", query, asked -> whole(endpoints, asked));
        long peer = measure("  Thanos", query, asked -> thanosAnswer(theirs, asked));
        same(pushedDown(endpoints, query), whole(endpoints, query), query);
        same(pushedDown(endpoints, query), thanosAnswer(theirs, query), query);
        out.printf(
            Locale.ROOT,
            "  1/%,.0f of what crosses undistributed, 1/%,.0f of Thanos'%n",
            (double) whole / pushed,
            (double) peer / pushed);
      }
    } finally {
      closer.close();
    }
  }

  private void startCluster(String name) throws IOException {
    List<Endpoint> replicas = List.of(replica(name, 0), replica(name, 1));
    List<GrpcService> services =
        new ArrayList<>(StoreService.of(new FanOut(() -> replicas, SCOPE)));
    services.add(QueryService.of(engine, () -> replicas));
    GrpcServer server =
        closer.push(
            GrpcServer.start(
                GrpcServerConfig.plain("127.0.0.1:0"),
                services,
                InstantSource.system(),
                GrpcMetrics.ofServer(new PrometheusRegistry())));
    proxies.add(closer.push(CountingProxy.start(server.port())));
  }

  private Endpoint replica(String cluster, int number) throws IOException {
    Path data = directory.resolve(cluster + "-" + number);
    Tsdb tsdb =
        closer.push(
            Tsdb.open(
                data,
                new Tsdb.Parts(
                    new FileDisk(), () -> Instant.ofEpochMilli(end), new SplittableRandom(number)),
                TsdbOptions.defaults(),
                _ -> {}));
    SplittableRandom random = new SplittableRandom(cluster.hashCode());
    double[] totals = new double[series];
    long[] references = new long[series];
    for (int sample = 0; sample < SAMPLES; sample++) {
      long time = end - (SAMPLES - sample) * INTERVAL + number * 7_000L;
      try (Appender appender = tsdb.appender()) {
        for (int i = 0; i < series; i++) {
          totals[i] += random.nextInt(100);
          if (sample == 0) {
            references[i] = appender.series(labels(i));
          }
          appender.append(references[i], time, totals[i]);
        }
        appender.commit();
      }
    }
    LocalStore store =
        new LocalStore(
            tsdb,
            new LocalStore.Description(
                "sidecar",
                () -> Labels.of("cluster", cluster, "replica", Integer.toString(number)),
                tsdb::minTime,
                EnumSet.noneOf(InfoResponse.Service.class)));
    return Endpoint.up(cluster + "-" + number, store, store.info());
  }

  private static Labels labels(int i) {
    return Labels.of(
        "__name__",
        "requests_total",
        "code",
        i % 5 == 0 ? "500" : "200",
        "instance",
        "10.0." + i / 250 + "." + i % 250 + ":8080",
        "job",
        "api");
  }

  private long measure(String how, String query, Ask ask) throws IOException, InterruptedException {
    long bytes = 0;
    double best = Double.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      long before = answered();
      long begun = System.nanoTime();
      double[] _ = ask.ask(query);
      best = Math.min(best, (System.nanoTime() - begun) / 1e6);
      bytes = answered() - before;
    }
    out.printf(Locale.ROOT, "%-18s %,14d bytes  %,9.0f ms%n", how, bytes, best);
    return bytes;
  }

  private long answered() {
    return proxies.stream().mapToLong(CountingProxy::answered).sum();
  }

  private double[] pushedDown(EndpointSet endpoints, String query) throws InterruptedException {
    Queryable base = new FederatedQueryable(new FanOut(endpoints::all, SCOPE), SCOPE);
    Optional<PushDown.Prepared> prepared =
        new PushDown(endpoints::all, TIMEOUT)
            .prepare(engine.parse(query), new Grid(at(), 0, 1), SCOPE, Duration.ZERO, base);
    return evaluate(prepared.orElseThrow().source(), prepared.orElseThrow().query());
  }

  private double[] whole(EndpointSet endpoints, String query) {
    return evaluate(new FederatedQueryable(new FanOut(endpoints::all, SCOPE), SCOPE), query);
  }

  private long at() {
    return end / 1000 * 1000 - 1000;
  }

  private double[] evaluate(Queryable source, String query) {
    Value value = engine.instant(source, query, at(), QueryOptions.DEFAULT).run().value();
    return ((Value.InstantVector) value)
        .series().stream().mapToDouble(column -> column.value(0)).sorted().toArray();
  }

  private Peer thanosQuery(Path thanos, List<String> addresses)
      throws IOException, InterruptedException {
    int port;
    try (var free = new java.net.ServerSocket(0)) {
      port = free.getLocalPort();
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                thanos.toString(),
                "query",
                "--http-address=127.0.0.1:" + port,
                "--grpc-address=127.0.0.1:0",
                "--query.replica-label=replica"));
    addresses.forEach(address -> command.add("--endpoint=" + address));
    Path home = Files.createDirectories(directory.resolve("thanos"));
    Peer peer = Peer.startPlain("thanos", command, home, port);
    double _ = peer.awaitReady(System.nanoTime());
    return peer;
  }

  private double[] thanosAnswer(Peer thanos, String query)
      throws IOException, InterruptedException {
    String answer =
        thanos.get("/api/v1/query?query=" + Peer.encoded(query) + "&time=" + at() / 1000);
    return VALUE
        .matcher(answer)
        .results()
        .mapToDouble(found -> Double.parseDouble(found.group(1)))
        .sorted()
        .toArray();
  }

  private static void same(double[] one, double[] other, String query) {
    boolean alike = one.length == other.length && one.length > 0;
    for (int i = 0; i < one.length && alike; i++) {
      alike = Math.abs(one[i] - other[i]) <= TOLERANCE * Math.abs(one[i]);
    }
    if (!alike) {
      throw new IllegalStateException(
          query + ": got " + Arrays.toString(one) + " and " + Arrays.toString(other));
    }
  }
}
