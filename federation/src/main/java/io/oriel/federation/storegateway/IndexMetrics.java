package io.oriel.federation.storegateway;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;

/// What is counted of index-headers and of postings that are left out.
final class IndexMetrics {
  private static final String HEADER = GatewayMetrics.PREFIX + "indexheader_";

  final Counter emptyPostings;
  final Counter lazyPostings;
  final Counter lazyGroups;
  final Counter lazyBytes;
  final Counter lazyOverfetched;
  final Counter loads;
  final Counter loadFailures;
  final Counter unloads;
  final Histogram loadSeconds;
  final Histogram downloadSeconds;
  final Gauge heapBytes;
  final Gauge mappedBytes;

  IndexMetrics(MetricMaker make) {
    emptyPostings =
        make.counter(
            GatewayMetrics.PREFIX + "empty_postings_total", "Selections without any series.");
    lazyPostings =
        make.counter(
            GatewayMetrics.PREFIX + "lazy_expanded_postings_total",
            "Selections that left postings out.");
    lazyGroups =
        make.counter(
            GatewayMetrics.PREFIX + "lazy_expanded_posting_groups_total",
            "Matchers that were tried on series instead of fetching postings.",
            "reason");
    lazyBytes =
        make.counter(
            GatewayMetrics.PREFIX + "lazy_expanded_posting_size_bytes_total",
            "Postings that were not fetched.");
    lazyOverfetched =
        make.counter(
            GatewayMetrics.PREFIX + "lazy_expanded_posting_series_overfetched_size_bytes_total",
            "Series fetched in vain because postings were left out.");
    loads = make.counter(HEADER + "lazy_load_total", "Index headers mapped.");
    loadFailures = make.counter(HEADER + "lazy_load_failed_total", "Index headers not mapped.");
    unloads = make.counter(HEADER + "lazy_unload_total", "Index headers let go.");
    loadSeconds = make.seconds("indexheader_load_duration_seconds", "Mapping an index header.");
    downloadSeconds =
        make.seconds("indexheader_download_duration_seconds", "Making an index header.");
    heapBytes =
        make.gauge(
            GatewayMetrics.OWN + "indexheader_heap_bytes", "Heap held for mapped index headers.");
    mappedBytes =
        make.gauge(
            GatewayMetrics.OWN + "indexheader_mapped_bytes", "Size of mapped index headers.");
  }
}
