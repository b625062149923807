package io.oriel.federation.frontend;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// What a query frontend counts, under upstream's names. Thread-safe.
final class FrontendMetrics {
  private static final String CACHE = "frontend";

  private final Counter queries;
  private final Counter splits;
  private final Counter sharded;
  private final Histogram retries;
  private final Counter fetched;
  private final Counter hits;
  private final Counter evicted;

  FrontendMetrics(PrometheusRegistry registry) {
    queries =
        Counter.builder()
            .name("thanos_query_frontend_queries_total")
            .help("Queries passing through the query frontend.")
            .labelNames("op")
            .register(registry);
    splits =
        Counter.builder()
            .name("thanos_frontend_split_queries_total")
            .help("Pieces into which queries were split by interval.")
            .register(registry);
    sharded =
        Counter.builder()
            .name("thanos_frontend_sharding_middleware_queries_total")
            .help("Queries analysed for vertical sharding.")
            .labelNames("shardable")
            .register(registry);
    retries =
        Histogram.builder()
            .name("cortex_query_frontend_retries")
            .help("Number of times a request is retried.")
            .classicUpperBounds(0, 1, 2, 3, 4, 5)
            .classicOnly()
            .register(registry);
    fetched = ofCache(registry, "cortex_cache_fetched_keys_total", "Keys asked for in the cache.");
    hits = ofCache(registry, "cortex_cache_hits_total", "Keys found in the cache.");
    evicted =
        Counter.builder()
            .name("querier_cache_evicted_total")
            .help("Entries evicted from the cache.")
            .labelNames("cache")
            .register(registry);
    sharded.initLabelValues("true");
    sharded.initLabelValues("false");
  }

  private static Counter ofCache(PrometheusRegistry registry, String name, String help) {
    return Counter.builder().name(name).help(help).labelNames("name").register(registry);
  }

  void query(String operation) {
    queries.labelValues(operation).inc();
  }

  void split(int pieces) {
    splits.inc(pieces);
  }

  void analysed(boolean shardable) {
    sharded.labelValues(Boolean.toString(shardable)).inc();
  }

  void retried(int times) {
    retries.observe(times);
  }

  void asked(boolean hit) {
    fetched.labelValues(CACHE).inc();
    hits.labelValues(CACHE).inc(hit ? 1 : 0);
  }

  void evicted() {
    evicted.labelValues(CACHE).inc();
  }
}
