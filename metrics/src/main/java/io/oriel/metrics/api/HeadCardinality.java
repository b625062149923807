package io.oriel.metrics.api;

import io.oriel.model.json.JsonWriter;
import io.oriel.model.labels.LabelName;
import io.oriel.tsdb.head.Head;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// Where the head's series come from: the greatest names and label pairs.
///
/// @param pairs how many different label pairs there are
record HeadCardinality(
    Head head,
    long pairs,
    List<Item> seriesByMetric,
    List<Item> valuesByLabel,
    List<Item> bytesByLabel,
    List<Item> seriesByPair) {
  record Item(String name, long value) {}

  /// Keeps the greatest items.
  private static final class Greatest {
    private static final Comparator<Item> ORDER =
        Comparator.comparingLong(Item::value).thenComparing(Item::name, Comparator.reverseOrder());
    private final PriorityQueue<Item> kept = new PriorityQueue<>(ORDER);
    private final int limit;

    Greatest(int limit) {
      this.limit = limit;
    }

    void add(String name, long value) {
      if (kept.size() < limit || kept.element().value() < value) {
        kept.add(new Item(name, value));
        if (kept.size() > limit) {
          kept.remove();
        }
      }
    }

    List<Item> descending() {
      List<Item> sorted = new ArrayList<>(kept);
      sorted.sort(ORDER.reversed());
      return sorted;
    }
  }

  /// Looks at every label pair of {@code head}.
  ///
  /// @param limit how many items of each kind, from 1
  static HeadCardinality of(Head head, int limit) {
    Greatest metrics = new Greatest(limit);
    Greatest values = new Greatest(limit);
    Greatest bytes = new Greatest(limit);
    Greatest pairs = new Greatest(limit);
    long count = 0;
    for (String label : head.labelNames()) {
      Map<String, Integer> series = head.seriesByValue(label);
      long size = 0;
      for (Map.Entry<String, Integer> value : series.entrySet()) {
        if (label.equals(LabelName.METRIC)) {
          metrics.add(value.getKey(), value.getValue());
        }
        pairs.add(label + "=" + value.getKey(), value.getValue());
        size += (long) value.getKey().length() * value.getValue();
      }
      count += series.size();
      values.add(label, series.size());
      bytes.add(label, size);
    }
    return new HeadCardinality(
        head,
        count,
        metrics.descending(),
        values.descending(),
        bytes.descending(),
        pairs.descending());
  }

  void write(JsonWriter json) {
    json.beginObject().name("headStats").beginObject();
    json.name("numSeries").number((long) head.seriesCount());
    json.name("numLabelPairs").number(pairs);
    json.name("chunkCount").number(head.chunkCount());
    json.name("minTime").number(head.minTime());
    json.name("maxTime").number(head.maxTime()).endObject();
    write(json, "seriesCountByMetricName", seriesByMetric);
    write(json, "labelValueCountByLabelName", valuesByLabel);
    write(json, "memoryInBytesByLabelName", bytesByLabel);
    write(json, "seriesCountByLabelValuePair", seriesByPair);
    json.endObject();
  }

  private static void write(JsonWriter json, String name, List<Item> items) {
    json.name(name).beginArray();
    for (Item item : items) {
      json.beginObject().name("name").string(item.name());
      json.name("value").number(item.value()).endObject();
    }
    json.endArray();
  }
}
