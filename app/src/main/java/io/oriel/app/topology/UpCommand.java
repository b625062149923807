package io.oriel.app.topology;

import io.oriel.app.process.BuildVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `oriel up`: the platform of a topology on loopback, in one process or in one per cluster.
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Runs the whole platform of a topology file: in every cluster metrics replicas, a bucket"
          + " with its store and compactor, a query, a log shipper and a collector of spans; over"
          + " all of them the global query, log search and trace query.",
      "All gRPC between them is mutual TLS with certificates of a PKI that is made in DIR/pki."
    },
    footer = {
      "",
      "Without -f: dev-01, stag-01, prod-01 and ops-01 with two metrics replicas each.",
      "Collectors begin at PORT+100, ten ports each: +0 OTLP gRPC, +1 OTLP HTTP, +2 Jaeger gRPC,",
      "+3 Jaeger Thrift over HTTP, +4 and +5 Jaeger's agent (UDP: compact, binary), +6 Zipkin,",
      "+7 and +8 how to sample (HTTP, gRPC), +9 metrics. Traces are found behind the last of them.",
      "DIR/endpoints.json tells where everything is, DIR/ready exists once all of it is ready.",
    })
public final class UpCommand implements Callable<Integer> {
  private static final long DRAIN_SECONDS = 30;
  private static final Duration RESTART_AFTER = Duration.ofSeconds(10);

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

  @Option(
      names = "--isolate",
      description =
          "One process per cluster, so that one can be killed; it is started again after ten"
              + " seconds. Their ids are in DIR/endpoints.json.")
  private boolean isolated;

  @Option(
      names = "--only",
      paramLabel = "CLUSTER",
      hidden = true,
      defaultValue = "",
      description = "Run this cluster until standard input ends; --isolate starts such processes.")
  private String only = "";

  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);

  @Override
  public Integer call() throws IOException, InterruptedException {
    Topology topology = file.toString().isEmpty() ? Topology.standard() : Topology.load(file);
    Path home = only.isEmpty() ? directory : directory.resolve(only);
    Files.createDirectories(home);
    Path ready = home.resolve("ready");
    Files.deleteIfExists(ready);
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "oriel/up/stop"));
    try {
      if (!only.isEmpty()) {
        runOne(topology, ready);
      } else if (isolated) {
        runIsolated(topology, ready);
      } else {
        runAll(topology, ready);
      }
    } finally {
      Files.deleteIfExists(ready);
      stopped.countDown();
    }
    return 0;
  }

  private void runAll(Topology topology, Path ready) throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (Platform _ =
        Platform.start(
            topology,
            directory,
            basePort,
            BuildVersion.number(),
            role -> say("  " + role + " is ready"))) {
      writeEndpoints(topology, Map.of());
      announce(topology, ready, start);
      stop.await();
      say("stopping");
    }
  }

  private void runIsolated(Topology topology, Path ready) throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (IsolatedPlatform _ =
        IsolatedPlatform.start(
            topology,
            Addresses.of(topology, basePort),
            directory,
            new IsolatedPlatform.Children(childCommand(), RESTART_AFTER),
            BuildVersion.number(),
            (cluster, pids) -> {
              writeEndpoints(topology, pids);
              say("  " + cluster + " is ready");
            })) {
      announce(topology, ready, start);
      stop.await();
      say("stopping");
    }
  }

  private void runOne(Topology topology, Path ready) throws IOException, InterruptedException {
    Thread.ofVirtual().name("oriel/up/parent").start(this::awaitParent);
    try (Platform _ =
        Platform.startCluster(topology, only, directory, basePort, BuildVersion.number())) {
      Files.writeString(ready, "");
      stop.await();
    }
  }

  /// Ends this process with the one that started it.
  private void awaitParent() {
    try {
      while (System.in.read() >= 0) {
        // nothing is said
      }
    } catch (IOException _) {
      // it is gone
    }
    stop.countDown();
  }

  /// This program again, for one cluster.
  private List<String> childCommand() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "io.oriel.app.Main", "up"));
    if (!file.toString().isEmpty()) {
      command.addAll(List.of("--file", file.toString()));
    }
    command.addAll(
        List.of(
            "--data-dir",
            directory.toString(),
            "--port-base",
            Integer.toString(basePort),
            "--only"));
    return command;
  }

  private synchronized void writeEndpoints(Topology topology, Map<String, Long> processes)
      throws IOException {
    Path fresh = directory.resolve("endpoints.json.tmp");
    Files.write(
        fresh,
        PlatformTable.json(topology, Addresses.of(topology, basePort), directory, processes));
    Files.move(fresh, directory.resolve("endpoints.json"), StandardCopyOption.REPLACE_EXISTING);
  }

  private void announce(Topology topology, Path ready, long start) throws IOException {
    Files.writeString(ready, "");
    say(PlatformTable.text(topology, Addresses.of(topology, basePort)));
    say("ready in %.1f s; Ctrl-C stops".formatted((System.nanoTime() - start) / 1e9));
  }

  /// Lets the main thread close everything, and keeps the process until it has.
  private void stop() {
    stop.countDown();
    try {
      boolean _ = stopped.await(DRAIN_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void say(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }
}
