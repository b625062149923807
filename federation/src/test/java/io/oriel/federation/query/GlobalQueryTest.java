package io.oriel.federation.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.dedup.Deduplication;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Warning;
import io.oriel.promql.QueryOptions;
import io.oriel.promql.QueryResult;
import io.oriel.promql.parse.Expr;
import io.oriel.promql.value.Column;
import io.oriel.promql.value.Grid;
import io.oriel.promql.value.Value;
import io.oriel.runtime.dns.DnsResolver;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.testkit.Seed;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.ShardInfo;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A global query over the local queries of three clusters, over gRPC.
class GlobalQueryTest {
  private static final long STEP = 15_000;
  private static final int SAMPLES = 120;
  private static final QueryScope SCOPE = QueryScope.standard(List.of("replica"));

  private final Closer closer = new Closer();
  private final List<Cluster> clusters = new ArrayList<>();
  private EndpointSet endpoints;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    SplittableRandom random = Seed.random("global");
    for (String name : List.of("dev-01", "prod-01", "stag-01")) {
      Cluster cluster = closer.push(new Cluster(name));
      clusters.add(cluster);
      fill(cluster, random);
    }
    PrometheusRegistry registry = new PrometheusRegistry();
    GrpcMetrics metrics = GrpcMetrics.ofClient(registry);
    List<String> addresses = clusters.stream().map(Cluster::address).toList();
    endpoints =
        closer.push(
            new EndpointSet(
                new EndpointSet.Access(
                    () -> EndpointSpec.of(addresses),
                    DnsResolver.system(),
                    (address, _) -> GrpcClient.create(GrpcClientConfig.plain(address), metrics),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(20)),
                InstantSource.system(),
                new EndpointSet.Metrics(registry)));
    endpoints.refresh();
  }

  @AfterEach
  void stop() {
    closer.close();
  }

  private static void fill(Cluster cluster, SplittableRandom random) {
    for (int pod = 0; pod < 4; pod++) {
      Labels counter =
          Labels.of(
              "__name__", "requests_total", "pod", "p" + pod, "code", pod % 2 == 0 ? "200" : "500");
      Labels gauge = Labels.of("__name__", "up", "pod", "p" + pod);
      double total = random.nextInt(1000);
      for (int i = 0; i < SAMPLES; i++) {
        total += random.nextInt(50);
        if (random.nextInt(40) == 0) {
          total = 0;
        }
        cluster.add(counter, i * STEP, total);
        if (pod > 0 || i > SAMPLES / 2) {
          cluster.add(gauge, i * STEP, random.nextInt(2));
        }
      }
    }
  }

  private FederatedQueryable source(QueryScope scope) {
    return new FederatedQueryable(new FanOut(endpoints::all, scope), scope);
  }

  private QueryResult instant(String query, QueryScope scope) {
    return Cluster.ENGINE.instant(source(scope), query, SAMPLES * STEP, QueryOptions.DEFAULT).run();
  }

  private static List<Column> vector(QueryResult result) {
    return ((Value.InstantVector) result.value()).series();
  }

  @Test
  void replicasAreOneSeriesPerCluster() {
    QueryResult result = instant("count by (cluster) (up)", SCOPE);

    assertEquals(List.of(), result.warnings());
    assertEquals(3, vector(result).size());
    vector(result).forEach(column -> assertEquals(4, column.value(0)));
  }

  @Test
  void withoutDeduplicationReplicasStayApart() {
    assertEquals(24, vector(instant("up", QueryScope.standard(List.of()))).size());
  }

  @Test
  void storeMatchersAndExternalLabelsSelectClusters() {
    QueryScope one =
        new QueryScope(
            List.of("replica"),
            SCOPE.deduplication(),
            0,
            PartialResponse.WARN,
            List.of(
                List.of(
                    Matcher.of(Matcher.Type.EQUAL, "__address__", clusters.getFirst().address()))),
            ShardInfo.none());

    assertEquals(4, vector(instant("up", one)).size());
    assertEquals(8, vector(instant("up{cluster=~\"dev-01|prod-01\"}", SCOPE)).size());
    assertEquals(0, vector(instant("up{cluster=\"none\"}", SCOPE)).size());
  }

  @Test
  void aKilledClusterIsNamedAndTheOthersAnswer() throws InterruptedException {
    clusters.getFirst().close();
    QueryResult unnoticed = instant("up", SCOPE);
    endpoints.refresh();
    QueryResult noticed = instant("up", SCOPE);

    for (QueryResult result : List.of(unnoticed, noticed)) {
      assertEquals(8, vector(result).size());
      List<String> texts = result.warnings().stream().map(Warning::text).toList();
      assertTrue(
          texts.stream().anyMatch(text -> text.contains("cluster=\"dev-01\"")), texts::toString);
    }
    OrielException failure =
        assertThrows(OrielException.class, () -> instant("up", SCOPE.with(PartialResponse.ABORT)));
    assertEquals(Kind.UNAVAILABLE, failure.kind());
  }

  @Test
  void pushedAggregationsAnswerTheSame() throws Exception {
    List<String> queries =
        List.of(
            "sum by (cluster) (rate(requests_total[2m]))",
            "sum(rate(requests_total[2m]))",
            "sum by (code) (increase(requests_total[3m])) / on() group_left() sum(increase(requests_total[3m]))",
            "max without (pod) (requests_total)",
            "min by (code) (requests_total) > 100",
            "count(up == 1)",
            "count by (cluster) (up)",
            "group by (pod) (up)",
            "topk(2, sum by (pod) (rate(requests_total[1m])))",
            "max(sum by (cluster) (requests_total))",
            "sum by (cluster) (max_over_time(up[2m:30s]))",
            "sum(requests_total offset 2m) - sum(requests_total)",
            "sum(up{pod=\"p0\"})",
            "avg by (cluster) (requests_total)",
            "sum(requests_total @ 600)",
            "-sum(-requests_total)");
    int pushed = 0;
    for (String query : queries) {
      for (Grid grid : List.of(new Grid(600_000, 0, 1), Grid.between(0, SAMPLES * STEP, 45_000))) {
        Value undistributed = run(query, grid, source(SCOPE));
        Optional<PushDown.Prepared> prepared =
            new PushDown(endpoints::all, Duration.ofSeconds(20))
                .prepare(Cluster.ENGINE.parse(query), grid, SCOPE, Duration.ZERO, source(SCOPE));
        if (prepared.isPresent()) {
          pushed++;
          assertSame(
              query, undistributed, run(prepared.get().query(), grid, prepared.get().source()));
          assertFalse(prepared.get().explain().isEmpty());
        }
      }
    }
    assertEquals(30, pushed);
  }

  private static Value run(String query, Grid grid, io.oriel.model.series.Queryable source) {
    return grid.stepMillis() == 0
        ? Cluster.ENGINE
            .instant(source, query, grid.startMillis(), QueryOptions.DEFAULT)
            .run()
            .value()
        : Cluster.ENGINE.range(source, query, grid, QueryOptions.DEFAULT).run().value();
  }

  private static void assertSame(String query, Value want, Value got) {
    List<Column> wanted = columns(want);
    List<Column> found = columns(got);
    assertEquals(
        wanted.stream().map(Column::labels).toList(),
        found.stream().map(Column::labels).toList(),
        query);
    for (int i = 0; i < wanted.size(); i++) {
      for (int step = 0; step < wanted.get(i).steps(); step++) {
        double w = wanted.get(i).value(step);
        double f = found.get(i).value(step);
        assertEquals(wanted.get(i).isPresent(step), found.get(i).isPresent(step), query);
        if (wanted.get(i).hasFloat(step)) {
          assertEquals(w, f, Math.abs(w) * 1e-12 + 1e-300, query);
        }
      }
    }
  }

  private static List<Column> columns(Value value) {
    return switch (value) {
      case Value.InstantVector vector ->
          vector.series().stream().sorted(java.util.Comparator.comparing(Column::labels)).toList();
      case Value.RangeMatrix matrix -> matrix.series();
      default -> throw new AssertionError("got " + value);
    };
  }

  @Test
  void whatCrossesIsSmallAndNamed() throws Exception {
    PushDown.Prepared prepared =
        new PushDown(endpoints::all, Duration.ofSeconds(20))
            .prepare(
                Cluster.ENGINE.parse("sum by (cluster) (rate(requests_total[1m]))"),
                new Grid(600_000, 0, 1),
                SCOPE,
                Duration.ZERO,
                source(SCOPE))
            .orElseThrow();

    assertEquals(3, prepared.crossed().size());
    prepared.crossed().forEach(crossing -> assertEquals(1, crossing.series()));
    assertTrue(prepared.explain().contains("here: sum by (cluster) ({__oriel_pushed__=\"0\"})"));
  }

  @Test
  void scopesThatTheProtocolCannotSayAreFetched() throws Exception {
    Grid grid = new Grid(600_000, 0, 1);
    Expr sum = Cluster.ENGINE.parse("sum(up)");
    PushDown pushDown = new PushDown(endpoints::all, Duration.ofSeconds(20));
    QueryScope interval =
        new QueryScope(
            List.of("replica"),
            Deduplication.INTERVAL,
            0,
            PartialResponse.WARN,
            List.of(),
            ShardInfo.none());
    assertTrue(pushDown.prepare(sum, grid, SCOPE, Duration.ZERO, source(SCOPE)).isPresent());
    assertTrue(pushDown.prepare(sum, grid, interval, Duration.ZERO, source(interval)).isEmpty());
  }

  @Test
  void whatDoesNotDistributeIsFetched() throws Exception {
    for (String query :
        List.of(
            "sum(absent(up))",
            "sum(label_replace(up, \"cluster\", \"x\", \"\", \"\"))",
            "sum(up * on (pod) group_left () requests_total)",
            "stddev(up)",
            "up",
            "max_over_time(sum(up)[5m:1m])",
            "sum(max by (pod) (up))",
            "sum(vector(1))")) {
      Optional<PushDown.Prepared> prepared =
          new PushDown(endpoints::all, Duration.ofSeconds(20))
              .prepare(
                  Cluster.ENGINE.parse(query),
                  new Grid(600_000, 0, 1),
                  SCOPE,
                  Duration.ZERO,
                  source(SCOPE));
      boolean inner = prepared.map(each -> each.query().startsWith("sum(")).orElse(false);

      assertTrue(prepared.isEmpty() || (query.equals("sum(max by (pod) (up))") && inner), query);
    }
  }
}
