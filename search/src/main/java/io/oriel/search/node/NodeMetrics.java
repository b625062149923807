package io.oriel.search.node;

import io.oriel.search.lifecycle.LifecycleCounts;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;
import org.opensearch.action.admin.cluster.node.stats.NodeStats;
import org.opensearch.action.admin.cluster.node.stats.NodesStatsRequest;
import org.opensearch.action.admin.indices.stats.CommonStatsFlags;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.health.ClusterHealthStatus;
import org.opensearch.cluster.health.ClusterStateHealth;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.index.IndexService;
import org.opensearch.index.shard.IndexShard;
import org.opensearch.indices.IndicesService;
import org.opensearch.monitor.fs.FsInfo;
import org.opensearch.monitor.jvm.JvmStats;
import org.opensearch.node.Node;
import org.opensearch.threadpool.ThreadPoolStats;

/// What a node tells of itself, read from the engine at each scrape. Thread-safe.
///
/// Names and labels under `elasticsearch_` are those of the Prometheus community's
/// elasticsearch_exporter, so its dashboards and alerts work.
final class NodeMetrics implements MultiCollector {
  private static final TimeValue PATIENCE = TimeValue.timeValueSeconds(5);
  private static final Set<String> POOLS = Set.of("write", "search", "get", "management");

  private final Node node;

  NodeMetrics(Node node) {
    this.node = node;
  }

  @Override
  public MetricSnapshots collect() {
    if (node.isClosed()) {
      return new MetricSnapshots();
    }
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    ClusterState state = node.injector().getInstance(ClusterService.class).state();
    Map<String, String> cluster = Map.of("cluster", state.getClusterName().value());
    health(all, state, cluster);
    lifecycle(all, state, cluster);
    NodesStatsRequest request =
        new NodesStatsRequest("_local")
            .clear()
            .indices(new CommonStatsFlags(CommonStatsFlags.Flag.values()))
            .addMetrics("jvm", "fs", "thread_pool");
    for (NodeStats stats :
        node.client().admin().cluster().nodesStats(request).actionGet(PATIENCE).getNodes()) {
      Map<String, String> labels = new LinkedHashMap<>(cluster);
      labels.put("host", stats.getNode().getHostAddress());
      labels.put("name", stats.getNode().getName());
      labels.put("node", stats.getNode().getId());
      indices(all, stats, labels);
      shards(all, labels);
      machine(all, stats, labels);
    }
    return all.build();
  }

  private static void health(
      MetricSnapshots.Builder all, ClusterState state, Map<String, String> cluster) {
    ClusterStateHealth health = new ClusterStateHealth(state);
    GaugeSnapshot.Builder status =
        GaugeSnapshot.builder()
            .name("elasticsearch_cluster_health_status")
            .help("Whether the cluster has the color of the label.");
    for (ClusterHealthStatus color : ClusterHealthStatus.values()) {
      status.dataPoint(
          point(
              health.getStatus() == color ? 1 : 0,
              with(cluster, "color", color.name().toLowerCase(Locale.ROOT))));
    }
    all.metricSnapshot(status.build());
    String prefix = "elasticsearch_cluster_health_";
    gauge(all, prefix + "number_of_nodes", "Nodes.", health.getNumberOfNodes(), cluster);
    gauge(
        all,
        prefix + "number_of_data_nodes",
        "Data nodes.",
        health.getNumberOfDataNodes(),
        cluster);
    gauge(
        all,
        prefix + "active_primary_shards",
        "Active primary shards.",
        health.getActivePrimaryShards(),
        cluster);
    gauge(all, prefix + "active_shards", "Active shards.", health.getActiveShards(), cluster);
    gauge(
        all,
        prefix + "relocating_shards",
        "Shards that move.",
        health.getRelocatingShards(),
        cluster);
    gauge(
        all,
        prefix + "initializing_shards",
        "Shards that start.",
        health.getInitializingShards(),
        cluster);
    gauge(
        all,
        prefix + "unassigned_shards",
        "Shards that are on no node.",
        health.getUnassignedShards(),
        cluster);
    gauge(
        all,
        "oriel_search_indices",
        "Indices, hidden ones too.",
        state.metadata().indices().size(),
        cluster);
    long shards = 0;
    for (IndexMetadata index : state.metadata().indices().values()) {
      shards += index.getTotalNumberOfShards();
    }
    gauge(all, "oriel_search_shards", "Shards of all indices, replicas too.", shards, cluster);
  }

  private static void lifecycle(
      MetricSnapshots.Builder all, ClusterState state, Map<String, String> cluster) {
    LifecycleCounts counts = LifecycleCounts.of(state);
    gauge(
        all,
        "oriel_search_lifecycle_errors",
        "Indices whose lifecycle stands at a failed step.",
        counts.errors(),
        cluster);
    gauge(
        all,
        "oriel_search_lifecycle_running",
        "Whether lifecycle policies are carried out.",
        counts.running() ? 1 : 0,
        cluster);
    GaugeSnapshot.Builder phases =
        GaugeSnapshot.builder()
            .name("oriel_search_lifecycle_indices")
            .help("Managed indices by the phase that they are in.");
    counts
        .byPhase()
        .forEach((phase, n) -> phases.dataPoint(point(n, with(cluster, "phase", phase))));
    all.metricSnapshot(phases.build());
  }

  private static void indices(
      MetricSnapshots.Builder all, NodeStats stats, Map<String, String> labels) {
    String prefix = "elasticsearch_indices_";
    var indices = asked(stats.getIndices());
    gauge(
        all,
        prefix + "docs",
        "Documents on this node.",
        asked(indices.getDocs()).getCount(),
        labels);
    gauge(
        all,
        prefix + "docs_deleted",
        "Documents deleted and not yet merged away.",
        asked(indices.getDocs()).getDeleted(),
        labels);
    gauge(
        all,
        prefix + "store_size_bytes",
        "Bytes of the shards on this node.",
        asked(indices.getStore()).getSizeInBytes(),
        labels);
    gauge(
        all,
        prefix + "segments_count",
        "Lucene segments.",
        asked(indices.getSegments()).getCount(),
        labels);
    var indexing = asked(indices.getIndexing()).getTotal();
    counter(
        all,
        prefix + "indexing_index",
        "Documents indexed.",
        (double) indexing.getIndexCount(),
        labels);
    counter(
        all,
        prefix + "indexing_index_time_seconds",
        "Time spent indexing.",
        indexing.getIndexTime().millis() / 1000.0,
        labels);
    var search = asked(indices.getSearch()).getTotal();
    counter(
        all, prefix + "search_query", "Shard queries.", (double) search.getQueryCount(), labels);
    counter(
        all,
        prefix + "search_query_time_seconds",
        "Time spent in shard queries.",
        search.getQueryTimeInMillis() / 1000.0,
        labels);
  }

  private void shards(MetricSnapshots.Builder all, Map<String, String> labels) {
    long largest = 0;
    long count = 0;
    for (IndexService index : node.injector().getInstance(IndicesService.class)) {
      for (IndexShard shard : index) {
        count++;
        largest = Math.max(largest, bytes(shard));
      }
    }
    gauge(all, "oriel_search_node_shards", "Shards on this node.", count, labels);
    gauge(
        all,
        "oriel_search_largest_shard_bytes",
        "Bytes of the largest shard on this node.",
        largest,
        labels);
  }

  /// 0 for a shard that has just been closed.
  private static long bytes(IndexShard shard) {
    try {
      return shard.storeStats().getSizeInBytes();
    } catch (AlreadyClosedException _) {
      return 0;
    }
  }

  private static void machine(
      MetricSnapshots.Builder all, NodeStats stats, Map<String, String> labels) {
    JvmStats.Mem memory = asked(stats.getJvm()).getMem();
    Map<String, String> heap = with(labels, "area", "heap");
    gauge(
        all,
        "elasticsearch_jvm_memory_used_bytes",
        "Heap in use.",
        memory.getHeapUsed().getBytes(),
        heap);
    gauge(
        all,
        "elasticsearch_jvm_memory_max_bytes",
        "Heap at most.",
        memory.getHeapMax().getBytes(),
        heap);
    GaugeSnapshot.Builder available = disk("available", "Bytes that the node may still write.");
    GaugeSnapshot.Builder size = disk("size", "Bytes of the file system.");
    GaugeSnapshot.Builder free = disk("free", "Bytes that are free.");
    for (FsInfo.Path path : asked(stats.getFs())) {
      Map<String, String> place =
          with(
              with(labels, "mount", String.valueOf(path.getMount())),
              "path",
              String.valueOf(path.getPath()));
      available.dataPoint(point(path.getAvailable().getBytes(), place));
      size.dataPoint(point(path.getTotal().getBytes(), place));
      free.dataPoint(point(path.getFree().getBytes(), place));
    }
    all.metricSnapshot(available.build());
    all.metricSnapshot(size.build());
    all.metricSnapshot(free.build());
    pools(all, stats, labels);
  }

  private static GaugeSnapshot.Builder disk(String what, String help) {
    return GaugeSnapshot.builder()
        .name("elasticsearch_filesystem_data_" + what + "_bytes")
        .help(help);
  }

  private static void pools(
      MetricSnapshots.Builder all, NodeStats stats, Map<String, String> labels) {
    CounterSnapshot.Builder rejected =
        CounterSnapshot.builder()
            .name("elasticsearch_thread_pool_rejected_count")
            .help("Tasks refused because a queue was full.");
    GaugeSnapshot.Builder queue =
        GaugeSnapshot.builder()
            .name("elasticsearch_thread_pool_queue_count")
            .help("Tasks that wait.");
    for (ThreadPoolStats.Stats pool : asked(stats.getThreadPool())) {
      if (POOLS.contains(pool.getName())) {
        Labels type = labels(with(labels, "type", pool.getName()));
        rejected.dataPoint(
            CounterSnapshot.CounterDataPointSnapshot.builder()
                .value(Math.max(0, (double) pool.getRejected()))
                .labels(type)
                .build());
        queue.dataPoint(
            GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .value(pool.getQueue())
                .labels(type)
                .build());
      }
    }
    all.metricSnapshot(rejected.build());
    all.metricSnapshot(queue.build());
  }

  private static void gauge(
      MetricSnapshots.Builder all, String name, String help, double value, Map<String, String> of) {
    all.metricSnapshot(
        GaugeSnapshot.builder().name(name).help(help).dataPoint(point(value, of)).build());
  }

  private static void gauge(
      MetricSnapshots.Builder all, String name, String help, long value, Map<String, String> of) {
    gauge(all, name, help, (double) value, of);
  }

  private static void counter(
      MetricSnapshots.Builder all, String name, String help, double value, Map<String, String> of) {
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name(name)
            .help(help)
            .dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .value(Math.max(0, value))
                    .labels(labels(of))
                    .build())
            .build());
  }

  private static GaugeSnapshot.GaugeDataPointSnapshot point(double value, Map<String, String> of) {
    return GaugeSnapshot.GaugeDataPointSnapshot.builder().value(value).labels(labels(of)).build();
  }

  private static GaugeSnapshot.GaugeDataPointSnapshot point(long value, Map<String, String> of) {
    return point((double) value, of);
  }

  /// A part of the statistics that the request asked for, so it is there.
  private static <T> T asked(@Nullable T part) {
    return Objects.requireNonNull(part, "the engine left out what was asked for");
  }

  private static Map<String, String> with(Map<String, String> labels, String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(labels);
    more.put(name, value);
    return more;
  }

  private static Labels labels(Map<String, String> labels) {
    Labels.Builder builder = Labels.builder();
    labels.forEach(builder::label);
    return builder.build();
  }
}
