package io.oriel.app.topology;

import io.oriel.app.process.BuildVersion;
import io.oriel.model.json.JsonWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `oriel up`: the platform of a topology, in one process, on loopback.
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = "Runs the whole platform of a topology file: clusters, replicas, host metrics.",
    footer = {
      "",
      "Without -f: dev-01, stag-01, prod-01 and ops-01 with two metrics replicas each.",
      "DIR/endpoints.json tells where everything is, DIR/ready exists once all of it is ready.",
    })
public final class UpCommand implements Callable<Integer> {
  private static final long DRAIN_SECONDS = 30;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      showDefaultValue = CommandLine.Help.Visibility.NEVER,
      description = "Topology file; without one, four clusters of two replicas.")
  private Path file = Path.of("");

  @Option(names = "--data-dir", paramLabel = "DIR", description = "Where all data lies.")
  private Path directory = Path.of("data");

  @Option(
      names = "--port-base",
      paramLabel = "PORT",
      description = "First port; roles take the next.")
  private int basePort = 9900;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Topology topology = file.toString().isEmpty() ? Topology.standard() : Topology.load(file);
    Files.createDirectories(directory);
    Path ready = directory.resolve("ready");
    Files.deleteIfExists(ready);
    long start = System.nanoTime();
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stop, stopped), "oriel/up/stop"));
    try (Platform platform =
        Platform.start(
            topology, directory, basePort, BuildVersion.number(), line -> say(out, "  " + line))) {
      Files.write(directory.resolve("endpoints.json"), endpoints(platform));
      Files.writeString(ready, "");
      say(out, table(topology, platform));
      say(out, "ready in %.1f s; Ctrl-C stops".formatted((System.nanoTime() - start) / 1e9));
      stop.await();
      say(out, "stopping");
    } finally {
      Files.deleteIfExists(ready);
      stopped.countDown();
    }
    return 0;
  }

  /// Lets the main thread close everything, and keeps the process until it has.
  private static void stop(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      boolean _ = stopped.await(DRAIN_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void say(PrintWriter out, String text) {
    out.println(text);
    out.flush();
  }

  private static String table(Topology topology, Platform platform) {
    StringBuilder table = new StringBuilder("\nCLUSTER   ENVIRONMENT  ROLE           URL\n");
    for (Topology.Cluster cluster : topology.clusters()) {
      for (String address : platform.metrics().getOrDefault(cluster.name(), List.of())) {
        table.append(
            "%-9s %-12s %-14s http://%s%n"
                .formatted(cluster.name(), cluster.environment(), "metrics", address));
      }
    }
    table.append(
        "%-9s %-12s %-14s http://%s/metrics%n"
            .formatted("-", "-", "host exporter", platform.hostExporter()));
    return table.toString();
  }

  private static byte[] endpoints(Platform platform) {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("clusters").beginObject();
    platform
        .metrics()
        .forEach(
            (cluster, addresses) -> {
              json.name(cluster).beginObject().name("metrics").beginArray();
              addresses.forEach(address -> json.string("http://" + address));
              json.endArray().endObject();
            });
    json.endObject().name("host_exporter").string("http://" + platform.hostExporter());
    return json.endObject().toBytes();
  }
}
