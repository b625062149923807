package io.oriel.search.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.search.Rest;
import io.oriel.search.ShiftedClock;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ClusterTest {
  private final ShiftedClock clock = new ShiftedClock();
  private final Map<String, SearchNode> nodes = new LinkedHashMap<>();

  @AfterEach
  void close() {
    nodes.values().forEach(SearchNode::close);
  }

  private void start(Path data, int count) throws Exception {
    List<String> names = new ArrayList<>();
    List<String> seeds = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("node-" + i);
      ports.add(freePort());
      seeds.add("127.0.0.1:" + ports.get(i));
    }
    List<Thread> starts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SearchNodeConfig config =
          SearchNodeConfig.in(data.resolve(names.get(i)))
              .withClusterName("three")
              .withPorts(0, ports.get(i))
              .withCluster(names.get(i), seeds, names)
              .withSettings(
                  Map.of(
                      "indices.lifecycle.poll_interval",
                      "1s",
                      "cluster.routing.allocation.disk.threshold_enabled",
                      "false",
                      "node.attr.box",
                      i == 0 ? "cool" : "warm"));
      starts.add(Thread.ofPlatform().start(() -> put(config)));
    }
    for (Thread start : starts) {
      start.join();
    }
    assertEquals(count, nodes.size());
  }

  private void put(SearchNodeConfig config) {
    try {
      SearchNode node = SearchNode.start(config, clock);
      synchronized (nodes) {
        nodes.put(config.nodeName(), node);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String managerOf(Rest rest) {
    return rest.get("/_cat/cluster_manager?h=node").expect(200).text().strip();
  }

  @Test
  void survivesTheLossOfItsManagerInTheMidstOfALifecycleStep(@TempDir Path data) throws Exception {
    start(data, 3);
    Rest any = new Rest(nodes.values().iterator().next().uri());
    assertEquals(3, any.get("/_cluster/health").json().path("number_of_nodes").asInt());
    String manager = managerOf(any);
    Rest other =
        nodes.entrySet().stream()
            .filter(node -> !node.getKey().equals(manager))
            .map(node -> new Rest(node.getValue().uri()))
            .findFirst()
            .orElseThrow();
    other
        .put(
            "/_ilm/policy/moved",
            "{\"policy\":{\"phases\":{\"warm\":{\"min_age\":\"1d\",\"actions\":{\"readonly\":{},"
                + "\"allocate\":{\"require\":{\"box\":\"nowhere\"}},\"forcemerge\":{\"max_num_segments\":1}}},"
                + "\"delete\":{\"min_age\":\"9d\",\"actions\":{\"delete\":{}}}}}}")
        .expect(200);
    other
        .put(
            "/moved",
            "{\"settings\":{\"number_of_replicas\":2,\"index.lifecycle.name\":\"moved\"}}")
        .expect(200);
    other.post("/moved/_doc?refresh=true", "{\"a\":1}").expect(201);
    Rest.await(
        "all copies",
        () -> other.get("/_cluster/health/moved").json().path("status").asString().equals("green"));
    clock.advance(Duration.ofDays(2));
    Rest.await("the step that waits", () -> step(other).equals("warm/allocate/check-allocation"));
    Rest.await(
        "what it waits for",
        () ->
            other
                    .get("/moved/_ilm/explain")
                    .json()
                    .at("/indices/moved/step_info/shards_left_to_allocate")
                    .asInt(0)
                > 0);

    java.util.Objects.requireNonNull(nodes.remove(manager)).close();
    Rest.await("a new manager", () -> !managerOfOrNone(other).equals(manager));
    assertEquals("warm/allocate/check-allocation", step(other));
    other
        .put(
            "/moved/_settings",
            "{\"index.routing.allocation.require.box\":null,\"index.number_of_replicas\":1}")
        .expect(200);
    Rest.await("the rest of the phase", () -> step(other).equals("warm/complete/complete"));
    clock.advance(Duration.ofDays(9));

    Rest.await("the deletion", () -> other.send("HEAD", "/moved", "").status() == 404);
  }

  private static String managerOfOrNone(Rest rest) {
    Rest.Answer answer = rest.get("/_cat/cluster_manager?h=node");
    return answer.status() == 200 ? answer.text().strip() : "";
  }

  private static String step(Rest rest) {
    JsonNode at = rest.get("/moved/_ilm/explain").json().at("/indices/moved");
    return at.path("phase").asString("")
        + "/"
        + at.path("action").asString("")
        + "/"
        + at.path("step").asString("");
  }
}
