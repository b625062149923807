package io.oriel.search.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.search.Rest;
import io.oriel.search.SharedNode;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class LifecycleTest {
  private final Rest rest = SharedNode.rest();

  /// The engine dates indices by the true time: one made after another test's week would be a week
  /// old at once, and pass through its phases unseen.
  @BeforeEach
  void today() {
    SharedNode.clock().reset();
  }

  private void policy(String name, String phases) {
    rest.put("/_ilm/policy/" + name, "{\"policy\":{\"phases\":" + phases + "}}").expect(200);
  }

  private JsonNode explain(String index) {
    Rest.Answer answer = rest.get("/" + index + "/_ilm/explain");
    return answer.status() == 404
        ? answer.json()
        : answer.expect(200).json().path("indices").path(index);
  }

  private String at(String index) {
    JsonNode explained = explain(index);
    return explained.path("phase").asString("")
        + "/"
        + explained.path("action").asString("")
        + "/"
        + explained.path("step").asString("");
  }

  private void awaitAt(String index, String wanted) {
    try {
      Rest.await(index + " at " + wanted, () -> at(index).equals(wanted));
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ": " + explain(index), e);
    }
  }

  private boolean exists(String index) {
    return rest.send("HEAD", "/" + index, "").status() == 200;
  }

  @Test
  void showsPoliciesInUpstreamsForm() {
    policy(
        "shown",
        """
        {"delete":{"min_age":"90d","actions":{"delete":{}}},
         "hot":{"actions":{"rollover":{"max_age":"30d","max_primary_shard_size":"50gb"},"set_priority":{"priority":100}}},
         "warm":{"min_age":"7d","actions":{"forcemerge":{"max_num_segments":1},"shrink":{"number_of_shards":1}}}}
        """);
    rest.put(
            "/_index_template/shown",
            "{\"index_patterns\":[\"shown-*\"],\"template\":{\"settings\":{\"index.lifecycle.name\":\"shown\"}}}")
        .expect(200);
    rest.put("/shown-1", "").expect(200);

    JsonNode shown = rest.get("/_ilm/policy/shown").expect(200).json().path("shown");

    assertEquals(1, shown.path("version").asInt());
    assertTrue(shown.path("modified_date").asString().endsWith("Z"));
    assertEquals(
        "{\"phases\":{"
            + "\"hot\":{\"min_age\":\"0ms\",\"actions\":{\"set_priority\":{\"priority\":100},"
            + "\"rollover\":{\"max_age\":\"30d\",\"max_primary_shard_size\":\"50gb\"}}},"
            + "\"warm\":{\"min_age\":\"7d\",\"actions\":{\"shrink\":{\"number_of_shards\":1,"
            + "\"allow_write_after_shrink\":false},\"forcemerge\":{\"max_num_segments\":1}}},"
            + "\"delete\":{\"min_age\":\"90d\",\"actions\":{\"delete\":{\"delete_searchable_snapshot\":true}}}}}",
        shown.path("policy").toString());
    assertEquals("[\"shown-1\"]", shown.at("/in_use_by/indices").toString());
    assertEquals("[\"shown\"]", shown.at("/in_use_by/composable_templates").toString());
    rest.delete("/_ilm/policy/shown").expect(400);
    rest.delete("/shown-1").expect(200);
    rest.delete("/_index_template/shown").expect(200);
    rest.delete("/_ilm/policy/shown").expect(200);
    rest.get("/_ilm/policy/shown").expect(404);
    rest.delete("/_ilm/policy/shown").expect(404);
  }

  @Test
  void refusesByNameWhatCannotBeDone() {
    assertRefused(
        "{\"cold\":{\"actions\":{\"searchable_snapshot\":{\"snapshot_repository\":\"r\"}}}}",
        "searchable_snapshot");
    assertRefused(
        "{\"warm\":{\"actions\":{\"downsample\":{\"fixed_interval\":\"1h\"}}}}", "downsample");
    assertRefused(
        "{\"delete\":{\"actions\":{\"wait_for_snapshot\":{\"policy\":\"p\"}}}}",
        "wait_for_snapshot");
    assertRefused(
        "{\"warm\":{\"actions\":{\"rollover\":{\"max_age\":\"1d\"}}}}",
        "[rollover] defined in phase [warm]");
    assertRefused(
        "{\"hot\":{\"actions\":{\"forcemerge\":{\"max_num_segments\":1}}}}",
        "without an accompanying");
    assertRefused("{\"tepid\":{\"actions\":{}}}", "does not support phase [tepid]");
    assertRefused(
        "{\"hot\":{\"actions\":{\"rollover\":{\"min_docs\":1}}}}", "max_* rollover condition");
    assertRefused("{\"hot\":{\"min_age\":\"soon\",\"actions\":{}}}", "soon");
  }

  private void assertRefused(String phases, String why) {
    Rest.Answer answer =
        rest.put("/_ilm/policy/refused", "{\"policy\":{\"phases\":" + phases + "}}").expect(400);
    assertTrue(answer.text().contains(why), answer::text);
  }

  @Test
  void passesHotWarmDeleteByAlias() {
    policy(
        "walk",
        """
        {"hot":{"actions":{"rollover":{"max_docs":2},"set_priority":{"priority":50}}},
         "warm":{"min_age":"1d","actions":{"readonly":{},"forcemerge":{"max_num_segments":1},"set_priority":{"priority":25}}},
         "delete":{"min_age":"30d","actions":{"delete":{}}}}
        """);
    rest.put(
            "/_index_template/walk",
            "{\"index_patterns\":[\"walk-*\"],\"template\":{\"settings\":{\"index.lifecycle.name\":\"walk\","
                + "\"index.lifecycle.rollover_alias\":\"walk\"}}}")
        .expect(200);
    rest.put("/walk-000001", "{\"aliases\":{\"walk\":{\"is_write_index\":true}}}").expect(200);

    awaitAt("walk-000001", "hot/rollover/check-rollover-ready");
    assertEquals(1, explain("walk-000001").at("/phase_execution/version").asInt());
    assertEquals(
        2,
        explain("walk-000001")
            .at("/phase_execution/phase_definition/actions/rollover/max_docs")
            .asInt());
    assertFalse(exists("walk-000002"), "an empty index is not rolled over");
    rest.post("/walk/_doc?refresh=true", "{\"a\":1}").expect(201);
    rest.post("/walk/_doc?refresh=true", "{\"a\":2}").expect(201);
    awaitAt("walk-000001", "hot/complete/complete");
    assertTrue(exists("walk-000002"));
    JsonNode settings =
        rest.get("/walk-000001/_settings?flat_settings=true").json().at("/walk-000001/settings");
    assertEquals("true", settings.path("index.lifecycle.indexing_complete").asString());
    assertEquals("50", settings.path("index.priority").asString());

    SharedNode.clock().advance(Duration.ofDays(2));
    awaitAt("walk-000001", "warm/complete/complete");
    rest.post("/walk-000001/_doc", "{\"a\":3}").expect(403);
    assertEquals(
        1,
        rest.get("/walk-000001/_segments")
            .json()
            .at("/indices/walk-000001/shards/0/0/num_search_segments")
            .asInt());

    SharedNode.clock().advance(Duration.ofDays(31));
    Rest.await("deletion", () -> !exists("walk-000001"));
    assertTrue(exists("walk-000002"), "the write index stays");
    rest.delete("/walk-000002").expect(200);
    rest.delete("/_index_template/walk").expect(200);
  }

  @Test
  void passesHotToDeleteByDataStream() {
    policy(
        "flow",
        "{\"hot\":{\"actions\":{\"rollover\":{\"max_age\":\"1d\"}}},\"delete\":{\"min_age\":\"5d\",\"actions\":{\"delete\":{}}}}");
    rest.put(
            "/_index_template/flow",
            "{\"index_patterns\":[\"flow\"],\"data_stream\":{},\"template\":{\"settings\":{\"index.lifecycle.name\":\"flow\"}}}")
        .expect(200);
    rest.post("/flow/_doc?refresh=true", "{\"@timestamp\":\"2026-01-01T00:00:00Z\"}").expect(201);

    awaitAt(".ds-flow-000001", "hot/rollover/check-rollover-ready");
    SharedNode.clock().advance(Duration.ofDays(2));
    awaitAt(".ds-flow-000001", "hot/complete/complete");
    assertTrue(exists(".ds-flow-000002"));
    assertEquals(
        "[\"flow\"]",
        rest.get("/_ilm/policy/flow").json().at("/flow/in_use_by/data_streams").toString());
    SharedNode.clock().advance(Duration.ofDays(6));
    Rest.await("deletion", () -> !exists(".ds-flow-000001"));

    rest.delete("/_data_stream/flow").expect(200);
    rest.delete("/_index_template/flow").expect(200);
  }

  @Test
  void showsAnErrorAndTriesAgain() {
    policy("broken", "{\"hot\":{\"actions\":{\"rollover\":{\"max_docs\":1}}}}");
    rest.put("/broken-000001", "{\"settings\":{\"index.lifecycle.name\":\"broken\"}}").expect(200);

    awaitAt("broken-000001", "hot/rollover/ERROR");
    JsonNode failed = explain("broken-000001");
    assertEquals("check-rollover-ready", failed.path("failed_step").asString());
    assertTrue(failed.path("is_auto_retryable_error").asBoolean());
    assertEquals("illegal_argument_exception", failed.at("/step_info/type").asString());
    assertEquals(
        "setting [index.lifecycle.rollover_alias] for index [broken-000001] is empty or not defined",
        failed.at("/step_info/reason").asString());
    JsonNode onlyErrors =
        rest.get("/_all/_ilm/explain?only_errors=true").expect(200).json().path("indices");
    assertTrue(onlyErrors.has("broken-000001"), onlyErrors::toString);
    Rest.await(
        "a retry by itself",
        () -> explain("broken-000001").path("failed_step_retry_count").asInt() > 0);

    rest.put("/broken-000001/_settings", "{\"index.lifecycle.rollover_alias\":\"broken\"}")
        .expect(200);
    rest.put("/broken-000001/_alias/broken", "{\"is_write_index\":true}").expect(200);
    rest.post("/broken/_doc?refresh=true", "{}").expect(201);
    awaitAt("broken-000001", "hot/complete/complete");

    assertTrue(exists("broken-000002"));
    rest.post("/broken-000001/_ilm/retry", "").expect(400);
    rest.delete("/broken-000001,broken-000002").expect(200);
  }

  @Test
  void shrinksIntoFewerShardsUnderTheOldName() {
    policy(
        "small",
        "{\"warm\":{\"actions\":{\"shrink\":{\"number_of_shards\":1},\"forcemerge\":{\"max_num_segments\":1}}}}");
    rest.put("/small-1", "{\"settings\":{\"number_of_shards\":2},\"aliases\":{\"small\":{}}}")
        .expect(200);
    rest.post("/small-1/_doc?refresh=true", "{\"a\":1}").expect(201);
    rest.put("/small-1/_settings", "{\"index.lifecycle.name\":\"small\"}").expect(200);

    Rest.await(
        "the shrunken index",
        () -> rest.get("/_cat/indices/shrink-*-small-1?h=index").text().contains("small-1"));
    String target = rest.get("/_cat/indices/shrink-*-small-1?h=index").text().strip();
    awaitAt(target, "warm/complete/complete");

    JsonNode aliases = rest.get("/" + target + "/_alias").json().at("/" + target + "/aliases");
    assertTrue(aliases.has("small-1") && aliases.has("small"), aliases::toString);
    assertEquals(1, rest.get("/small-1/_count").json().path("count").asInt());
    assertEquals(target, explain(target).path("shrink_index_name").asString());
    rest.delete("/" + target).expect(200);
  }

  @Test
  void movesStopsStartsAndRemoves() {
    policy(
        "steered",
        "{\"hot\":{\"actions\":{}},\"warm\":{\"min_age\":\"900d\",\"actions\":{\"readonly\":{}}}}");
    rest.put("/steered", "{\"settings\":{\"index.lifecycle.name\":\"steered\"}}").expect(200);
    rest.put("/free", "").expect(200);
    awaitAt("steered", "hot/complete/complete");
    String wrong =
        "{\"current_step\":{\"phase\":\"warm\",\"action\":\"complete\",\"name\":\"complete\"},\"next_step\":{\"phase\":\"warm\"}}";
    rest.post("/_ilm/move/steered", wrong).expect(400);

    rest.post("/_ilm/stop", "").expect(200);
    Rest.await(
        "the stop",
        () -> rest.get("/_ilm/status").json().path("operation_mode").asString().equals("STOPPED"));
    rest.post(
            "/_ilm/move/steered",
            "{\"current_step\":{\"phase\":\"hot\",\"action\":\"complete\",\"name\":\"complete\"},\"next_step\":{\"phase\":\"warm\",\"action\":\"readonly\",\"name\":\"readonly\"}}")
        .expect(200);
    assertEquals("warm/readonly/readonly", at("steered"));
    rest.post("/_ilm/start", "").expect(200);
    awaitAt("steered", "warm/complete/complete");
    JsonNode both = rest.get("/steered,free/_ilm/explain").json().path("indices");
    assertEquals("{\"index\":\"free\",\"managed\":false}", both.path("free").toString());
    JsonNode managed =
        rest.get("/steered,free/_ilm/explain?only_managed=true").json().path("indices");
    assertFalse(managed.has("free"));

    JsonNode removed = rest.post("/steered/_ilm/remove", "").expect(200).json();
    assertFalse(removed.path("has_failures").asBoolean(true));
    assertFalse(explain("steered").path("managed").asBoolean(true));
    rest.post("/free/_ilm/remove", "").expect(200);
    rest.put("/free/_settings", "{\"index.refresh_interval\":\"7s\"}").expect(200);
    rest.delete("/steered,free").expect(200);
  }

  @Test
  void appliesAChangeToAPhaseUnderWayOnlyIfItsStepsStay() {
    policy("edited", "{\"hot\":{\"actions\":{\"rollover\":{\"max_docs\":100}}}}");
    rest.put(
            "/edited-000001",
            "{\"settings\":{\"index.lifecycle.name\":\"edited\",\"index.lifecycle.rollover_alias\":\"edited\"},"
                + "\"aliases\":{\"edited\":{\"is_write_index\":true}}}")
        .expect(200);
    awaitAt("edited-000001", "hot/rollover/check-rollover-ready");

    policy("edited", "{\"hot\":{\"actions\":{\"rollover\":{\"max_docs\":90}}}}");
    assertEquals(2, explain("edited-000001").at("/phase_execution/version").asInt());
    policy("edited", "{\"hot\":{\"actions\":{\"rollover\":{\"max_docs\":80},\"readonly\":{}}}}");

    assertEquals(2, explain("edited-000001").at("/phase_execution/version").asInt());
    assertEquals(3, rest.get("/_ilm/policy/edited").json().at("/edited/version").asInt());
    rest.delete("/edited-000001").expect(200);
  }

  /// As OpenSearch's clients write it in their templates.
  @Test
  void rollsTheAliasOfAnotherPluginsSettingOver() {
    policy("other", "{\"hot\":{\"actions\":{\"rollover\":{\"max_docs\":1}}}}");
    rest.put(
            "/other-000001",
            "{\"settings\":{\"index.lifecycle.name\":\"other\","
                + "\"plugins.index_state_management.rollover_alias\":\"other\"},"
                + "\"aliases\":{\"other\":{\"is_write_index\":true}}}")
        .expect(200);
    rest.post("/other/_doc?refresh=true", "{}").expect(201);

    Rest.await("the next index", () -> rest.get("/other-000002").status() == 200);
    rest.delete("/other-*").expect(200);
  }

  @Test
  void tellsAnIndexWhosePolicyIsNotThere() {
    rest.put("/orphan", "{\"settings\":{\"index.lifecycle.name\":\"nowhere\"}}").expect(200);

    Rest.await(
        "the reason",
        () ->
            explain("orphan")
                .at("/step_info/reason")
                .asString("")
                .equals("policy [nowhere] does not exist"));
    policy("nowhere", "{\"hot\":{\"actions\":{}}}");
    awaitAt("orphan", "hot/complete/complete");

    rest.delete("/orphan").expect(200);
  }
}
