package io.oriel.federation.storegateway;

import io.oriel.federation.store.ExternalLabels;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.wire.storeapi.SeriesRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The selected series of one block in the order of the answer. For one thread.
///
/// The index has them in the order of their own labels. External labels that no series has itself
/// change that only where all labels of one series are the first labels of the next ones: only such
/// a run is held back and sorted. Where series may have a label that is replaced or removed, all of
/// them are read first.
final class EntryReader {
  private static final int BATCH = 10_000;

  private final Reading reading;
  private final SeriesRequest request;
  private final PostingsFetch.Selected selected;
  private final SeriesFetch fetch;
  private final ExternalLabels external;
  private final boolean sortsAll;
  private final Deque<SeriesEntry> batch = new ArrayDeque<>();
  private final Deque<SeriesEntry> ready = new ArrayDeque<>();
  private List<SeriesEntry> run = new ArrayList<>();
  private int at;

  EntryReader(Reading reading, SeriesRequest request, PostingsFetch.Selected selected) {
    this.reading = reading;
    this.request = request;
    this.selected = selected;
    this.fetch = new SeriesFetch(reading);
    this.external = reading.block().external();
    this.sortsAll = mayReorder();
    if (selected.untried().isEmpty()) {
      reading.budget().takeSeries(selected.references().length);
    }
  }

  private boolean mayReorder() {
    Labels labels = external.labels();
    for (int i = 0; i < labels.size(); i++) {
      if (reading.header().hasName(labels.name(i))) {
        return true;
      }
    }
    return request.withoutReplicaLabels().stream().anyMatch(reading.header()::hasName);
  }

  /// The next series, or null after the last.
  @Nullable SeriesEntry next() {
    while (ready.isEmpty()) {
      SeriesEntry entry = nextInBlock();
      if (entry == null) {
        release();
        return ready.poll();
      }
      if (!run.isEmpty() && !sortsAll && !continues(run.getFirst().own(), entry.own())) {
        release();
      }
      run.add(entry);
    }
    return ready.poll();
  }

  /// Whether {@code labels} starts with all of {@code first}.
  private static boolean continues(Labels first, Labels labels) {
    if (labels.size() <= first.size()) {
      return false;
    }
    for (int i = 0; i < first.size(); i++) {
      if (!labels.name(i).equals(first.name(i)) || !labels.value(i).equals(first.value(i))) {
        return false;
      }
    }
    return true;
  }

  private void release() {
    run.sort(Comparator.comparing(SeriesEntry::shown));
    ready.addAll(run);
    run = new ArrayList<>();
  }

  private @Nullable SeriesEntry nextInBlock() {
    while (batch.isEmpty() && at < selected.references().length) {
      int to = Math.min(at + BATCH, selected.references().length);
      int[] references = Arrays.copyOfRange(selected.references(), at, to);
      at = to;
      for (byte[] raw : fetch.entries(references)) {
        take(raw);
      }
    }
    return batch.poll();
  }

  private void take(byte[] entry) {
    SeriesEntry.Raw raw =
        new SeriesEntry.Raw(
            reading.block().indexObject(), entry, request.minMillis(), request.maxMillis());
    if (raw.chunks().isEmpty()) {
      return;
    }
    Labels own = raw.labels(reading.header());
    if (!Matcher.all(selected.untried(), own)) {
      reading.metrics().index.lazyOverfetched.inc(entry.length);
      return;
    }
    Labels shown = external.on(own, request.withoutReplicaLabels());
    if (request.shard().takes(shown)) {
      if (!selected.untried().isEmpty()) {
        reading.budget().takeSeries(1);
      }
      batch.add(new SeriesEntry(own, shown, raw.chunks()));
    }
  }
}
