package io.oriel.search.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A node in a process of its own, for tests that kill it or keep it short. Prints its port.
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

  /// Starts one; it is the caller's to end.
  static Process start(Path data, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(NodeChild.class.getName());
    command.add(data.toString());
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /// Waits until it serves.
  static String port(Process child) throws IOException, InterruptedException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("port ")) {
        return line.substring(5);
      }
    }
    child.waitFor(5, TimeUnit.SECONDS);
    throw new AssertionError("the node did not start");
  }
}
