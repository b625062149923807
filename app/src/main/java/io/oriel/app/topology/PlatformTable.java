package io.oriel.app.topology;

import io.oriel.model.json.JsonWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Where everything of a platform is, for people and for programs.
final class PlatformTable {
  private static final String LOG_SEARCH = "/api/v1/logs/search";

  private PlatformTable() {}

  /// A line per address, the one to ask first on top.
  static String text(Topology topology, Addresses addresses) {
    StringBuilder table = new StringBuilder("\nCLUSTER   ENVIRONMENT  ROLE           URL\n");
    row(table, "all", "-", "global query", addresses.globalQuery().url());
    if (topology.hasLogs()) {
      row(table, "all", "-", "log search", "http://" + addresses.logs().search() + LOG_SEARCH);
      row(table, "all", "-", "log gateway", "https://" + addresses.logs().gateway() + " (mTLS)");
      row(table, "all", "-", "OTLP logs", addresses.logs().gatewayGrpc() + " (gRPC, mTLS)");
      row(table, "all", "-", "search engine", engine(topology, addresses));
    }
    for (Topology.Cluster cluster : topology.clusters()) {
      Addresses.ClusterAddresses own = addresses.of(cluster.name());
      String environment = cluster.environment();
      row(table, cluster.name(), environment, "query", own.query().url());
      for (Address metrics : own.metrics()) {
        row(table, cluster.name(), environment, "metrics", metrics.url());
      }
      row(table, cluster.name(), environment, "store", own.store().url());
      row(table, cluster.name(), environment, "compact", own.compact().url());
      if (topology.hasLogs()) {
        row(table, cluster.name(), environment, "ship", "http://" + own.ship() + "/metrics");
      }
    }
    row(table, "-", "-", "certificates", "http://" + addresses.pki() + "/metrics");
    row(table, "-", "-", "host exporter", "http://" + addresses.hostExporter() + "/metrics");
    return table.toString();
  }

  private static String engine(Topology topology, Addresses addresses) {
    return topology.searchEngine().equals(Topology.EMBEDDED)
        ? "http://" + addresses.logs().engine()
        : topology.searchEngine();
  }

  private static void row(
      StringBuilder table, String cluster, String environment, String role, String url) {
    table.append("%-9s %-12s %-14s %s%n".formatted(cluster, environment, role, url));
  }

  /// The same as JSON, `endpoints.json`: URLs for HTTP, `host:port` below `grpc`.
  ///
  /// @param processes the process id of each cluster that has its own
  static byte[] json(
      Topology topology, Addresses addresses, Path directory, Map<String, Long> processes) {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("clusters").beginObject();
    for (Addresses.ClusterAddresses cluster : addresses.clusters()) {
      json.name(cluster.cluster()).beginObject();
      array(json.name("metrics"), cluster.metrics().stream().map(Address::url).toList());
      json.name("query").string(cluster.query().url());
      json.name("store").string(cluster.store().url());
      json.name("compact").string(cluster.compact().url());
      json.name("grpc").beginObject();
      array(json.name("metrics"), cluster.metrics().stream().map(Address::grpc).toList());
      json.name("query").string(cluster.query().grpc());
      json.name("store").string(cluster.store().grpc());
      json.endObject();
      Long process = processes.get(cluster.cluster());
      if (process != null) {
        json.name("pid").number(process);
      }
      json.endObject();
    }
    json.endObject();
    json.name("global_query").beginObject();
    json.name("url").string(addresses.globalQuery().url());
    json.name("grpc").string(addresses.globalQuery().grpc()).endObject();
    if (topology.hasLogs()) {
      json.name("logs").beginObject();
      json.name("search").string("http://" + addresses.logs().search());
      json.name("engine").string(engine(topology, addresses));
      json.name("gateway").string("https://" + addresses.logs().gateway());
      json.name("gateway_grpc").string(addresses.logs().gatewayGrpc());
      json.name("gateway_operations").string("http://" + addresses.logs().gatewayOperations());
      json.endObject();
    }
    json.name("host_exporter").string("http://" + addresses.hostExporter());
    json.name("pki").beginObject();
    json.name("url").string("http://" + addresses.pki());
    json.name("directory").string(directory.resolve("pki").toString()).endObject();
    return json.endObject().toBytes();
  }

  private static void array(JsonWriter json, List<String> values) {
    json.beginArray();
    values.forEach(json::string);
    json.endArray();
  }
}
