package io.oriel.federation.store;

import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.series.ExemplarQueryable;
import io.oriel.wire.storeapi.RuleGroup;
import io.oriel.wire.storeapi.RulesRequest;
import io.oriel.wire.storeapi.TargetDiscovery;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// What a Prometheus tells beside its series: rules, targets, metadata and, by its selectors,
/// exemplars; all without its external labels. Thread-safe.
public interface Facts extends ExemplarQueryable {
  /// Groups with their rules of the wanted type, as they stand after their last evaluation. A group
  /// may be left without rules.
  List<RuleGroup> rules(RulesRequest.Type type) throws IOException;

  /// What is scraped, and what relabelling dropped, as far as {@code state} asks for it.
  TargetDiscovery targets(TargetDiscovery.State state) throws IOException;

  /// What targets said of their metrics.
  ///
  /// @param metric the only one wanted; empty for all
  Map<String, List<MetricMetadata>> metadata(String metric) throws IOException;
}
