package io.oriel.app.role.metrics;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
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
import io.oriel.tsdb.wal.Wal;
import io.oriel.wire.promapi.ApiEnvelope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The database while its log is still replayed: until it is there, everything is answered with
/// UNAVAILABLE, so that the server can already tell how far it is. Thread-safe.
final class OpeningStorage implements Queryable, Appendable, ExemplarQueryable {
  private final AtomicInteger replayedSegments = new AtomicInteger();

  /** The first and the last segment of the log, and the last one that was replayed. */
  private volatile int firstSegment;

  private volatile int lastSegment;
  private volatile int currentSegment;

  /** Set once, when the database is open. */
  private volatile @Nullable Tsdb open;

  void opened(Tsdb tsdb) {
    open = tsdb;
  }

  /// Looks how long the log in the data directory {@code data} is, which will be replayed now.
  void opening(Path data) throws IOException {
    Disk disk = new FileDisk();
    Path log = data.resolve("wal");
    List<Integer> segments = disk.exists(log) ? Wal.segments(disk, log) : List.of();
    if (!segments.isEmpty()) {
      firstSegment = segments.getFirst();
      currentSegment = firstSegment;
      lastSegment = segments.getLast();
    }
  }

  void replayed(int segment) {
    currentSegment = segment;
    replayedSegments.incrementAndGet();
  }

  boolean isOpen() {
    return open != null;
  }

  /// How far the replay of the log is.
  HttpAnswer replayStatus() {
    return HttpAnswer.json(
        200,
        ApiEnvelope.success(
            json -> {
              json.beginObject().name("min").number((long) firstSegment);
              json.name("max").number((long) lastSegment);
              json.name("current").number((long) currentSegment).endObject();
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
