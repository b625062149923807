package io.oriel.search.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// What a cluster says of itself: what `_cat` shows. Thread-safe.
public final class ClusterView {
  private final EngineCalls calls;

  ClusterView(EngineCalls calls) {
    this.calls = calls;
  }

  /// How well it is.
  ///
  /// @param status green, yellow or red
  public record Health(
      String cluster,
      String status,
      int nodes,
      int dataNodes,
      int activeShards,
      int unassignedShards,
      int pendingTasks) {}

  public Health health() throws InterruptedException {
    JsonNode health = calls.get("/_cluster/health");
    return new Health(
        health.path("cluster_name").asString(""),
        health.path("status").asString(""),
        health.path("number_of_nodes").asInt(0),
        health.path("number_of_data_nodes").asInt(0),
        health.path("active_shards").asInt(0),
        health.path("unassigned_shards").asInt(0),
        health.path("number_of_pending_tasks").asInt(0));
  }

  /// What it holds altogether.
  public record Totals(long indices, long shards, long documents, long bytes) {}

  public Totals totals() throws InterruptedException {
    JsonNode indices = calls.get("/_cluster/stats").path("indices");
    return new Totals(
        indices.path("count").asLong(0),
        indices.at("/shards/total").asLong(0),
        indices.at("/docs/count").asLong(0),
        indices.at("/store/size_in_bytes").asLong(0));
  }

  /// A node.
  ///
  /// @param roles one letter each, as `_cat/nodes` has them
  /// @param heapPercent of the JVM's heap in use
  /// @param diskPercent of the file system in use; -1 when unknown
  public record Node(
      String name,
      String address,
      String version,
      String roles,
      boolean isManager,
      int heapPercent,
      double diskPercent,
      long diskAvailableBytes,
      double load1m) {}

  /// By name.
  public List<Node> nodes() throws InterruptedException {
    List<Node> nodes = new ArrayList<>();
    for (JsonNode row :
        calls.get(
            "/_cat/nodes?format=json&bytes=b&s=name"
                + "&h=name,ip,version,node.role,master,heap.percent,disk.used_percent,disk.avail,load_1m")) {
      nodes.add(
          new Node(
              text(row, "name"),
              text(row, "ip"),
              text(row, "version"),
              text(row, "node.role"),
              text(row, "master").equals("*"),
              (int) number(row, "heap.percent"),
              number(row, "disk.used_percent"),
              (long) number(row, "disk.avail"),
              number(row, "load_1m")));
    }
    return nodes;
  }

  /// An index.
  ///
  /// @param health green, yellow or red; empty when closed
  /// @param status open or close
  /// @param bytes with replicas
  public record Index(
      String name,
      String health,
      String status,
      int primaries,
      int replicas,
      long documents,
      long bytes,
      long primaryBytes) {}

  /// Those whose names match {@code pattern}, hidden ones too, by name.
  public List<Index> indices(String pattern) throws InterruptedException {
    List<Index> indices = new ArrayList<>();
    for (JsonNode row :
        calls.get(
            "/_cat/indices/"
                + EngineCalls.encoded(pattern)
                + "?format=json&bytes=b&expand_wildcards=all&s=index"
                + "&h=index,health,status,pri,rep,docs.count,store.size,pri.store.size")) {
      indices.add(
          new Index(
              text(row, "index"),
              text(row, "health"),
              text(row, "status"),
              (int) number(row, "pri"),
              (int) number(row, "rep"),
              (long) number(row, "docs.count"),
              (long) number(row, "store.size"),
              (long) number(row, "pri.store.size")));
    }
    return indices;
  }

  /// A copy of a shard.
  ///
  /// @param state as in STARTED or UNASSIGNED
  /// @param node empty when on none
  /// @param reason why it is unassigned; empty otherwise
  public record Shard(
      String index,
      int number,
      boolean isPrimary,
      String state,
      long documents,
      long bytes,
      String node,
      String reason) {}

  /// Of the indices whose names match {@code pattern}, by index and number.
  public List<Shard> shards(String pattern) throws InterruptedException {
    List<Shard> shards = new ArrayList<>();
    for (JsonNode row :
        calls.get(
            "/_cat/shards/"
                + EngineCalls.encoded(pattern)
                + "?format=json&bytes=b&s=index,shard,prirep"
                + "&h=index,shard,prirep,state,docs,store,node,unassigned.reason")) {
      shards.add(
          new Shard(
              text(row, "index"),
              (int) number(row, "shard"),
              text(row, "prirep").equals("p"),
              text(row, "state").toUpperCase(Locale.ROOT),
              (long) number(row, "docs"),
              (long) number(row, "store"),
              text(row, "node"),
              text(row, "unassigned.reason")));
    }
    return shards;
  }

  private static String text(JsonNode row, String column) {
    return row.path(column).asString("");
  }

  /// -1 where the engine shows nothing.
  private static double number(JsonNode row, String column) {
    String text = text(row, column);
    try {
      return text.isEmpty() ? -1 : Double.parseDouble(text);
    } catch (NumberFormatException _) {
      return -1;
    }
  }
}
