package io.oriel.app.topology;

import io.oriel.app.process.QueryWorkers;
import io.oriel.runtime.lifecycle.Closer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Clusters of a topology, in this process. Thread-safe.
final class Platform implements AutoCloseable {
  private final Closer closer = new Closer();
  private final Roles roles;

  private Platform(
      ClusterRoles.Grounds grounds, List<Topology.Cluster> clusters, Consumer<String> progress)
      throws IOException {
    List<Roles.Role> all = new ArrayList<>();
    for (Topology.Cluster cluster : clusters) {
      all.addAll(ClusterRoles.of(grounds, cluster));
    }
    roles = new Roles(all, progress);
  }

  /// Starts everything of every cluster, and what they share; when this returns, all is ready.
  ///
  /// @param basePort the first port, see {@link Addresses}
  /// @param progress is told each role as it becomes ready
  static Platform start(
      Topology topology, Path directory, int basePort, String version, Consumer<String> progress)
      throws IOException, InterruptedException {
    Addresses addresses = Addresses.of(topology, basePort);
    Certificates certificates = Certificates.open(directory);
    certificates.ensure(topology);
    Closer shared = new Closer();
    try {
      shared.push(PlatformLogs.start(directory, topology.operations()));
      shared.push(SharedServices.start(topology, addresses, certificates, version));
      return start(
          new ClusterRoles.Grounds(
              topology,
              addresses,
              certificates,
              directory,
              shared.push(QueryWorkers.start()).workers(),
              version),
          topology.clusters(),
          shared,
          progress);
    } catch (IOException | InterruptedException | RuntimeException e) {
      shared.close();
      throw e;
    }
  }

  /// Starts one cluster; what all share runs in another process.
  static Platform startCluster(
      Topology topology, String cluster, Path directory, int basePort, String version)
      throws IOException, InterruptedException {
    Closer shared = new Closer();
    try {
      shared.push(PlatformLogs.start(directory, cluster));
      return start(
          new ClusterRoles.Grounds(
              topology,
              Addresses.of(topology, basePort),
              Certificates.open(directory),
              directory,
              shared.push(QueryWorkers.start()).workers(),
              version),
          List.of(topology.cluster(cluster)),
          shared,
          _ -> {});
    } catch (IOException | InterruptedException | RuntimeException e) {
      shared.close();
      throw e;
    }
  }

  private static Platform start(
      ClusterRoles.Grounds grounds,
      List<Topology.Cluster> clusters,
      Closer shared,
      Consumer<String> progress)
      throws IOException, InterruptedException {
    Platform platform = new Platform(grounds, clusters, progress);
    try {
      platform.roles.startAll();
    } catch (IOException | InterruptedException | RuntimeException e) {
      platform.roles.close();
      throw e;
    }
    platform.closer.push(shared);
    platform.closer.push(platform.roles);
    return platform;
  }

  /// Its roles.
  Roles roles() {
    return roles;
  }

  /// Ends all roles side by side, then what they share.
  @Override
  public void close() {
    closer.close();
  }
}
