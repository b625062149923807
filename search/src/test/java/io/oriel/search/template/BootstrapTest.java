package io.oriel.search.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.search.Rest;
import io.oriel.search.SharedNode;
import io.oriel.search.client.BulkBody;
import io.oriel.search.client.Documents;
import io.oriel.search.client.Hit;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.query.Query;
import io.oriel.search.query.SearchRequest;
import io.oriel.search.query.Sort;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkOp;
import io.oriel.wire.elastic.BulkReply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  /** Senders say one, the other, or both; both find all of them. */
  private static final List<String> NAMES =
      List.of(
          "\"trace_id\":\"abc\"",
          "\"trace\":{\"id\":\"abc\"}",
          "\"trace_id\":\"abc\",\"trace\":{\"id\":\"abc\"}");

  private final Rest rest = SharedNode.rest();
  private SearchClient client = open();

  private static SearchClient open() {
    try {
      return SearchClient.create(SearchClientConfig.of(SharedNode.node().uri()), "test");
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @BeforeEach
  void start() throws Exception {
    client.indices().delete(List.of("boot-*"));
  }

  @AfterEach
  void close() {
    client.close();
  }

  private static StoreTemplate spans(String alias) {
    return new StoreTemplate(
        alias,
        List.of(alias + "-*"),
        210,
        1,
        "{\"properties\":{\"startTime\":{\"type\":\"long\"}}}",
        StoreTemplates.shardSettings(ShardPlan.of(1, 1)),
        alias + "-p",
        alias,
        alias + "-read");
  }

  @Test
  void takesLogsWithoutAnExplosionOfFields() throws Exception {
    Bootstrap bootstrap = new Bootstrap(client);
    bootstrap.policy(StoreTemplates.LOGS, Retention.logs(), List.of("logs-*-*"));
    bootstrap.template(StoreTemplates.logs(ShardPlan.of(1 << 30, 1)));
    assertEquals(
        Bootstrap.Result.PRESENT, bootstrap.template(StoreTemplates.logs(ShardPlan.of(1, 1))));
    BulkBody body = new BulkBody(1 << 20);
    for (int i = 0; i < 3; i++) {
      body.add(
          BulkAction.of(BulkOp.CREATE, "logs-dev-01-shop", "l" + i),
          ("{\"@timestamp\":\"2026-05-01T10:00:00.00000000"
                  + (9 - i)
                  + "Z\",\"message\":\"connection refused by "
                  + i
                  + "\",\"log\":{\"offset\":"
                  + 100 * i
                  + ",\"level\":\"warn\"},"
                  + NAMES.get(i)
                  + ",\"kubernetes\":{\"labels\":{\"app\":\"shop\",\"k"
                  + i
                  + "/x\":\"1\"},\"pod\":{\"ip\":\"not an ip\"}}}")
              .getBytes(StandardCharsets.UTF_8));
    }

    BulkReply reply = client.documents().bulk(body, Documents.Refresh.WAIT);
    List<Hit> hits =
        client
            .documents()
            .search(
                SearchRequest.of("logs-*")
                    .withQuery(
                        Query.bool()
                            .withFilter(Query.phrase("message", "connection refused"))
                            .withFilter(Query.term("kubernetes.labels.app", "shop"))
                            .withFilter(Query.term("trace_id", "abc"))
                            .withFilter(Query.term("trace.id", "abc")))
                    .withSorts(List.of(Sort.asc("@timestamp"), Sort.asc("log.offset"))))
            .hits();

    assertTrue(!reply.hasErrors(), reply::toString);
    assertEquals(List.of("l2", "l1", "l0"), hits.stream().map(Hit::id).toList());
    List<String> fields =
        client.documents().fields(List.of("logs-*"), "kubernetes.labels*").stream()
            .map(Documents.Field::name)
            .toList();
    assertEquals(List.of("kubernetes.labels"), fields.subList(0, 1));
    assertTrue(fields.size() < 4, fields::toString);
    Rest.await("the policy", () -> policyOf(".ds-logs-dev-01-shop-000001").equals("oriel-logs"));
    client.indices().deleteDataStream("logs-dev-01-shop");
  }

  private String policyOf(String index) {
    return rest.get("/" + index + "/_ilm/explain")
        .json()
        .at("/indices/" + index + "/policy")
        .asString("");
  }

  @Test
  void makesAnAliasVerifiesItAndOnlyThenAttachesThePolicy() throws Exception {
    Bootstrap bootstrap = new Bootstrap(client);
    OrielException early =
        assertThrows(OrielException.class, () -> bootstrap.rolloverAlias(spans("boot-early")));
    assertEquals(Kind.NOT_FOUND, early.kind());
    bootstrap.policy("boot-span-p", Retention.spans(), List.of());

    assertEquals(Bootstrap.Result.WRITTEN, bootstrap.rolloverAlias(spans("boot-span")));
    assertEquals(Bootstrap.Result.PRESENT, bootstrap.rolloverAlias(spans("boot-span")));

    Map<String, String> settings =
        client
            .indices()
            .settings(List.of("boot-span-000001"))
            .getOrDefault("boot-span-000001", Map.of());
    assertEquals("boot-span-p", settings.get("index.lifecycle.name"));
    assertEquals("boot-span", settings.get("index.lifecycle.rollover_alias"));
    assertEquals(2, client.indices().aliases("boot-span*").size());
    client.indices().rollover("boot-span", Map.of());
    assertEquals("boot-span-p", policyOf("boot-span-000002"));
    client.templates().delete(io.oriel.search.client.Templates.Kinds.INDEX, "boot-span");
  }

  @Test
  void refusesAnIndexInThePlaceOfTheAlias() throws Exception {
    Bootstrap bootstrap = new Bootstrap(client);
    bootstrap.policy("boot-taken-p", Retention.spans(), List.of());
    client.indices().create("boot-taken", "");

    OrielException refused =
        assertThrows(OrielException.class, () -> bootstrap.rolloverAlias(spans("boot-taken")));

    assertEquals(Kind.CONFLICT, refused.kind());
    client.templates().delete(io.oriel.search.client.Templates.Kinds.INDEX, "boot-taken");
  }

  @Test
  void doesNoHarmWhenSeveralDoItAtOnce() throws Exception {
    AtomicInteger failed = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      Bootstrap bootstrap = new Bootstrap(client);
                      bootstrap.policy("boot-many-p", Retention.spans(), List.of());
                      bootstrap.rolloverAlias(spans("boot-many"));
                    } catch (OrielException | InterruptedException e) {
                      failed.incrementAndGet();
                      e.printStackTrace();
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertEquals(0, failed.get());
    assertEquals(1, client.indices().aliases("boot-many").size());
    assertEquals("boot-many-p", policyOf("boot-many-000001"));
    client.templates().delete(io.oriel.search.client.Templates.Kinds.INDEX, "boot-many");
  }

  @Test
  void plansShardsBySize() {
    assertEquals(new ShardPlan(1, 0), ShardPlan.of(0, 1));
    assertEquals(new ShardPlan(1, 1), ShardPlan.of(20L << 30, 3));
    assertEquals(new ShardPlan(4, 1), ShardPlan.of(100L << 30, 3));
    assertEquals(new ShardPlan(6, 1), ShardPlan.of(1000L << 30, 3));
  }
}
