package io.oriel.search.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.search.SharedNode;
import io.oriel.search.query.Aggregation;
import io.oriel.search.query.Query;
import io.oriel.search.query.Scalar;
import io.oriel.search.query.SearchRequest;
import io.oriel.search.query.Sort;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkItem;
import io.oriel.wire.elastic.BulkOp;
import io.oriel.wire.elastic.BulkReply;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SearchClientTest {
  private static final long BASE = 1_700_000_000_000L;

  private SearchClient client = open();

  private static SearchClient open() {
    try {
      return SearchClient.create(SearchClientConfig.of(SharedNode.node().uri()), "test");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @BeforeEach
  void clean() throws Exception {
    client.indices().delete(List.of("client-*"));
  }

  @AfterEach
  void close() {
    client.close();
  }

  private static byte[] json(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void fill(String index, int documents) throws InterruptedException {
    BulkBody body = new BulkBody(10 << 20);
    for (int i = 0; i < documents; i++) {
      body.add(
          BulkAction.of(BulkOp.CREATE, index, "id-" + i),
          json(
              "{\"@timestamp\":"
                  + (BASE + 1_000L * i)
                  + ",\"n\":"
                  + i
                  + ",\"level\":\""
                  + (i % 3 == 0 ? "error" : "info")
                  + "\",\"message\":\"line "
                  + i
                  + "\"}"));
    }
    assertFalse(client.documents().bulk(body, Documents.Refresh.WAIT).hasErrors());
  }

  private void makeIndex(String index) throws InterruptedException {
    client
        .indices()
        .create(
            index,
            "{\"mappings\":{\"properties\":{\"@timestamp\":{\"type\":\"date\"},\"level\":{\"type\":\"keyword\"},\"n\":{\"type\":\"long\"}}}}");
  }

  @Test
  void knowsTheEmbeddedNodeAsElasticsearch() throws Exception {
    EngineInfo engine = client.engine();

    assertEquals(EngineInfo.Distribution.ELASTICSEARCH, engine.distribution());
    assertEquals("9.5.0", engine.version());
    assertEquals(9, engine.major());
    assertEquals("oriel", engine.clusterName());
  }

  @Test
  void tellsTheOutcomeOfEachBulkItem() throws Exception {
    makeIndex("client-bulk");
    BulkBody body = new BulkBody(1 << 20);
    body.add(BulkAction.of(BulkOp.CREATE, "client-bulk", "1"), json("{\"n\":1}"));
    body.add(BulkAction.of(BulkOp.CREATE, "client-bulk", "1"), json("{\"n\":1}"));
    body.add(BulkAction.of(BulkOp.INDEX, "client-bulk", "2"), json("{\"n\":\"no number\"}"));
    body.add(BulkAction.of(BulkOp.DELETE, "client-bulk", "9"), json(""));

    BulkReply reply = client.documents().bulk(body, Documents.Refresh.WAIT);

    assertTrue(reply.hasErrors());
    assertEquals(
        List.of(
            BulkItem.Outcome.STORED,
            BulkItem.Outcome.DUPLICATE,
            BulkItem.Outcome.REFUSED,
            BulkItem.Outcome.REFUSED),
        reply.items().stream().map(BulkItem::outcome).toList());
    assertTrue(reply.items().get(2).errorReason().contains("no number"));
  }

  @Test
  void refusesABulkBodyOverItsLimitAndKeepsWhatWasThere() {
    BulkBody body = new BulkBody(100);
    body.add(BulkAction.of(BulkOp.INDEX, "a", ""), json("{\"n\":1}"));

    assertThrows(
        LimitExceeded.class, () -> body.add(BulkAction.of(BulkOp.INDEX, "a", ""), new byte[99]));
    assertEquals(1, body.items());
  }

  @Test
  void findsSortsCountsAndAggregates() throws Exception {
    makeIndex("client-find");
    fill("client-find", 30);

    SearchAnswer answer =
        client
            .documents()
            .search(
                SearchRequest.of("client-find")
                    .withQuery(
                        Query.bool()
                            .withFilter(Query.term("level", "error"))
                            .withFilter(Query.range("n").atLeast(Scalar.of(3))))
                    .withSorts(List.of(Sort.desc("n")))
                    .withSize(2)
                    .withAggregation("levels", Aggregation.terms("level", 5))
                    .withAggregation(
                        "time",
                        Aggregation.dateHistogram("@timestamp", "10s")
                            .between(BASE, BASE + 29_000)
                            .with("largest", Aggregation.max("n")))
                    .withAggregation("ids", Aggregation.cardinality("n"))
                    .withAggregation("top", Aggregation.topHits(1, List.of(Sort.asc("n"))))
                    .withAggregation("p", Aggregation.percentiles("n", List.of(50.0)))
                    .withAggregation("sum", Aggregation.sum("n")));

    assertEquals(9, answer.total());
    assertTrue(answer.isTotalExact());
    assertFalse(answer.isPartial());
    assertEquals(List.of("id-27", "id-24"), answer.hits().stream().map(Hit::id).toList());
    assertEquals(List.of(Scalar.of(24)), answer.hits().get(1).sort());
    assertEquals("line 27", answer.hits().getFirst().source().path("message").asString());
    assertEquals("error", answer.aggregate("levels").buckets().getFirst().key());
    assertEquals(9, answer.aggregate("levels").buckets().getFirst().count());
    List<Aggregate.Bucket> time = answer.aggregate("time").buckets();
    assertEquals(
        List.of(BASE, BASE + 10_000, BASE + 20_000),
        time.stream().map(b -> b.keyNumber()).toList());
    assertEquals(27.0, time.get(2).inside("largest").value().orElseThrow());
    assertEquals(9.0, answer.aggregate("ids").value().orElseThrow());
    assertEquals("id-3", answer.aggregate("top").hits().getFirst().id());
    assertEquals(15.0, answer.aggregate("p").percentile(50).orElseThrow());
    assertEquals(135.0, answer.aggregate("sum").value().orElseThrow());
    assertEquals(30, client.documents().count(List.of("client-find"), Query.all()));
  }

  @Test
  void scansEverythingOnceOverOneState() throws Exception {
    makeIndex("client-scan");
    fill("client-scan", 250);
    Set<String> ids = new TreeSet<>();
    List<Long> order = new ArrayList<>();

    long seen =
        client
            .documents()
            .scan(
                SearchRequest.of("client-scan").withSize(40).withSorts(List.of(Sort.asc("n"))),
                hit -> {
                  ids.add(hit.id());
                  order.add(hit.source().path("n").asLong());
                  return true;
                });

    assertEquals(250, seen);
    assertEquals(250, ids.size());
    assertEquals(order.stream().sorted().toList(), order);
    assertEquals(
        7, client.documents().scan(SearchRequest.of("client-scan").withSize(5), new Seven()));
  }

  private static final class Seven implements java.util.function.Predicate<Hit> {
    private int left = 7;

    @Override
    public boolean test(Hit hit) {
      left--;
      return left > 0;
    }
  }

  @Test
  void answersSeveralSearchesEachForItself() throws Exception {
    makeIndex("client-many");
    fill("client-many", 3);

    List<Documents.Outcome> outcomes =
        client
            .documents()
            .searchAll(
                List.of(
                    SearchRequest.of("client-many"),
                    SearchRequest.of("client-many")
                        .withQuery(new Query.Regexp("level", "a{,", false)),
                    SearchRequest.of("client-absent")));

    assertEquals(3, ((Documents.Outcome.Found) outcomes.get(0)).answer().total());
    assertEquals(Kind.INVALID, ((Documents.Outcome.Refused) outcomes.get(1)).why().kind());
    assertEquals(0, ((Documents.Outcome.Found) outcomes.get(2)).answer().total());
  }

  @Test
  void listsFields() throws Exception {
    makeIndex("client-fields");
    fill("client-fields", 1);

    List<Documents.Field> fields = client.documents().fields(List.of("client-fields"), "*");

    assertEquals(
        List.of("@timestamp", "level", "message", "message.keyword", "n"),
        fields.stream().map(Documents.Field::name).toList());
    assertEquals(List.of("date"), fields.getFirst().types());
    assertFalse(fields.get(2).aggregatable());
  }

  @Test
  void keepsIndicesAliasesAndStreams() throws Exception {
    Indices indices = client.indices();

    assertEquals(
        Indices.Created.NOW,
        indices.create("client-000001", "{\"aliases\":{\"client-w\":{\"is_write_index\":true}}}"));
    assertEquals(Indices.Created.BEFORE, indices.create("client-000001", ""));
    assertTrue(indices.exists("client-000001"));
    Indices.Rollover rolled = indices.rollover("client-w", Map.of());
    assertEquals(new Indices.Rollover("client-000001", "client-000002", true), rolled);
    assertFalse(indices.rollover("client-w", Map.of("max_docs", "5")).rolledOver());
    assertEquals(
        Set.of(
            new Indices.Alias("client-000001", "client-w", false),
            new Indices.Alias("client-000002", "client-w", true)),
        Set.copyOf(indices.aliases("client-w")));
    indices.changeAliases(
        List.of(
            new Indices.AliasChange.Remove("client-000001", "client-w"),
            new Indices.AliasChange.Add("client-000001", "client-old", false)));
    assertEquals(1, indices.aliases("client-w").size());
    assertEquals(List.of(), indices.aliases("client-none"));
    indices.changeSettings(List.of("client-000002"), Map.of("index.refresh_interval", "7s"));
    assertEquals(
        "7s",
        indices
            .settings(List.of("client-000002"))
            .getOrDefault("client-000002", Map.of())
            .get("index.refresh_interval"));
    assertEquals(2, indices.stats(List.of("client-0*")).size());

    client
        .templates()
        .put(
            Templates.Kinds.INDEX,
            "client-stream",
            "{\"index_patterns\":[\"client.stream\"],\"data_stream\":{},\"version\":3}");
    assertEquals(
        3L, client.templates().version(Templates.Kinds.INDEX, "client-stream").orElseThrow());
    assertEquals(Indices.Created.NOW, indices.createDataStream("client.stream"));
    assertEquals(Indices.Created.BEFORE, indices.createDataStream("client.stream"));
    assertEquals(
        List.of(
            new Indices.DataStream(
                "client.stream", List.of(".ds-client.stream-000001"), "client-stream")),
        indices.dataStreams("client.*"));
    indices.deleteDataStream("client.stream");
    indices.deleteDataStream("client.stream");
    client.templates().delete(Templates.Kinds.INDEX, "client-stream");
    assertFalse(client.templates().exists(Templates.Kinds.INDEX, "client-stream"));
  }

  @Test
  void tellsOfNodesShardsAndIndices() throws Exception {
    makeIndex("client-view");
    fill("client-view", 2);

    assertEquals("oriel", client.cluster().health().cluster());
    ClusterView.Node node = client.cluster().nodes().getFirst();
    assertEquals("oriel-0", node.name());
    assertTrue(node.isManager());
    assertTrue(node.diskAvailableBytes() > 0);
    ClusterView.Index index = client.cluster().indices("client-view").getFirst();
    assertEquals(2, index.documents());
    assertEquals(0, index.replicas());
    assertEquals("green", index.health());
    ClusterView.Shard shard = client.cluster().shards("client-view").getFirst();
    assertEquals("STARTED", shard.state());
    assertEquals("oriel-0", shard.node());
    assertTrue(client.cluster().totals().documents() >= 2);
  }

  @Test
  void steersLifecycles() throws Exception {
    Lifecycle lifecycle = client.lifecycle();
    lifecycle.put(
        "client",
        "{\"phases\":{\"hot\":{\"actions\":{}}},\"_meta\":{\"by\":\"oriel\"}}",
        List.of());

    Lifecycle.Policy policy = lifecycle.get("client").orElseThrow();
    assertEquals(1, policy.version());
    assertTrue(policy.json().contains("\"by\":\"oriel\""));
    client.indices().create("client-life", "{\"settings\":{\"index.lifecycle.name\":\"client\"}}");
    io.oriel.search.Rest.await("the policy", () -> standing().step().equals("complete"));
    assertEquals("client", standing().policy());
    assertEquals("RUNNING", lifecycle.status());
    lifecycle.remove("client-life");
    assertFalse(standing().isManaged());
    assertEquals(
        Map.of("index.lifecycle.name", "client", "index.lifecycle.rollover_alias", "w"),
        lifecycle.indexSettings("client", "w"));
    OrielException refused =
        assertThrows(
            OrielException.class,
            () ->
                lifecycle.put(
                    "client",
                    "{\"phases\":{\"hot\":{\"actions\":{\"downsample\":{}}}}}",
                    List.of()));
    assertEquals(Kind.INVALID, refused.kind());
    lifecycle.delete("client");
    lifecycle.delete("client");
    assertTrue(lifecycle.get("client").isEmpty());
  }

  private Lifecycle.Standing standing() {
    try {
      return client.lifecycle().explain("client-life").getFirst();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void writesAndReadsSingleDocuments() throws Exception {
    String id = client.documents().index("client-one", "", "{\"a\":1}", Documents.Refresh.WAIT);

    assertEquals(
        1, client.documents().get("client-one", id).orElseThrow().source().path("a").asInt());
    assertTrue(client.documents().get("client-one", "none").isEmpty());
    assertTrue(client.documents().get("client-nowhere", "x").isEmpty());
    assertEquals(1, client.documents().deleteByQuery(List.of("client-one"), Query.all()));
    client.documents().delete("client-one", id);
  }

  @Test
  void goesOnWithTheNextUrlWhenOneIsDown() throws Exception {
    SearchClientConfig config =
        SearchClientConfig.of(List.of(URI.create("http://127.0.0.1:9"), SharedNode.node().uri()));
    try (SearchClient two = SearchClient.create(config, "test")) {
      assertEquals("oriel", two.engine().clusterName());
      two.documents().index("client-next", "", "{\"a\":1}", Documents.Refresh.WAIT);
      assertEquals(1, two.documents().count(List.of("client-next"), Query.all()));
    }
  }

  @Test
  void saysThatNothingAnswers() throws Exception {
    try (SearchClient none =
        SearchClient.create(SearchClientConfig.of(URI.create("http://127.0.0.1:9")), "test")) {
      OrielException failed = assertThrows(OrielException.class, none::engine);

      assertEquals(Kind.UNAVAILABLE, failed.kind());
    }
  }

  @Test
  void keepsTheEnginesReason() throws Exception {
    makeIndex("client-reason");
    EngineException refused =
        assertThrows(
            EngineException.class,
            () ->
                client
                    .documents()
                    .search(SearchRequest.of("client-reason").withQuery(Query.queryString("a:["))));
    assertEquals(Kind.INVALID, refused.kind());
    EngineException missing =
        assertThrows(
            EngineException.class, () -> client.indices().rollover("client-none", Map.of()));
    assertTrue(missing.reason().contains("client-none"), missing::reason);
  }
}
