package io.oriel.search.node;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/// A node in a process of its own, for tests that kill it. Prints its port.
final class NodeChild {
  private NodeChild() {}

  public static void main(String[] args) throws Exception {
    SearchNode node =
        SearchNode.start(
            SearchNodeConfig.in(Path.of(args[0]))
                .withSettings(
                    Map.of(
                        "cluster.routing.allocation.disk.threshold_enabled",
                        "false",
                        "indices.lifecycle.poll_interval",
                        "1s")),
            Clock.systemUTC());
    System.out.println("port " + node.port());
    Thread.sleep(Long.MAX_VALUE);
  }
}
