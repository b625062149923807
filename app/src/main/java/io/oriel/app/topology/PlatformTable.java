package io.oriel.app.topology;

import io.oriel.app.role.collect.CollectPort;
import io.oriel.model.json.JsonWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
    if (topology.hasTraces()) {
      row(table, "all", "-", "traces", addresses.traces().url());
      row(table, "all", "-", "traces gRPC", addresses.traces().grpc());
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
      if (topology.hasTraces()) {
        row(table, cluster.name(), environment, "collect", collect(own.collect()));
      }
    }
    row(table, "-", "-", "certificates", "http://" + addresses.pki() + "/metrics");
    row(table, "-", "-", "host exporter", "http://" + addresses.hostExporter() + "/metrics");
    return table.toString();
  }

  /// The ports of one collector: OTLP's in full, the others as they follow.
  private static String collect(Addresses.CollectAddresses own) {
    return own.of(CollectPort.OTLP_GRPC)
        + " OTLP gRPC; :"
        + port(own.of(CollectPort.OTLP_HTTP))
        + " OTLP HTTP, then Jaeger gRPC, HTTP, UDP compact, binary, Zipkin, sampling HTTP, gRPC; :"
        + port(own.operations())
        + " metrics";
  }

  private static String port(String address) {
    return address.substring(address.lastIndexOf(':') + 1);
  }

  private static String engine(Topology topology, Addresses addresses) {
    return topology.engineAt(addresses.logs().engine()).toString();
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
      if (topology.hasTraces()) {
        json.name("collect").beginObject();
        for (CollectPort port : CollectPort.values()) {
          json.name(port.name().toLowerCase(Locale.ROOT)).string(cluster.collect().of(port));
        }
        json.name("operations").string("http://" + cluster.collect().operations()).endObject();
      }
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
    if (topology.hasTraces()) {
      json.name("traces").beginObject();
      json.name("url").string(addresses.traces().url());
      json.name("grpc").string(addresses.traces().grpc());
      json.name("storage_grpc").string(addresses.storage()).endObject();
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
