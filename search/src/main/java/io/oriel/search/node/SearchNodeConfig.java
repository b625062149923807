package io.oriel.search.node;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// How an embedded node runs.
///
/// @param data the directory that holds everything; one process at a time may have it
/// @param httpPort 0 for any free one
/// @param transportPort between nodes; 0 for any free one
/// @param seedHosts `host:port` of other nodes' transport; with none and no {@code
///   initialClusterManagers} the node is a cluster of its own
/// @param initialClusterManagers names of the nodes that may elect the first cluster manager of a
///   new cluster
/// @param productVersion what `GET /` says; clients want one that is not older than themselves
/// @param settings the engine's own, by upstream's names; they win over everything else
public record SearchNodeConfig(
    String clusterName,
    String nodeName,
    Path data,
    int httpPort,
    int transportPort,
    List<String> seedHosts,
    List<String> initialClusterManagers,
    String productVersion,
    Map<String, String> settings) {
  /// The version that `GET /` tells unless configured: no Beat or client is newer.
  public static final String PRODUCT_VERSION = "9.5.0";

  public SearchNodeConfig {
    seedHosts = List.copyOf(seedHosts);
    initialClusterManagers = List.copyOf(initialClusterManagers);
    settings = Map.copyOf(settings);
  }

  /// A cluster of one node with its data in {@code data}, on free ports.
  public static SearchNodeConfig in(Path data) {
    return new SearchNodeConfig(
        "oriel", "oriel-0", data, 0, 0, List.of(), List.of(), PRODUCT_VERSION, Map.of());
  }

  /// The same with the name of the cluster.
  public SearchNodeConfig withClusterName(String name) {
    return new SearchNodeConfig(
        name,
        nodeName,
        data,
        httpPort,
        transportPort,
        seedHosts,
        initialClusterManagers,
        productVersion,
        settings);
  }

  /// The same with ports; 0 for any free one.
  public SearchNodeConfig withPorts(int http, int transport) {
    return new SearchNodeConfig(
        clusterName,
        nodeName,
        data,
        http,
        transport,
        seedHosts,
        initialClusterManagers,
        productVersion,
        settings);
  }

  /// The same as a member of a cluster of several nodes.
  public SearchNodeConfig withCluster(String node, List<String> seeds, List<String> initial) {
    return new SearchNodeConfig(
        clusterName, node, data, httpPort, transportPort, seeds, initial, productVersion, settings);
  }

  /// The same with the engine's own settings.
  public SearchNodeConfig withSettings(Map<String, String> more) {
    return new SearchNodeConfig(
        clusterName,
        nodeName,
        data,
        httpPort,
        transportPort,
        seedHosts,
        initialClusterManagers,
        productVersion,
        more);
  }

  /// The same with another version in the answer to `GET /`.
  public SearchNodeConfig withProductVersion(String version) {
    return new SearchNodeConfig(
        clusterName,
        nodeName,
        data,
        httpPort,
        transportPort,
        seedHosts,
        initialClusterManagers,
        version,
        settings);
  }

  boolean isAlone() {
    return seedHosts.isEmpty() && initialClusterManagers.isEmpty();
  }
}
