package io.oriel.app.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.app.Asking;
import io.oriel.app.role.collect.CollectPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Spans from applications in two clusters to the trace API of the operations cluster, through
/// collectors, gateway and engine over mutual TLS, while each of these is stopped and started; and
/// what is told from them on the way.
@Tag("it")
class TraceDrillTest {
  private static final int PATIENCE_SECONDS = 120;
  private static final int SCRAPE_MILLIS = 500;
  private static final int QUERIES = 5;

  /** For a query's trace, four a second. */
  private static final int LOOKS = 120;

  @TempDir private Path directory;
  private Platform platform;
  private Addresses addresses;
  private Asking asking;
  private Application dev;
  private Application prod;
  private Path podLog;

  @BeforeEach
  void start() throws Exception {
    podLog =
        Files.createDirectories(directory.resolve("pods"))
            .resolve(
                Application.POD + "_" + Application.NAMESPACE + "_app-" + "0".repeat(64) + ".log");
    Topology.LongTerm blocks = Topology.LongTerm.standard();
    Topology topology =
        new Topology(
            List.of(
                new Topology.Cluster(
                    "dev-01", "dev", 1, "1d", blocks, List.of(), List.of(podLog.toString())),
                new Topology.Cluster("prod-01", "prod", 1, "1d", blocks, List.of(), List.of()),
                new Topology.Cluster("ops-01", "ops", 1, "1d", blocks, List.of(), List.of())),
            "",
            SCRAPE_MILLIS,
            "ops-01",
            Topology.EMBEDDED,
            new Topology.Tracing(true, Map.of("prod", 0.02, "ops", 1.0)));
    int base = Asking.freePorts();
    addresses = Addresses.of(topology, base);
    asking = new Asking();
    platform = Platform.start(topology, directory.resolve("data"), base, "test", _ -> {});
    dev = new Application(addresses.of("dev-01").collect().of(CollectPort.OTLP_GRPC));
    prod = new Application(addresses.of("prod-01").collect().of(CollectPort.OTLP_GRPC));
  }

  @AfterEach
  void stop() {
    dev.close();
    prod.close();
    asking.close();
    platform.close();
  }

  private void orders(int count) {
    for (int i = 0; i < count; i++) {
      dev.order();
      prod.order();
    }
  }

  /// `trace/span` of every document there is in an environment, one that is there twice twice; but
  /// for the platform's own spans.
  private List<String> documents(String environment) throws Exception {
    JsonNode answer =
        asking.get(
            "http://" + addresses.logs().engine(),
            "/jaeger-"
                + environment
                + "-jaeger-span-*/_search?size=10000&filter_path=hits.hits._source");
    List<String> found = new ArrayList<>();
    for (JsonNode hit : answer.at("/hits/hits")) {
      JsonNode span = hit.path("_source");
      assertEquals(environment + "-01", span.path("cluster").asString(""), "the gateway's stamp");
      if (span.at("/process/serviceName").asString("").startsWith("oriel-")) {
        continue;
      }
      found.add(span.path("traceID").asString("") + "/" + span.path("spanID").asString(""));
    }
    return found.stream().sorted().toList();
  }

  private interface Question<T> {
    T ask() throws Exception;
  }

  /// Asks until the answer is as wanted, or for a long time; the last answer.
  private static <T> T await(Question<T> question, Predicate<T> wanted) throws Exception {
    for (int i = 0; i < PATIENCE_SECONDS * 4; i++) {
      try {
        T answer = question.ask();
        if (wanted.test(answer)) {
          return answer;
        }
      } catch (IOException
          | io.oriel.model.error.OrielException
          | tools.jackson.core.JacksonException _) {
        // it is not there yet, not back, or too busy to answer in time
      }
      Thread.sleep(250);
    }
    return question.ask();
  }

  private void awaitAll() throws Exception {
    assertEquals(
        dev.taken(), await(() -> documents("dev"), found -> found.size() >= dev.taken().size()));
    assertEquals(
        prod.taken(), await(() -> documents("prod"), found -> found.size() >= prod.taken().size()));
  }

  private JsonNode traces(String path) throws Exception {
    return asking.get(addresses.traces().url(), path);
  }

  /// The tags of the process of a trace's first span.
  private static Map<String, String> processTags(JsonNode trace) {
    Map<String, String> tags = new java.util.TreeMap<>();
    JsonNode processes = trace.at("/data/0/processes");
    for (JsonNode tag : processes.iterator().next().path("tags")) {
      tags.put(tag.path("key").asString(""), tag.path("value").asString(""));
    }
    return tags;
  }

  @Test
  void everySpanThatWasTakenIsFoundOnceWhateverIsDownMeanwhile() throws Exception {
    orders(20);
    assertEquals(60, dev.taken().size());
    awaitAll();

    platform.roles().stop("ops-01-gateway");
    orders(10);
    assertEquals(90, dev.taken().size(), "the queue has room");
    platform.roles().start("ops-01-gateway");
    awaitAll();

    platform.roles().stop("ops-01-search");
    orders(10);
    JsonNode down =
        asking.await(
            addresses.of("dev-01").metrics().getFirst().url(),
            "oriel_collector_engine_up",
            answer -> Asking.only(answer) == 0);
    assertEquals("success", down.path("status").asString(), down::toString);
    platform.roles().start("ops-01-search");
    awaitAll();
    assertEquals(0, dev.refused() + prod.refused());

    int before = dev.taken().size();
    platform.roles().stop("dev-01-collect");
    dev.order();
    assertEquals(3, dev.refused(), "the sender is told");
    platform.roles().start("dev-01-collect");
    await(
        () -> {
          dev.order();
          return dev.taken().size();
        },
        taken -> taken > before);
    awaitAll();
  }

  @Test
  void aTraceLeadsToItsClusterItsLogsAndItsRates() throws Exception {
    String inDev = dev.order();
    String inProd = prod.order();
    long now = Instant.now().toEpochMilli();
    Files.writeString(
        podLog,
        line("order taken", ",\"trace_id\":\"" + inDev + "\"") + line("about the same time", ""));
    for (String cluster : List.of("dev-01", "prod-01")) {
      String id = cluster.equals("dev-01") ? inDev : inProd;
      JsonNode trace =
          await(
              () -> traces("/api/traces/" + id), answer -> answer.at("/data/0/spans").size() == 3);
      assertEquals(3, trace.at("/data/0/spans").size(), trace::toString);
      Map<String, String> tags = processTags(trace);
      assertEquals(cluster, tags.get("cluster"));
      assertEquals(cluster.replace("-01", ""), tags.get("environment"));
    }

    dependenciesShowUp(now);
    exemplarsLeadToTraces();
    linesAndSpansLeadToEachOther(inDev);
    theRolesSayHowTheyAre();
    aGlobalQueryIsOneTraceAcrossClusters();
    logDeliveriesAndQueriesAreSpans();
  }

  /// Of the operations cluster, all of whose work is sampled.
  private void logDeliveriesAndQueriesAreSpans() throws Exception {
    for (Map.Entry<String, String> work :
        Map.of(
                "oriel-ship", "deliver logs",
                "oriel-search", "GET /api/v1/logs/search",
                "oriel-traces", "GET /api/traces")
            .entrySet()) {
      JsonNode found =
          await(
              () -> {
                JsonNode _ =
                    logs("/api/v1/logs/search?cluster=ops-01&query=" + Asking.encoded("*"));
                return traces(
                    "/api/traces?service="
                        + work.getKey()
                        + "&limit=5&lookback=10m&operation="
                        + Asking.encoded(work.getValue()));
              },
              answer -> !answer.path("data").isEmpty());
      assertTrue(found.toString().contains(work.getValue()), () -> work + ": " + found);
      if (work.getKey().equals("oriel-ship")) {
        assertTrue(found.toString().contains("oriel-gateway"), () -> "goes on there: " + found);
      }
    }
  }

  /// The query goes on with a trace that we have begun, so that we know which one to look for; it
  /// is asked again under another id when a cluster was not asked in time.
  private void aGlobalQueryIsOneTraceAcrossClusters() throws Exception {
    Set<String> clusters = Set.of("ops-01", "dev-01", "prod-01");
    Set<String> seen = Set.of();
    for (int i = 1; i <= QUERIES && !seen.equals(clusters); i++) {
      String trace = "%032x".formatted(System.nanoTime() + i);
      seen = clustersOfAQuery(trace, clusters);
    }
    assertEquals(clusters, seen);
    JsonNode own =
        await(
            () ->
                traces(
                    "/api/traces?service=oriel-query&limit=20&lookback=10m&operation="
                        + Asking.encoded("GET /api/v1/query")),
            found -> !found.path("data").isEmpty());
    assertTrue(own.toString().contains("GET /api/v1/query"), own::toString);
  }

  private Set<String> clustersOfAQuery(String trace, Set<String> wanted) throws Exception {
    await(
        () ->
            asking.get(
                addresses.globalQuery().url(),
                "/api/v1/query?query=" + Asking.encoded("sum(up)"),
                "00-" + trace + "-00000000000000aa-01"),
        answer -> answer.path("status").asString("").equals("success"));
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < LOOKS && !seen.equals(wanted); i++) {
      Thread.sleep(250);
      JsonNode found = await(() -> traces("/api/traces/" + trace), _ -> true);
      for (JsonNode process : found.at("/data/0/processes")) {
        for (JsonNode tag : process.path("tags")) {
          if (tag.path("key").asString("").equals("cluster")) {
            seen.add(tag.path("value").asString(""));
          }
        }
      }
    }
    return seen;
  }

  /// As a container runtime writes it, with what a shipper in a cluster knows of the pod.
  private static String line(String message, String more) {
    return Instant.now()
        + " stdout F {\"message\":\""
        + message
        + "\",\"kubernetes\":{\"namespace\":\""
        + Application.NAMESPACE
        + "\",\"pod\":{\"name\":\""
        + Application.POD
        + "\"}}"
        + more
        + "}\n";
  }

  private void dependenciesShowUp(long around) throws Exception {
    JsonNode links =
        await(
            () -> traces("/api/dependencies?lookback=600000&endTs=" + (around + 300_000)),
            answer -> answer.toString().contains("\"child\":\"cart\",\"callCount\":2"));
    // one call in each cluster; shop calls itself on the way, as upstream counts it
    assertTrue(
        links.toString().contains("{\"parent\":\"shop\",\"child\":\"cart\",\"callCount\":2"),
        links::toString);
  }

  private void exemplarsLeadToTraces() throws Exception {
    String metrics = addresses.of("dev-01").metrics().getFirst().url();
    String series = "{service_name=\"shop\",span_kind=\"SPAN_KIND_SERVER\"}";
    JsonNode calls =
        asking.await(
            metrics,
            "traces_span_metrics_calls_total" + series,
            answer -> Asking.only(answer) == 1);
    assertEquals(List.of("dev-01"), Asking.labels(calls, "cluster"));
    long now = Instant.now().getEpochSecond();
    JsonNode exemplars =
        asking.get(
            metrics,
            "/api/v1/query_exemplars?query="
                + Asking.encoded("traces_span_metrics_duration_milliseconds_bucket" + series)
                + "&start="
                + (now - 600)
                + "&end="
                + (now + 60));
    String trace = exemplars.at("/data/0/exemplars/0/labels/trace_id").asString("");
    assertEquals(32, trace.length(), exemplars::toString);

    JsonNode summary = traces("/api/exemplars/" + trace);
    assertTrue(summary.toString().contains(trace), summary::toString);
    JsonNode elsewhere =
        asking.query(
            addresses.of("prod-01").metrics().getFirst().url(),
            "traces_span_metrics_calls_total{cluster=\"dev-01\"}",
            "");
    assertTrue(elsewhere.at("/data/result").isEmpty(), "each cluster counts its own");
  }

  private JsonNode logs(String path) throws Exception {
    return asking.get("http://" + addresses.logs().search(), path);
  }

  private void linesAndSpansLeadToEachOther(String trace) throws Exception {
    JsonNode byTrace =
        await(
            () -> logs("/api/v1/logs/trace/" + trace),
            page -> page.toString().contains("order taken"));
    assertTrue(byTrace.toString().contains("order taken"), byTrace::toString);
    assertFalse(byTrace.toString().contains("about the same time"), byTrace::toString);

    JsonNode spans = traces("/api/traces/" + trace).at("/data/0/spans");
    String shops =
        Stream.iterate(0, i -> i + 1)
            .limit(spans.size())
            .map(spans::get)
            .filter(span -> span.path("operationName").asString("").equals("POST /order"))
            .map(span -> span.path("spanID").asString(""))
            .findFirst()
            .orElseThrow();
    JsonNode link = traces("/api/traces/" + trace + "/spans/" + shops + "/logs").path("data");
    assertEquals("dev-01", link.path("cluster").asString(""), link::toString);
    JsonNode sameTrace = logs(link.path("byTrace").asString(""));
    assertTrue(sameTrace.toString().contains("order taken"), sameTrace::toString);
    String around =
        "/api/v1/logs/search?cluster="
            + link.path("cluster").asString("")
            + "&start="
            + Asking.encoded(link.path("start").asString(""))
            + "&end="
            + Asking.encoded(link.path("end").asString(""))
            + "&query="
            + Asking.encoded(link.path("query").asString(""));
    JsonNode ofPod =
        await(() -> logs(around), page -> page.toString().contains("about the same time"));
    assertTrue(ofPod.toString().contains("about the same time"), () -> link + "\n" + ofPod);
    assertTrue(ofPod.toString().contains("order taken"), ofPod::toString);
    JsonNode nextPod = logs(around.replace(Application.POD, "shop-1"));
    assertFalse(nextPod.toString().contains("order taken"), nextPod::toString);
  }

  private void theRolesSayHowTheyAre() throws Exception {
    for (String job : List.of("oriel-collect", "span-metrics", "oriel-traces")) {
      JsonNode up =
          asking.await(
              addresses.of("ops-01").metrics().getFirst().url(),
              "up{job=\"" + job + "\"}",
              answer -> Asking.only(answer) == 1);
      assertEquals(List.of("ops-01"), Asking.labels(up, "cluster"));
    }
    JsonNode rules = asking.get(addresses.of("dev-01").metrics().getFirst().url(), "/api/v1/rules");
    assertTrue(rules.toString().contains("OrielCollectQueueAlmostFull"), rules::toString);
    for (Map.Entry<String, Double> told : Map.of("dev-01", 0.1, "prod-01", 0.02).entrySet()) {
      JsonNode strategy =
          asking.get(
              "http://" + addresses.of(told.getKey()).collect().of(CollectPort.SAMPLING_HTTP),
              "/sampling?service=shop");
      assertEquals(
          told.getValue(),
          strategy.at("/probabilisticSampling/samplingRate").asDouble(),
          strategy::toString);
    }
  }
}
