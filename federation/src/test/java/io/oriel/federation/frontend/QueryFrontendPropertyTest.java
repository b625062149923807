package io.oriel.federation.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.frontend.FrontedQuery.Fault;
import io.oriel.federation.store.TestSeries;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.http.HttpResult;
import io.oriel.testkit.Seed;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Whatever is asked, in whatever order, with whatever remembered: the frontend says what the query
/// says.
class QueryFrontendPropertyTest {
  private static final long ORIGIN = 1_699_999_200_000L;
  private static final long SCRAPE = 15_000;
  private static final long FRESH = 60_000;
  private static final List<String> QUERIES =
      List.of(
          "up",
          "{job=\"a\"}",
          "rate(req_total[1m])",
          "rate(up[1m])",
          "sum(up)",
          "sum by (job) (rate(req_total[2m]))",
          "sum by (replica) (up)",
          "avg without (instance) (up)",
          "topk by (job) (1, up)",
          "count_values by (job) (\"v\", up)",
          "sum by (job) (up) / on (job) sum by (job) (req_total)",
          "req_total * on (job) group_left (instance) max by (job, instance) (up{instance=\"1\"})",
          "sum by (job) (up) or vector(1)",
          "sum by (job, x) (label_replace(up, \"x\", \"$1\", \"instance\", \"(.*)\"))",
          "sum by (__name__, job) ({job=\"a\"})",
          "sum by (job) ({__name__=~\"up|req_total\"}) or sum by (instance) (up)",
          "up @ " + (ORIGIN / 1000 + 600),
          "up @ " + (ORIGIN / 1000 + 3000),
          "up @ end()",
          "sum by (job) (up @ start())",
          "up offset 3m",
          "up offset -2m",
          "sum_over_time(up[4m] offset -1m)",
          "max_over_time(rate(req_total[1m])[5m:30s])",
          "sum by (job) (max_over_time(up[5m:1m] offset -90s))",
          "absent(up{job=\"c\"})",
          "sum by (job) (absent_over_time(up{job=\"c\"}[1m]))",
          "histogram_quantile(0.9, sum by (le, job) (rate(lat_bucket[2m])))",
          "time()",
          "up > scalar(sum(up)) / 4",
          "sum by (job) (",
          "1");

  private final SplittableRandom random = Seed.random("query-frontend");
  private long filled = ORIGIN;

  @Test
  void saysWhatTheQuerySays() throws IOException, InterruptedException {
    for (boolean align : new boolean[] {false, true}) {
      for (int shards : new int[] {0, 3}) {
        filled = ORIGIN;
        FrontendSettings.Range range =
            new FrontendSettings.Range(
                Duration.ofMinutes(10),
                align,
                2,
                Duration.ZERO,
                4,
                true,
                Optional.of(new CacheConfig(64 << 20, Duration.ZERO)),
                Duration.ofMillis(FRESH),
                shards);
        try (FrontedQuery fronted = new FrontedQuery(range)) {
          run(fronted, align);
        }
      }
    }
  }

  private void run(FrontedQuery fronted, boolean align) throws IOException, InterruptedException {
    fronted.now.set(ORIGIN + 1_800_000);
    fill(fronted);
    for (int i = 0; i < Seed.iterations(200); i++) {
      if (random.nextInt(5) == 0) {
        fronted.now.addAndGet(random.nextLong(90_000));
        fill(fronted);
      }
      long step = List.of(15_000L, 30_000L, 60_000L, 7_000L, 900_000L).get(random.nextInt(5));
      long start = ORIGIN + random.nextInt(30) * 60_000L + (random.nextInt(3) == 0 ? 3_500 : 0);
      long end = Math.min(start + random.nextInt(40) * 60_000L, fronted.now.get() + 60_000);
      end = Math.max(start, end);
      String query = QUERIES.get(random.nextInt(QUERIES.size()));
      String target = FrontedQuery.range(query, start, end, step);
      long first = align ? start / step * step : start;
      long last = align ? end / step * step : end;
      boolean whole = query.contains("@ end") || query.contains("@ start") || query.endsWith("(");
      HttpResult want =
          fronted.direct(whole ? target : FrontedQuery.range(query, first, last, step));
      Fault fault = random.nextInt(4) == 0 ? Fault.values()[random.nextInt(5)] : Fault.NONE;
      fronted.fault = whole && fault == Fault.ONCE ? Fault.NONE : fault;
      int before = fronted.requests.get();
      HttpResult got = fronted.fronted(target);
      boolean spared = fronted.requests.get() == before;
      fronted.fault = Fault.NONE;
      String about = query + " " + target + " " + fault + " at " + i + " " + Seed.replay(i);
      if (fault == Fault.NONE || fault == Fault.ONCE || spared) {
        assertEquals(want.text(), got.text(), about);
        assertEquals(want.status(), got.status(), about);
      } else if (fault == Fault.DOWN) {
        assertEquals(503, got.status(), about);
      }
    }
    double hits = total(fronted, "cortex_cache_hits");
    assertTrue(hits > 20, "hits " + hits);
  }

  static double total(FrontedQuery fronted, String name) {
    return fronted.registry.scrape(name::equals).stream()
        .flatMap(family -> family.getDataPoints().stream())
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  /// Up to now all samples but those of the last minute, of which some come later.
  private void fill(FrontedQuery fronted) {
    long until = fronted.now.get() - random.nextLong(FRESH);
    for (; filled <= until; filled += SCRAPE) {
      long at = (filled - ORIGIN) / SCRAPE;
      for (TestSeries into : List.of(fronted.series, fronted.twin)) {
        for (String job : List.of("a", "b")) {
          for (String instance : List.of("1", "2", "3")) {
            double own = job.hashCode() + Integer.parseInt(instance) * 0.1;
            into.add(labels("up", job, instance), filled, own * (1 + at % 7) / 3);
            into.add(labels("req_total", job, instance), filled, own * at);
            for (String le : List.of("0.1", "1", "+Inf")) {
              into.add(
                  labels("lat_bucket", job, instance).with("le", le),
                  filled,
                  at * (le.equals("+Inf") ? 4 : 1 + Double.parseDouble(le)));
            }
          }
        }
      }
    }
  }

  private static Labels labels(String name, String job, String instance) {
    return Labels.of("__name__", name, "instance", instance, "job", job);
  }
}
