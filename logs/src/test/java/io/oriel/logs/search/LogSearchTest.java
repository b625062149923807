package io.oriel.logs.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.logs.search.LogSearch.Direction;
import io.oriel.logs.search.LogSearch.LineAddress;
import io.oriel.logs.search.LogSearch.PageWish;
import io.oriel.logs.search.LogSearch.ValueCount;
import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.search.client.BulkBody;
import io.oriel.search.client.Documents.Refresh;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.client.Templates;
import io.oriel.search.node.SearchNode;
import io.oriel.search.node.SearchNodeConfig;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkOp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Log search against a real node: two clusters, one minute, a line a second each.
class LogSearchTest {
  private static final Instant START = Instant.parse("2026-11-27T10:00:00Z");
  private static final int LINES = 60;

  @TempDir private static Path directory;
  private static SearchNode node;
  private static SearchClient client;
  private static LogSearch search;

  @BeforeAll
  static void fill() throws IOException, InterruptedException {
    node = SearchNode.start(SearchNodeConfig.in(directory), InstantSource.system());
    client = SearchClient.create(SearchClientConfig.of(node.uri()), "test");
    client
        .templates()
        .put(
            Templates.Kinds.INDEX,
            "logs-test",
            """
            {"index_patterns":["logs-*"],"template":{"mappings":{"properties":{
              "@timestamp":{"type":"date"},"message":{"type":"text"},
              "cluster":{"type":"keyword"},"status":{"type":"integer"},
              "trace_id":{"type":"keyword"},
              "event":{"properties":{"ingested":{"type":"date"}}},
              "log":{"properties":{"offset":{"type":"long"},
                "file":{"properties":{"path":{"type":"keyword"}}}}},
              "kubernetes":{"properties":{"namespace":{"type":"keyword"}}}}}}}
            """);
    BulkBody body = new BulkBody(1 << 20);
    for (String cluster : List.of("dev-01", "prod-01")) {
      for (int i = 0; i < LINES; i++) {
        add(body, cluster, i, Instant.EPOCH);
      }
    }
    assertFalse(client.documents().bulk(body, Refresh.WAIT).hasErrors());
    search = new LogSearch(client, InstantSource.system());
  }

  private static void add(BulkBody body, String cluster, int i, Instant ingested) {
    String document =
        """
        {"@timestamp":"%s","cluster":"%s","message":"%s","status":%d,"trace_id":"t%d",
        "log":{"offset":%d,"file":{"path":"/var/log/%s.log"}},"kubernetes":{"namespace":"ns-%d"},
        "event.ingested":"%s"}"""
            .formatted(
                START.plusSeconds(i),
                cluster,
                i % 2 == 0 ? "request " + i + " served" : "timeout after " + i + " ms",
                i % 2 == 0 ? 200 : 504,
                i / 10,
                i * 100,
                i % 3 == 0 ? "a" : "b",
                i % 4,
                ingested)
            .replace("\n", "");
    byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
    body.add(
        BulkAction.of(BulkOp.CREATE, "logs-" + cluster + "-default", cluster + "-" + i), bytes);
  }

  @AfterAll
  static void stop() {
    client.close();
    node.close();
  }

  private static LogRequest all(String text, LogAccess access) {
    return new LogRequest(
        text, LogSyntax.KQL, START.toEpochMilli(), START.plusSeconds(LINES).toEpochMilli(), access);
  }

  private static LogRequest all(String text) {
    return all(text, LogAccess.everything());
  }

  private static long total(String text) throws InterruptedException {
    return search
        .page(all(text), new PageWish(0, Direction.NEWEST_FIRST, "", false, List.of()))
        .total();
  }

  private static LogAccess dev() {
    return new LogAccess(Set.of("dev-01"));
  }

  @Test
  void findsWhatIsAskedForInEitherLanguage() throws InterruptedException {
    assertEquals(120, total(""));
    assertEquals(60, total("message: timeout"));
    assertEquals(60, total("status >= 500"));
    assertEquals(30, total("timeout and cluster: dev-01"));
    assertEquals(60, total("kubernetes.namespace: (ns-1 or ns-2)"));
    assertEquals(
        30,
        total("kubernetes.namespace: ns-* and not kubernetes.namespace: (ns-1 or ns-2 or ns-3)"));
    assertEquals(2, total("message: \"timeout after 31 ms\""));
    assertEquals(60, total("message: time*"));
    assertEquals(0, total("message: \"after timeout\""));
    assertEquals(0, total("nothing: *"));
    assertEquals(20, total("trace_id: t3"));
    assertEquals(
        20,
        search
            .page(
                new LogRequest(
                    "trace_id:t3 AND status:[0 TO 999]",
                    LogSyntax.LUCENE,
                    START.toEpochMilli(),
                    START.plusSeconds(LINES).toEpochMilli(),
                    LogAccess.everything()),
                new PageWish(0, Direction.NEWEST_FIRST, "", false, List.of()))
            .total());
  }

  @Test
  void pagesShowEveryLineOnceInOrder() throws InterruptedException {
    List<String> ids = new ArrayList<>();
    String cursor = "";
    do {
      LogPage page =
          search.page(
              all(""), new PageWish(7, Direction.OLDEST_FIRST, cursor, true, List.of("message")));
      page.lines().forEach(line -> ids.add(line.id()));
      cursor = page.cursor();
    } while (!cursor.isEmpty());

    assertEquals(120, ids.size());
    assertEquals(120, new TreeSet<>(ids).size());
    assertTrue(ids.getFirst().endsWith("-0") && ids.getLast().endsWith("-59"), ids::toString);
    OrielException bad =
        assertThrows(
            OrielException.class,
            () ->
                search.page(
                    all(""), new PageWish(7, Direction.OLDEST_FIRST, "!", true, List.of())));
    assertEquals(Kind.INVALID, bad.kind());
  }

  @Test
  void nobodySeesAnotherClustersLines() throws InterruptedException {
    for (String text :
        List.of(
            "", "cluster: prod-01", "cluster: *", "not cluster: dev-01", "* or cluster: prod-01")) {
      LogPage page =
          search.page(
              all(text, dev()), new PageWish(100, Direction.NEWEST_FIRST, "", false, List.of()));
      assertTrue(page.lines().stream().allMatch(line -> line.id().startsWith("dev-01")), text);
    }
    assertEquals(
        Kind.NOT_FOUND,
        assertThrows(
                OrielException.class,
                () ->
                    search.around(
                        new LineAddress("logs-prod-01-default", "prod-01-5"), dev(), 2, 2, false))
            .kind());
    assertEquals(10, search.trace("t2", dev(), 100).lines().size());
  }

  @Test
  void countsOverTimeAndByField() throws InterruptedException {
    LogHistogram histogram = search.histogram(all(""), 10_000, "cluster");

    assertEquals(6, histogram.bars().size());
    assertEquals(
        new LogHistogram.Bar(START.toEpochMilli(), 20, Map.of("dev-01", 10L, "prod-01", 10L)),
        histogram.bars().getFirst());
    assertEquals(120, histogram.total());
    assertEquals(List.of(), histogram.warnings());
    assertEquals(1_000, search.histogram(all(""), 0, "").intervalMillis());
    assertThrows(OrielException.class, () -> search.histogram(all(""), 1, ""));
  }

  @Test
  void tellsFieldsAndTheirValues() throws InterruptedException {
    assertEquals("keyword", search.fields(dev()).get("kubernetes.namespace"));
    assertEquals(
        List.of(new ValueCount("ns-0", 30), new ValueCount("ns-1", 30)),
        search.values(all(""), "kubernetes.namespace", "ns", 2));
    FieldSummary summary = search.summary(all("", dev()), 1_000);
    FieldSummary.Field status =
        summary.fields().stream()
            .filter(field -> field.name().equals("status"))
            .findFirst()
            .orElseThrow();
    assertEquals(60, summary.sampled());
    assertEquals(60, status.present());
    assertEquals(List.of(new ValueCount("200", 30), new ValueCount("504", 30)), status.top());
  }

  @Test
  void showsWhatSurroundsALine() throws InterruptedException {
    LogSurroundings found =
        search.around(new LineAddress("logs-dev-01-default", "dev-01-30"), dev(), 2, 3, false);

    assertEquals(
        List.of("dev-01-28", "dev-01-29", "dev-01-30", "dev-01-31", "dev-01-32", "dev-01-33"),
        found.lines().stream().map(LogLine::id).toList());
    assertEquals(2, found.position());
    assertEquals(
        List.of("dev-01-27", "dev-01-30", "dev-01-33"),
        search
            .around(new LineAddress("logs-dev-01-default", "dev-01-30"), dev(), 1, 1, true)
            .lines()
            .stream()
            .map(LogLine::id)
            .toList());
  }

  @Test
  void putsLikeLinesTogether() throws InterruptedException {
    PatternSummary summary = search.patterns(all(""), 1_000, 10);

    assertEquals(
        List.of("request <*> served", "timeout after <*> ms"),
        summary.patterns().stream().map(PatternSummary.Pattern::text).sorted().toList());
  }

  @Test
  void exportsEverythingOrSaysThatItDoesNot() throws InterruptedException, IOException {
    List<String> ids = new ArrayList<>();
    assertEquals(120, search.export(all(""), 1_000, line -> ids.add(line.id())));
    assertEquals(120, new TreeSet<>(ids).size());
    ids.clear();

    assertThrows(LimitExceeded.class, () -> search.export(all(""), 50, line -> ids.add(line.id())));

    assertEquals(50, ids.size());
  }

  @Test
  void followsLinesAsTheyComeLateOnesToo() throws InterruptedException {
    LogTail tail = search.tail("message: tailed", LogSyntax.KQL, LogAccess.everything());
    assertEquals(List.of(), tail.next());
    BulkBody body = new BulkBody(1 << 20);
    Instant now = Instant.now();
    for (int i = 0; i < 3; i++) {
      byte[] late =
          "{\"@timestamp\":\"2020-01-01T00:00:00Z\",\"cluster\":\"tail-01\",\"message\":\"tailed %d\",\"event.ingested\":\"%s\"}"
              .formatted(i, now.plusMillis(i))
              .getBytes(StandardCharsets.UTF_8);
      body.add(BulkAction.of(BulkOp.CREATE, "logs-tail-01-default", "tail-" + i), late);
    }
    assertFalse(client.documents().bulk(body, Refresh.WAIT).hasErrors());

    assertEquals(
        List.of("tail-0", "tail-1", "tail-2"), tail.next().stream().map(LogLine::id).toList());
    assertEquals(List.of(), tail.next());
  }

  @Test
  void keepsSearches() throws InterruptedException {
    SavedSearches saved = new SavedSearches(client);
    SavedSearch one =
        new SavedSearch("errors/all", "status >= 500", LogSyntax.KQL, List.of("message"), "d");

    assertEquals(List.of(), saved.all());
    saved.put(one);
    saved.put(one);
    assertEquals(List.of(one), saved.all());
    assertEquals(one, saved.get("errors/all"));
    saved.delete("errors/all");
    assertThrows(OrielException.class, () -> saved.get("errors/all"));
  }

  @Test
  void aQueryThatIsNoneIsRefused() {
    assertEquals(
        Kind.INVALID, assertThrows(OrielException.class, () -> total("message: (a or")).kind());
  }
}
