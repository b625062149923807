package io.oriel.app.role;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Appendable;
import io.oriel.model.series.Appender;
import io.oriel.model.series.ExemplarQueryable;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.tsdb.Tsdb;
import io.oriel.wire.promapi.ApiEnvelope;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The database while its log is still replayed: until it is there, everything is answered with
/// UNAVAILABLE, so that the server can already tell how far it is. Thread-safe.
final class OpeningStorage implements Queryable, Appendable, ExemplarQueryable {
  private final AtomicInteger replayedSegments = new AtomicInteger();

  /** Set once, when the database is open. */
  private volatile @Nullable Tsdb open;

  void opened(Tsdb tsdb) {
    open = tsdb;
  }

  void replayed(int segment) {
    replayedSegments.incrementAndGet();
  }

  boolean isOpen() {
    return open != null;
  }

  /// How far the replay of the log is.
  HttpAnswer replayStatus() {
    int current = replayedSegments.get();
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginObject().name("min").number(0L);
              json.name("max").number((long) current).name("current").number((long) current);
              json.endObject();
            }));
  }

  Tsdb tsdb() {
    Tsdb tsdb = open;
    if (tsdb == null) {
      throw new OrielException(
          Kind.UNAVAILABLE,
          "storage is opening: " + replayedSegments.get() + " log segments replayed");
    }
    return tsdb;
  }

  /// The same, with commits that return only when they are durable.
  Appendable durable() {
    return () -> tsdb().durable().appender();
  }

  @Override
  public Querier querier(long minMillis, long maxMillis) throws IOException {
    return tsdb().querier(minMillis, maxMillis);
  }

  @Override
  public Appender appender() {
    return tsdb().appender();
  }

  @Override
  public List<SeriesExemplars> exemplars(
      long startMillis, long endMillis, List<List<Matcher>> selectors) throws IOException {
    return tsdb().exemplars(startMillis, endMillis, selectors);
  }
}
