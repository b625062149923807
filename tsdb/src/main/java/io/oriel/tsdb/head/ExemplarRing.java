package io.oriel.tsdb.head;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.series.ExemplarQueryable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The newest exemplars, a fixed number of them; the oldest give way. Thread-safe.
final class ExemplarRing implements ExemplarQueryable {
  private record Slot(Labels series, Exemplar exemplar) {}

  @GuardedBy("this")
  private final @Nullable Slot[] slots;

  @GuardedBy("this")
  private final Map<Labels, Exemplar> newest = new HashMap<>();

  @GuardedBy("this")
  private int next;

  ExemplarRing(int capacity) {
    slots = new Slot[capacity];
  }

  /// Whether it would be kept: newer than the series' newest.
  synchronized boolean takes(Labels series, Exemplar exemplar) {
    Exemplar last = newest.get(series);
    return slots.length > 0
        && (last == null || exemplar.timestampMillis() > last.timestampMillis());
  }

  synchronized void add(Labels series, Exemplar exemplar) {
    if (!takes(series, exemplar)) {
      return;
    }
    Slot old = slots[next];
    if (old != null && old.exemplar().equals(newest.get(old.series()))) {
      newest.remove(old.series());
    }
    slots[next] = new Slot(series, exemplar);
    newest.put(series, exemplar);
    next = (next + 1) % slots.length;
  }

  @Override
  public synchronized List<SeriesExemplars> exemplars(
      long startMillis, long endMillis, List<List<Matcher>> selectors) {
    Map<Labels, List<Exemplar>> found = new TreeMap<>();
    for (Slot slot : slots) {
      if (slot != null
          && slot.exemplar().timestampMillis() >= startMillis
          && slot.exemplar().timestampMillis() <= endMillis
          && selectors.stream().anyMatch(all -> Matcher.all(all, slot.series()))) {
        found.computeIfAbsent(slot.series(), _ -> new ArrayList<>()).add(slot.exemplar());
      }
    }
    List<SeriesExemplars> answer = new ArrayList<>();
    found.forEach(
        (series, exemplars) -> {
          exemplars.sort(Comparator.comparingLong(Exemplar::timestampMillis));
          answer.add(new SeriesExemplars(series, exemplars));
        });
    return answer;
  }
}
