package io.oriel.search.node;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Set;
import org.opensearch.common.settings.Settings;

/// The engine's settings for a node on one machine, which it shares with all else that runs there.
final class EngineSettings {
  /// The beans of `-XX:+UseSerialGC` and `-XX:+UseParallelGC`.
  private static final Set<String> ON_DEMAND = Set.of("MarkSweepCompact", "PS MarkSweep");

  private EngineSettings() {}

  static Settings of(SearchNodeConfig config) {
    int cores = Runtime.getRuntime().availableProcessors();
    Settings.Builder settings =
        Settings.builder()
            .put("cluster.name", config.clusterName())
            .put("node.name", config.nodeName())
            .put("path.home", config.data().toString())
            .put("path.data", config.data().resolve("nodes-data").toString())
            .put("path.repo", config.data().resolve("snapshots").toString())
            .put("network.host", "127.0.0.1")
            .put("http.port", Integer.toString(config.httpPort()))
            .put("transport.port", Integer.toString(config.transportPort()))
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            .put("http.netty.worker_count", Math.min(2, cores))
            .put("transport.netty.worker_count", 1)
            .put("http.max_content_length", "100mb")
            .put("http.compression", true)
            .put("thread_pool.search.size", Math.max(2, cores))
            .put("indices.fielddata.cache.size", "20%")
            .put("indices.lifecycle.poll_interval", "1m")
            .put("indices.breaker.total.use_real_memory", collectsByItself())
            .put("discovery.initial_state_timeout", "30s")
            .put(ElasticFacePlugin.PRODUCT_VERSION.getKey(), config.productVersion());
    if (config.isAlone()) {
      settings.put("discovery.type", "single-node").put("cluster.default_number_of_replicas", 0);
    } else {
      settings
          .putList("discovery.seed_hosts", config.seedHosts())
          .putList("cluster.initial_cluster_manager_nodes", config.initialClusterManagers());
    }
    for (Map.Entry<String, String> setting : config.settings().entrySet()) {
      settings.put(setting.getKey(), setting.getValue());
    }
    return settings.build();
  }

  /// Whether garbage goes away while nobody asks for memory. Where it does not, the heap in use
  /// says nothing about room: refused requests ask for none, so they would be refused for good.
  private static boolean collectsByItself() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .noneMatch(collector -> ON_DEMAND.contains(collector.getName()));
  }
}
