package io.oriel.app.topology;

import io.oriel.runtime.lifecycle.Closer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every cluster of a topology in a process of its own, so that one can be killed. This process
/// keeps the certificates and the host exporter, and starts a cluster again that has ended, as the
/// kubelet of a real one would. Thread-safe.
///
/// The children end with this process, however it ends: each reads its standard input, whose other
/// end is here.
final class IsolatedPlatform implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IsolatedPlatform.class);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration DRAIN = Duration.ofSeconds(20);
  private static final long LOOK_MILLIS = 50;

  /// How a cluster's process is started.
  ///
  /// @param command everything but the name of the cluster, which is put at the end
  /// @param restartAfter how long an ended one stays down
  record Children(List<String> command, Duration restartAfter) {
    public Children {
      command = List.copyOf(command);
    }
  }

  /// Is told of a cluster whose process has become ready, at the start and after each restart.
  interface Listener {
    /// @param pids the process id of each cluster
    void ready(String cluster, Map<String, Long> pids) throws IOException;
  }

  private final Children children;
  private final Path directory;
  private final Listener listener;
  private final Closer closer = new Closer();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<String, Process> processes = new ConcurrentHashMap<>();

  private IsolatedPlatform(Children children, Path directory, Listener listener) {
    this.children = children;
    this.directory = directory;
    this.listener = listener;
  }

  /// Starts everything; when this returns, all is ready. The operations cluster starts last, as it
  /// asks the others.
  static IsolatedPlatform start(
      Topology topology,
      Addresses addresses,
      Path directory,
      Children children,
      String version,
      Listener listener)
      throws IOException, InterruptedException {
    IsolatedPlatform platform = new IsolatedPlatform(children, directory, listener);
    try {
      Certificates certificates = Certificates.open(directory);
      certificates.ensure(topology);
      platform.closer.push(SharedServices.start(topology, addresses, certificates, version));
      List<String> others = new ArrayList<>();
      for (Topology.Cluster cluster : topology.clusters()) {
        if (!topology.isOperations(cluster)) {
          others.add(cluster.name());
          platform.launch(cluster.name());
        }
      }
      for (String cluster : others) {
        platform.awaitReady(cluster);
      }
      platform.launch(topology.operations());
      platform.awaitReady(topology.operations());
      for (Topology.Cluster cluster : topology.clusters()) {
        platform.watch(cluster.name());
      }
      return platform;
    } catch (IOException | InterruptedException | RuntimeException e) {
      platform.close();
      throw e;
    }
  }

  private Map<String, Long> pids() {
    Map<String, Long> pids = new LinkedHashMap<>();
    processes.forEach((cluster, process) -> pids.put(cluster, process.pid()));
    return pids;
  }

  private Path readyFile(String cluster) {
    return directory.resolve(cluster).resolve("ready");
  }

  private void launch(String cluster) throws IOException {
    Path home = directory.resolve(cluster);
    Files.createDirectories(home);
    Files.deleteIfExists(readyFile(cluster));
    List<String> command = new ArrayList<>(children.command());
    command.add(cluster);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("up.log").toFile()));
    processes.put(cluster, builder.start());
  }

  private void awaitReady(String cluster) throws IOException, InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    Process process = process(cluster);
    while (!Files.exists(readyFile(cluster))) {
      if (!process.isAlive()) {
        throw new IOException(
            cluster
                + " ended with code "
                + process.exitValue()
                + " before it was ready; its last words are in "
                + directory.resolve(cluster).resolve("up.log"));
      }
      if (System.nanoTime() > until) {
        throw new IOException(cluster + " is not ready after " + PATIENCE.toSeconds() + " s");
      }
      if (closing.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IOException("stopped while " + cluster + " was starting");
      }
    }
    listener.ready(cluster, pids());
  }

  private Process process(String cluster) {
    Process process = processes.get(cluster);
    if (process == null) {
      throw new IllegalStateException(cluster + " was not launched");
    }
    return process;
  }

  private void watch(String cluster) {
    Thread thread =
        Thread.ofVirtual().name("oriel/up/watch/" + cluster).start(() -> keepUp(cluster));
    closer.push(thread::join);
  }

  private void keepUp(String cluster) {
    try {
      while (true) {
        int code = process(cluster).waitFor();
        if (closing.getCount() == 0) {
          return;
        }
        LOG.atWarn().addKeyValue("cluster", cluster).addKeyValue("code", code).log("cluster ended");
        if (closing.await(children.restartAfter().toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        try {
          launch(cluster);
          awaitReady(cluster);
          LOG.atInfo().addKeyValue("cluster", cluster).log("cluster is back");
        } catch (IOException e) {
          LOG.atError().addKeyValue("reason", e.getMessage()).log("cannot bring a cluster back");
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Asks every cluster to end, and ends those that do not.
  @Override
  public void close() {
    closing.countDown();
    processes.values().forEach(Process::destroy);
    long until = System.nanoTime() + DRAIN.toNanos();
    for (Process process : processes.values()) {
      try {
        if (!process.waitFor(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException _) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    closer.close();
  }
}
