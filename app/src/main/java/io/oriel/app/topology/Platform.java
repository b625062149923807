package io.oriel.app.topology;

import io.oriel.app.host.HostExporter;
import io.oriel.app.role.MetricsOptions;
import io.oriel.app.role.MetricsRole;
import io.oriel.app.role.QueryWorkers;
import io.oriel.metrics.scrape.IntakeOptions;
import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.promql.EngineOptions;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import io.oriel.tsdb.TsdbOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// Every role of a topology, in this process. Thread-safe.
final class Platform implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final Closer closer = new Closer();
  private final List<MetricsRole> roles = new ArrayList<>();
  private final Map<String, List<String>> metrics = new LinkedHashMap<>();
  private String hostExporter = "";

  private Platform() {}

  /// Starts everything; when this returns, all roles are ready.
  ///
  /// @param basePort the first port; each role takes the next
  /// @param progress is told each role as it becomes ready
  static Platform start(
      Topology topology, Path directory, int basePort, String version, Consumer<String> progress)
      throws IOException, InterruptedException {
    Platform platform = new Platform();
    try {
      platform.run(topology, directory, basePort, version, progress);
      return platform;
    } catch (IOException | InterruptedException | RuntimeException e) {
      platform.close();
      throw e;
    }
  }

  private void run(
      Topology topology, Path directory, int basePort, String version, Consumer<String> progress)
      throws IOException, InterruptedException {
    int port = basePort;
    if (topology.nodeExporter().isEmpty()) {
      hostExporter = HOST + ":" + port;
      closer.push(startHostExporter(hostExporter, version));
      progress.accept("host exporter on " + hostExporter);
    } else {
      hostExporter = topology.nodeExporter();
    }
    port++;
    QueryWorkers workers = closer.push(QueryWorkers.start());
    MetricsRole.Shared shared = new MetricsRole.Shared(workers.workers(), version);
    List<MetricsOptions> replicas = new ArrayList<>();
    for (Topology.Cluster cluster : topology.clusters()) {
      List<String> addresses = new ArrayList<>();
      for (int replica = 0; replica < cluster.replicas(); replica++) {
        addresses.add(HOST + ":" + port++);
      }
      metrics.put(cluster.name(), addresses);
      for (int replica = 0; replica < cluster.replicas(); replica++) {
        replicas.add(options(topology, cluster, replica, directory));
      }
    }
    startAll(replicas, shared, progress);
  }

  /// Roles start side by side, since each waits for its own disk and sockets.
  private void startAll(
      List<MetricsOptions> replicas, MetricsRole.Shared shared, Consumer<String> progress)
      throws IOException, InterruptedException {
    try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<MetricsRole>> starting = new ArrayList<>();
      for (MetricsOptions options : replicas) {
        starting.add(starters.submit(() -> startOne(options, shared, progress)));
      }
      for (Future<MetricsRole> role : starting) {
        try {
          MetricsRole _ = role.get();
        } catch (ExecutionException e) {
          if (e.getCause() instanceof OrielException known) {
            throw known;
          }
          throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
      }
    }
  }

  private MetricsRole startOne(
      MetricsOptions options, MetricsRole.Shared shared, Consumer<String> progress)
      throws IOException, InterruptedException {
    MetricsRole role = MetricsRole.start(options, shared);
    synchronized (roles) {
      roles.add(role);
    }
    progress.accept("metrics on " + HOST + ":" + role.port());
    return role;
  }

  private MetricsOptions options(
      Topology topology, Topology.Cluster cluster, int replica, Path directory) throws IOException {
    Path home = directory.resolve(cluster.name()).resolve("metrics-" + replica);
    Files.createDirectories(home);
    List<String> peers = metrics.getOrDefault(cluster.name(), List.of());
    Path config = home.resolve("prometheus.yml");
    Files.writeString(config, ClusterConfig.yaml(topology, cluster, replica, peers, hostExporter));
    Files.writeString(home.resolve("rules.yml"), ClusterConfig.rules());
    return new MetricsOptions(
        config,
        home.resolve("data"),
        HttpServerConfig.on(peers.get(replica)),
        "http://" + peers.get(replica),
        MetricsOptions.Api.open(),
        TsdbOptions.defaults().withRetention(DurationSyntax.parse(cluster.retention()), 0),
        EngineOptions.DEFAULT,
        MetricsOptions.Rules.standard(),
        new IntakeOptions(false, false, false, replica),
        MetricsOptions.FLUSH_DEADLINE,
        Map.of("config.file", config.toString()));
  }

  private static HttpServer startHostExporter(String address, String version) throws IOException {
    Telemetry telemetry = new Telemetry("oriel_host_exporter_build_info", version);
    telemetry.registry().register(new HostExporter(Path.of("/proc")));
    return HttpServer.start(
        HttpServerConfig.on(address),
        new Routes().get("/metrics", telemetry::expose),
        new HttpServerMetrics("oriel_host_exporter", telemetry.registry()));
  }

  /// The metrics addresses by cluster, in the topology's order.
  Map<String, List<String>> metrics() {
    return metrics;
  }

  /// Where the host's metrics come from.
  String hostExporter() {
    return hostExporter;
  }

  /// Ends all roles side by side, since each drains its own connections, then what they share.
  @Override
  public void close() {
    List<MetricsRole> open;
    synchronized (roles) {
      open = List.copyOf(roles);
      roles.clear();
    }
    try (ExecutorService closers = Executors.newVirtualThreadPerTaskExecutor()) {
      open.forEach(role -> closers.execute(role::close));
    }
    closer.close();
  }
}
