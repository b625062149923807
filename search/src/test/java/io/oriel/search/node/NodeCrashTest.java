package io.oriel.search.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import io.oriel.search.Rest;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Tag("it")
class NodeCrashTest {
  private static final int BATCH = 50;

  @Test
  void keepsWhatItAcknowledgedThroughAKill(@TempDir Path data) throws Exception {
    Set<String> acknowledged = new ConcurrentSkipListSet<>();
    Process child = NodeChild.start(data, "-Xmx512m");
    Rest rest = new Rest(URI.create("http://127.0.0.1:" + NodeChild.port(child)));
    rest.put("/kept", "{\"settings\":{\"number_of_shards\":2}}").expect(200);
    rest.put(
            "/_ilm/policy/kept",
            "{\"policy\":{\"phases\":{\"delete\":{\"min_age\":\"9d\",\"actions\":{\"delete\":{}}}}}}")
        .expect(200);
    rest.put("/kept/_settings", "{\"index.lifecycle.name\":\"kept\"}").expect(200);
    OrielException locked =
        assertThrows(
            OrielException.class,
            () -> SearchNode.start(SearchNodeConfig.in(data), Clock.systemUTC()));
    assertTrue(locked.reason().contains("another process has it locked"), locked::reason);
    Thread writer = Thread.ofVirtual().start(() -> write(rest, acknowledged));
    Rest.await("some documents", () -> acknowledged.size() >= 40 * BATCH);

    child.destroyForcibly().waitFor();
    writer.join();
    Set<String> before = new TreeSet<>(acknowledged);
    try (SearchNode again = SearchNode.start(SearchNodeConfig.in(data), Clock.systemUTC())) {
      Rest after = new Rest(again.uri());
      Rest.await(
          "recovery",
          () ->
              !after
                  .get("/_cluster/health/kept")
                  .json()
                  .path("status")
                  .asString("red")
                  .equals("red"));
      after.post("/kept/_refresh", "").expect(200);

      List<String> missing = new ArrayList<>();
      Set<String> found = ids(after, before.size());
      before.stream().filter(id -> !found.contains(id)).forEach(missing::add);
      System.out.println(
          "acknowledged before the kill: " + before.size() + ", found: " + found.size());
      assertEquals(List.of(), missing);
      assertEquals(1, after.get("/_ilm/policy/kept").json().at("/kept/version").asInt());
      assertEquals(
          "new", after.get("/kept/_ilm/explain").json().at("/indices/kept/phase").asString());
    }
  }

  private static void write(Rest rest, Set<String> acknowledged) {
    try {
      for (int batch = 0; ; batch++) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < BATCH; i++) {
          lines
              .append("{\"create\":{\"_id\":\"")
              .append(batch)
              .append('-')
              .append(i)
              .append("\"}}\n");
          lines.append("{\"n\":").append(i).append("}\n");
        }
        Rest.Answer answer =
            rest.send("POST", "/kept/_bulk", lines.toString(), "application/x-ndjson");
        for (JsonNode item : answer.json().path("items")) {
          if (item.at("/create/status").asInt() == 201) {
            acknowledged.add(item.at("/create/_id").asString());
          }
        }
      }
    } catch (UncheckedIOException expected) {
      // the process is gone
    }
  }

  private static Set<String> ids(Rest rest, int atLeast) {
    Set<String> ids = new TreeSet<>();
    String after = "";
    while (true) {
      JsonNode hits =
          rest.post(
                  "/kept/_search",
                  "{\"size\":5000,\"_source\":false,\"sort\":[{\"_id\":\"asc\"}]" + after + "}")
              .expect(200)
              .json()
              .at("/hits/hits");
      hits.forEach(hit -> ids.add(hit.path("_id").asString()));
      if (hits.size() < 5000) {
        return ids;
      }
      after = ",\"search_after\":[\"" + hits.get(hits.size() - 1).path("_id").asString() + "\"]";
      assertTrue(ids.size() <= 100 * Math.max(1, atLeast));
    }
  }
}
