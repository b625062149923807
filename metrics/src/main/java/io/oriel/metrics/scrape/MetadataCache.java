package io.oriel.metrics.scrape;

import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.wire.exposition.ExpositionParser;
import io.oriel.wire.exposition.ExpositionParser.Entry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What a target has said of its metric families. Written by its loop, read by anyone.
final class MetadataCache {
  private final Map<String, MetricMetadata> families = new ConcurrentHashMap<>();

  void note(Entry entry, ExpositionParser parser) {
    String family = parser.family();
    MetricMetadata before =
        families.getOrDefault(family, new MetricMetadata(MetricType.UNKNOWN, "", ""));
    MetricMetadata after =
        switch (entry) {
          case TYPE -> new MetricMetadata(parser.type(), before.unit(), before.help());
          case HELP -> new MetricMetadata(before.type(), before.unit(), parser.text());
          case UNIT -> new MetricMetadata(before.type(), parser.text(), before.help());
          case SERIES, HISTOGRAM, COMMENT, END -> before;
        };
    if (!after.equals(before)) {
      families.put(family, after);
    }
  }

  Map<String, MetricMetadata> snapshot() {
    return Map.copyOf(families);
  }

  /// What is known of one family; null when nothing is.
  @Nullable MetricMetadata find(String family) {
    return families.get(family);
  }
}
