package io.oriel.federation.storegateway;

import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import io.oriel.wire.storeapi.LabelsRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/// Label names and values of one block: from its header alone where nothing but external labels is
/// matched, else from the series.
final class LabelsQuery {
  private static final int BATCH = 10_000;

  private final Reading reading;
  private final LabelsRequest request;
  private final TreeSet<String> found = new TreeSet<>(Utf8Order.COMPARATOR);
  private boolean any;

  private LabelsQuery(Reading reading, LabelsRequest request) {
    this.reading = reading;
    this.request = request;
  }

  /// What the block has of what is asked for, its external labels included.
  ///
  /// @param matchers those for the block's own labels
  static List<String> labels(Reading reading, LabelsRequest request, List<Matcher> matchers) {
    LabelsQuery query = new LabelsQuery(reading, request);
    if (matchers.isEmpty()) {
      query.takeHeader();
    } else {
      query.takeSeries(matchers);
    }
    return reading.block().external().shown(request, query.found, query.any).values();
  }

  private boolean isExternal() {
    return reading.block().external().labels().has(request.label());
  }

  private void takeHeader() {
    any = true;
    if (request.label().isEmpty()) {
      found.addAll(reading.header().names());
    } else if (!isExternal()) {
      found.addAll(reading.header().values(request.label()));
    }
  }

  private void takeSeries(List<Matcher> matchers) {
    List<Matcher> all = new ArrayList<>(matchers);
    if (!request.label().isEmpty() && !isExternal()) {
      all.add(Matcher.of(Matcher.Type.NOT_EQUAL, request.label(), ""));
    }
    PostingsFetch.Selected selected = new PostingsFetch(reading).select(all);
    reading.budget().takeSeries(selected.references().length);
    SeriesFetch fetch = new SeriesFetch(reading);
    for (int from = 0; from < selected.references().length; from += BATCH) {
      int to = Math.min(from + BATCH, selected.references().length);
      for (byte[] entry : fetch.entries(Arrays.copyOfRange(selected.references(), from, to))) {
        take(entry, selected.untried());
        if (any && isExternal()) {
          return;
        }
      }
    }
  }

  private void take(byte[] entry, List<Matcher> untried) {
    SeriesEntry.Raw raw =
        new SeriesEntry.Raw(
            reading.block().indexObject(), entry, request.startMillis(), request.endMillis());
    if (raw.chunks().isEmpty()) {
      return;
    }
    Labels labels = raw.labels(reading.header());
    if (!Matcher.all(untried, labels)) {
      return;
    }
    any = true;
    if (request.label().isEmpty()) {
      for (int i = 0; i < labels.size(); i++) {
        found.add(labels.name(i));
      }
    } else if (labels.has(request.label())) {
      found.add(labels.get(request.label()));
    }
  }
}
