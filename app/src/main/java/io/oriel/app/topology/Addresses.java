package io.oriel.app.topology;

import io.oriel.app.role.collect.CollectPort;
import java.util.ArrayList;
import java.util.List;

/// Where everything of a platform listens: a function of its topology and its first port, so that
/// every process of it knows without asking.
///
/// @param hostExporter the machine's metrics, `host:port`
/// @param pki the certificates' metrics, `host:port`
/// @param globalQuery over the queries of all clusters
/// @param logs the search engine and the way to it
/// @param traces where spans are found
/// @param storage the storage protocol of traces, for a Jaeger before it, `host:port`
/// @param clusters in the topology's order
record Addresses(
    String hostExporter,
    String pki,
    Address globalQuery,
    LogAddresses logs,
    Address traces,
    String storage,
    List<ClusterAddresses> clusters) {
  /** Collectors begin at a multiple of this behind the first port. */
  private static final int HUNDRED = 100;

  /** And each has so many ports. */
  private static final int TEN = 10;

  private static final String HOST = "127.0.0.1:";

  /// Where everything of one cluster listens.
  ///
  /// @param metrics one per replica
  /// @param compact has no gRPC
  /// @param ship its metrics, `host:port`
  /// @param collect where spans come in
  record ClusterAddresses(
      String cluster,
      List<Address> metrics,
      Address query,
      Address store,
      Address compact,
      String ship,
      CollectAddresses collect) {}

  /// Where one collector listens: ten ports side by side, in the order of {@link CollectPort}, and
  /// the last for its metrics and health.
  ///
  /// @param first `host:port` of the first of them, OTLP over gRPC
  record CollectAddresses(String first) {
    String of(CollectPort port) {
      return plus(port.ordinal());
    }

    /// Its metrics and health.
    String operations() {
      return plus(TEN - 1);
    }

    private String plus(int offset) {
      int colon = first.lastIndexOf(':') + 1;
      return first.substring(0, colon) + (Integer.parseInt(first.substring(colon)) + offset);
    }
  }

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
  /// replicas follow, then the global query, the clusters' own roles, and gRPC. Collectors begin a
  /// hundred behind the first port (the next hundred when there are so many roles) and take ten
  /// each; behind the last of them is where traces are found.
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
    List<List<Address>> metricsOf = new ArrayList<>();
    List<Address> queryOf = new ArrayList<>();
    List<Address> storeOf = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      metricsOf.add(metrics.get(i).stream().map(http -> new Address(http, ports.next())).toList());
      queryOf.add(new Address(queries.get(i), ports.next()));
      storeOf.add(new Address(stores.get(i), ports.next()));
    }
    Address globalQuery = new Address(global, ports.next());
    ports.skipToHundredFrom(basePort);
    List<ClusterAddresses> clusters = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clusters.add(
          new ClusterAddresses(
              topology.clusters().get(i).name(),
              metricsOf.get(i),
              queryOf.get(i),
              storeOf.get(i),
              new Address(compactors.get(i), ""),
              shippers.get(i),
              new CollectAddresses(ports.next(TEN).getFirst())));
    }
    return new Addresses(
        topology.nodeExporter().isEmpty() ? hostExporter : topology.nodeExporter(),
        pki,
        globalQuery,
        logs,
        new Address(ports.next(), ports.next()),
        ports.next(),
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

    /// Goes on a multiple of a hundred behind {@code first}.
    void skipToHundredFrom(int first) {
      next = first + Math.ceilDiv(next - first, HUNDRED) * HUNDRED;
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
