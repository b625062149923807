package io.oriel.metrics.queue;

import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.relabel.Relabeler;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Under which labels each series of the log goes out. Confined to the queue's reader.
///
/// A series without samples for {@link #IDLE_MILLIS} is forgotten: by then the head has collected
/// it, and should it come back, the log introduces it anew.
final class SeriesNames {
  /** Far longer than a series without samples stays in the head, which is about three hours. */
  static final long IDLE_MILLIS = 12 * 3_600_000L;

  private static final class Entry {
    Item.@Nullable Outgoing outgoing;
    long lastUsedMillis;
  }

  private final Labels external;
  private final Relabeler relabeler;
  private final Map<Long, Entry> byRef = new HashMap<>();
  private final LabelsBuilder labels = new LabelsBuilder();

  SeriesNames(Labels external, Relabeler relabeler) {
    this.external = external;
    this.relabeler = relabeler;
  }

  void add(long ref, Labels series, long nowMillis) {
    Entry entry = byRef.computeIfAbsent(ref, _ -> new Entry());
    entry.lastUsedMillis = nowMillis;
    labels.reset(series);
    for (int i = 0; i < external.size(); i++) {
      if (!labels.has(external.name(i))) {
        labels.set(external.name(i), external.value(i));
      }
    }
    boolean kept = relabeler.apply(labels) && labels.size() > 0;
    entry.outgoing = kept ? new Item.Outgoing(labels.build(), null) : null;
  }

  void describe(long ref, MetricMetadata metadata) {
    Entry entry = byRef.get(ref);
    if (entry != null && entry.outgoing != null) {
      entry.outgoing = new Item.Outgoing(entry.outgoing.labels(), metadata);
    }
  }

  boolean knows(long ref) {
    return byRef.containsKey(ref);
  }

  /// What {@code ref} goes out as; null when relabelling drops it or it is not known.
  Item.@Nullable Outgoing find(long ref, long nowMillis) {
    Entry entry = byRef.get(ref);
    if (entry == null) {
      return null;
    }
    entry.lastUsedMillis = nowMillis;
    return entry.outgoing;
  }

  void forgetIdle(long nowMillis) {
    byRef.values().removeIf(entry -> nowMillis - entry.lastUsedMillis > IDLE_MILLIS);
  }

  int size() {
    return byRef.size();
  }
}
