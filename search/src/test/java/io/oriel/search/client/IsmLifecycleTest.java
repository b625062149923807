package io.oriel.search.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.telemetry.Telemetry;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Against a stand-in with the shapes of OpenSearch's documentation of index state management 3.x,
/// which needs a server distribution to run for real.
class IsmLifecycleTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String ILM =
      """
      {"phases":{"hot":{"actions":{"rollover":{"max_age":"1d","max_primary_shard_size":"50gb"},"set_priority":{"priority":100}}},
       "warm":{"min_age":"2d","actions":{"readonly":{},"forcemerge":{"max_num_segments":1},"allocate":{"number_of_replicas":0,"require":{"box":"warm"}}}},
       "delete":{"min_age":"30d","actions":{"delete":{}}}},"_meta":{"by":"oriel"}}
      """;

  private final Map<String, JsonNode> policies = new ConcurrentHashMap<>();
  private final AtomicInteger puts = new AtomicInteger();

  private HttpServer fake() throws Exception {
    Routes routes = new Routes();
    routes.get(
        "/",
        _ ->
            HttpAnswer.json(
                200,
                "{\"cluster_name\":\"c\",\"version\":{\"distribution\":\"opensearch\",\"number\":\"3.1.0\"}}"
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    routes.get("/_plugins/_ism/policies/{name}", this::show);
    routes.on(java.util.Set.of("PUT"), "/_plugins/_ism/policies/{name}", this::put);
    routes.get(
        "/_plugins/_ism/explain/{index}",
        _ ->
            answer(
                200,
                """
                {"logs-1":{"index.plugins.index_state_management.policy_id":"p","index":"logs-1","policy_id":"p","enabled":true,
                  "state":{"name":"warm","start_time":1},"action":{"name":"force_merge","start_time":2,"index":1,"failed":true,"consumed_retries":3},
                  "step":{"name":"attempt_call_force_merge","start_time":3,"step_status":"failed"},
                  "retry_info":{"failed":true,"consumed_retries":3},"info":{"message":"Failed to start force merge","cause":"no space"}},
                 "other":{"index.plugins.index_state_management.policy_id":null,"enabled":null},"total_managed_indices":1}
                """));
    return HttpServer.start(
        HttpServerConfig.on("127.0.0.1:0"),
        routes,
        new HttpServerMetrics("fake", new Telemetry("fake_build_info", "1").registry()));
  }

  private static HttpAnswer answer(int status, String json) {
    return HttpAnswer.json(status, json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private HttpAnswer show(HttpCall call) {
    JsonNode policy = policies.get(call.pathParam("name"));
    return policy == null
        ? answer(
            404,
            "{\"error\":{\"type\":\"status_exception\",\"reason\":\"Policy not found\"},\"status\":404}")
        : answer(
            200,
            "{\"_id\":\"p\",\"_version\":4,\"_seq_no\":7,\"_primary_term\":2,\"policy\":"
                + policy.path("policy")
                + "}");
  }

  private HttpAnswer put(HttpCall call) {
    boolean there = policies.containsKey(call.pathParam("name"));
    if (there && !call.param("if_seq_no").equals("7")) {
      return answer(
          409,
          "{\"error\":{\"type\":\"version_conflict_engine_exception\",\"reason\":\"exists\"},\"status\":409}");
    }
    policies.put(call.pathParam("name"), JSON.readTree(call.body()));
    puts.incrementAndGet();
    return answer(201, "{\"_id\":\"p\"}");
  }

  @Test
  void translatesPoliciesAndReadsThemBackUnchanged() throws Exception {
    try (HttpServer server = fake();
        SearchClient client =
            SearchClient.create(
                SearchClientConfig.of(URI.create("http://127.0.0.1:" + server.port())), "test")) {
      Lifecycle lifecycle = client.lifecycle();
      lifecycle.put("p", ILM, List.of("logs-*"));
      lifecycle.put("p", ILM, List.of("logs-*"));
      JsonNode changed = JSON.readTree(ILM.replace("30d", "31d"));
      lifecycle.put("p", changed.toString(), List.of());

      JsonNode ism = JSON.valueToTree(policies).at("/p/policy");
      assertEquals(EngineInfo.Distribution.OPENSEARCH, client.engine().distribution());
      assertEquals(2, puts.get());
      assertEquals("hot", ism.path("default_state").asString());
      assertEquals(
          "[{\"index_priority\":{\"priority\":100}},{\"rollover\":{\"min_index_age\":\"1d\",\"min_primary_shard_size\":\"50gb\"}}]",
          ism.at("/states/0/actions").toString());
      assertEquals(
          "[{\"state_name\":\"warm\",\"conditions\":{\"min_rollover_age\":\"2d\"}}]",
          ism.at("/states/0/transitions").toString());
      assertEquals(
          "[{\"read_only\":{}},{\"allocation\":{\"require\":{\"box\":\"warm\"},\"wait_for\":true}},"
              + "{\"replica_count\":{\"number_of_replicas\":0}},{\"force_merge\":{\"max_num_segments\":1}}]",
          ism.at("/states/1/actions").toString());
      assertEquals("[]", ism.at("/states/2/transitions").toString());
      assertEquals(changed, JSON.readTree(lifecycle.get("p").orElseThrow().json()));
      assertTrue(lifecycle.get("absent").isEmpty());
      assertEquals(
          Map.of("plugins.index_state_management.rollover_alias", "w"),
          lifecycle.indexSettings("p", "w"));
    }
  }

  @Test
  void explainsInIlmsWords() throws Exception {
    try (HttpServer server = fake();
        SearchClient client =
            SearchClient.create(
                SearchClientConfig.of(URI.create("http://127.0.0.1:" + server.port())), "test")) {
      List<Lifecycle.Standing> standings = client.lifecycle().explain("*");

      assertEquals(
          new Lifecycle.Standing(
              "logs-1",
              "p",
              "warm",
              "forcemerge",
              "ERROR",
              "attempt_call_force_merge",
              "Failed to start force merge: no space",
              ""),
          standings.getFirst());
      assertEquals(false, standings.get(1).isManaged());
    }
  }

  @Test
  void startsWithAStateOfItsOwnWhenTheFirstPhaseWaits() {
    JsonNode ism =
        IsmTranslation.toIsm(
            JSON.readTree(
                "{\"phases\":{\"delete\":{\"min_age\":\"7d\",\"actions\":{\"delete\":{}}}}}"),
            List.of());

    assertEquals("new", ism.at("/policy/default_state").asString());
    assertEquals(
        "[{\"state_name\":\"delete\",\"conditions\":{\"min_index_age\":\"7d\"}}]",
        ism.at("/policy/states/0/transitions").toString());
  }

  @Test
  void refusesByNameWhatHasNoCounterpart() {
    for (String phases :
        List.of(
            "{\"hot\":{\"actions\":{\"rollover\":{\"max_age\":\"1d\",\"min_docs\":1}}}}",
            "{\"warm\":{\"actions\":{\"downsample\":{}}}}",
            "{\"tepid\":{\"actions\":{}}}")) {
      assertThrows(
          OrielException.class,
          () -> IsmTranslation.toIsm(JSON.readTree("{\"phases\":" + phases + "}"), List.of()));
    }
  }
}
