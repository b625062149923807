package io.oriel.federation.query;

import io.oriel.federation.dedup.Deduplication;
import io.oriel.federation.store.Store;
import io.oriel.federation.store.StoreCursor;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Answer;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.series.Warning;
import io.oriel.wire.storeapi.AggrChunk;
import io.oriel.wire.storeapi.Aggregate;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.LabelsResponse;
import io.oriel.wire.storeapi.QueryHints;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.StoreSeries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Stores as PromQL reads them: decoded, of the resolution that fits, replicas merged. Thread-safe.
public final class FederatedQueryable implements Queryable {
  private static final int BATCH = 64;

  private final Store store;
  private final QueryScope scope;

  public FederatedQueryable(Store store, QueryScope scope) {
    this.store = store;
    this.scope = scope;
  }

  @Override
  public Querier querier(long minMillis, long maxMillis) {
    return new View(minMillis, maxMillis);
  }

  private final class View implements Querier {
    private final long minMillis;
    private final long maxMillis;
    private final Queue<StoreCursor> cursors = new ConcurrentLinkedQueue<>();

    View(long minMillis, long maxMillis) {
      this.minMillis = minMillis;
      this.maxMillis = maxMillis;
    }

    @Override
    public SeriesCursor select(SelectHints hints, List<Matcher> matchers) throws IOException {
      long min = Math.max(minMillis, hints.startMillis());
      long max = Math.min(maxMillis, hints.endMillis());
      List<Aggregate> aggregates = AggregateChoice.of(hints.function());
      SeriesRequest.Draft request =
          SeriesRequest.of(min, max, matchers)
              .change()
              .resolution(scope.maxResolutionMillis(), aggregates)
              .partialResponse(scope.partialResponse())
              .queryHints(
                  new QueryHints(
                      hints.stepMillis(),
                      hints.function(),
                      hints.grouping(),
                      hints.by(),
                      hints.rangeMillis()))
              .shard(scope.shard())
              .withoutReplicaLabels(scope.replicaLabels())
              .limit(hints.limit())
              .batchSize(BATCH);
      if (hints.function().equals("series")) {
        request.labelsOnly();
      }
      Deduplication merging =
          scope.replicaLabels().isEmpty() ? Deduplication.CHAIN : scope.deduplication();
      StoreCursor cursor = store.series(request.build());
      cursors.add(cursor);
      return new Cursor(
          cursor, new ReplicaSeries.Reading(min, max, aggregates, merging, hints.function()));
    }

    @Override
    public Answer<List<String>> labelValues(String name, int limit, List<Matcher> matchers)
        throws IOException {
      return labels(name, limit, matchers);
    }

    @Override
    public Answer<List<String>> labelNames(int limit, List<Matcher> matchers) throws IOException {
      return labels("", limit, matchers);
    }

    /// Replica labels are among them, merged or not: one may want to ask a replica by itself.
    private Answer<List<String>> labels(String name, int limit, List<Matcher> matchers)
        throws IOException {
      LabelsResponse found =
          store.labels(
              new LabelsRequest(
                  name, scope.partialResponse(), minMillis, maxMillis, matchers, List.of(), limit));
      return new Answer<>(found.values(), found.warnings().stream().map(Warning::warning).toList());
    }

    @Override
    public void close() {
      cursors.forEach(StoreCursor::close);
    }
  }

  private static final class Cursor implements SeriesCursor {
    private final StoreCursor series;
    private final ReplicaSeries.Reading reading;
    private @Nullable StoreSeries ahead;
    private boolean begun;

    Cursor(StoreCursor series, ReplicaSeries.Reading reading) {
      this.series = series;
      this.reading = reading;
    }

    @Override
    public @Nullable Series next() throws IOException {
      if (!begun) {
        begun = true;
        ahead = series.next();
      }
      StoreSeries first = ahead;
      if (first == null) {
        return null;
      }
      ahead = series.next();
      StoreSeries whole = first;
      while (ahead != null && ahead.labels().equals(first.labels())) {
        whole = joined(whole, ahead);
        ahead = series.next();
      }
      return new ReplicaSeries(whole, reading);
    }

    private static StoreSeries joined(StoreSeries one, StoreSeries other) {
      List<AggrChunk> chunks = new ArrayList<>(one.chunks());
      chunks.addAll(other.chunks());
      return new StoreSeries(one.labels(), chunks);
    }

    @Override
    public List<Warning> warnings() {
      return series.warnings().stream().map(Warning::warning).toList();
    }

    @Override
    public void close() {
      // series may be read until the querier is closed, and with it the stores' cursors
    }
  }
}
