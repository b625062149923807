package io.oriel.app.topology;

import java.util.ArrayList;
import java.util.List;

/// Where everything of a platform listens: a function of its topology and its first port, so that
/// every process of it knows without asking.
///
/// @param hostExporter the machine's metrics, `host:port`
/// @param pki the certificates' metrics, `host:port`
/// @param globalQuery over the queries of all clusters
/// @param logs the search engine and the way to it
/// @param clusters in the topology's order
record Addresses(
    String hostExporter,
    String pki,
    Address globalQuery,
    LogAddresses logs,
    List<ClusterAddresses> clusters) {
  private static final String HOST = "127.0.0.1:";

  /// Where everything of one cluster listens.
  ///
  /// @param metrics one per replica
  /// @param compact has no gRPC
  /// @param ship its metrics, `host:port`
  record ClusterAddresses(
      String cluster,
      List<Address> metrics,
      Address query,
      Address store,
      Address compact,
      String ship) {}

  /// Where the search engine and the gateway before it listen; each is `host:port`.
  ///
  /// @param engine for its clients, on loopback and without a certificate
  /// @param engineTransport for other nodes of it
  /// @param search log search, and the engine's metrics
  /// @param gateway for shippers, over TLS
  /// @param gatewayGrpc for OTLP senders, over TLS
  /// @param gatewayOperations the gateway's metrics
  record LogAddresses(
      String engine,
      String engineTransport,
      String search,
      String gateway,
      String gatewayGrpc,
      String gatewayOperations) {}

  /// HTTP first, since people type those: the host exporter has the first port, the metrics
  /// replicas follow, then the global query, the clusters' own roles, and gRPC.
  ///
  /// @param basePort the first port
  static Addresses of(Topology topology, int basePort) {
    Ports ports = new Ports(basePort);
    String hostExporter = ports.next();
    List<List<String>> metrics = new ArrayList<>();
    for (Topology.Cluster cluster : topology.clusters()) {
      metrics.add(ports.next(cluster.replicas()));
    }
    String global = ports.next();
    int count = topology.clusters().size();
    List<String> queries = ports.next(count);
    List<String> stores = ports.next(count);
    List<String> compactors = ports.next(count);
    String pki = ports.next();
    LogAddresses logs =
        new LogAddresses(
            ports.next(), ports.next(), ports.next(), ports.next(), ports.next(), ports.next());
    List<String> shippers = ports.next(count);
    List<ClusterAddresses> clusters = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Topology.Cluster cluster = topology.clusters().get(i);
      clusters.add(
          new ClusterAddresses(
              cluster.name(),
              metrics.get(i).stream().map(http -> new Address(http, ports.next())).toList(),
              new Address(queries.get(i), ports.next()),
              new Address(stores.get(i), ports.next()),
              new Address(compactors.get(i), ""),
              shippers.get(i)));
    }
    return new Addresses(
        topology.nodeExporter().isEmpty() ? hostExporter : topology.nodeExporter(),
        pki,
        new Address(global, ports.next()),
        logs,
        List.copyOf(clusters));
  }

  /// The addresses of a cluster of the topology.
  ClusterAddresses of(String cluster) {
    return clusters.stream()
        .filter(addresses -> addresses.cluster().equals(cluster))
        .findFirst()
        .orElseThrow();
  }

  /// Counts ports.
  private static final class Ports {
    private int next;

    Ports(int first) {
      next = first;
    }

    String next() {
      return HOST + next++;
    }

    List<String> next(int count) {
      List<String> addresses = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        addresses.add(next());
      }
      return addresses;
    }
  }
}
