package io.oriel.tsdb.head;

import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Answer;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.series.Warning;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.chunk.RowOrder;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.oriel.tsdb.index.Postings;
import io.oriel.tsdb.tombstone.Tombstones;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Reads the head as it was after commit {@code visible}.
final class HeadQuerier implements Querier {
  private final Head head;
  private final long minMillis;
  private final long maxMillis;
  private final Readers.Ticket ticket;
  private final Part part;
  private final long visible;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// What is read of the head.
  enum Part {
    ALL,
    /** Only what came out of order. */
    LATE
  }

  HeadQuerier(Head head, long minMillis, long maxMillis, Readers.Ticket ticket, Part part) {
    this.head = head;
    this.minMillis = minMillis;
    this.maxMillis = maxMillis;
    this.ticket = ticket;
    this.part = part;
    this.visible = ticket.visible();
  }

  private List<HeadSeries> matching(List<Matcher> matchers) {
    List<HeadSeries> found = new ArrayList<>();
    for (int ref : Postings.select(head.postings, matchers)) {
      HeadSeries series = head.table.get(ref);
      if (series != null) {
        found.add(series);
      }
    }
    return found;
  }

  @Override
  public SeriesCursor select(SelectHints hints, List<Matcher> matchers) {
    long from = Math.max(minMillis, hints.startMillis());
    long to = Math.min(maxMillis, hints.endMillis());
    List<HeadSeries> found = matching(matchers);
    found.removeIf(
        part == Part.ALL
            ? series -> !series.overlaps(from, to)
            : series -> !series.overlapsLate(from, to));
    if (hints.sorted()) {
      found.sort(Comparator.comparing(series -> series.labels));
    }
    int count = hints.limit() > 0 ? Math.min(hints.limit(), found.size()) : found.size();
    return new HeadCursor(found.subList(0, count), from, to);
  }

  @Override
  public Answer<List<String>> labelValues(String name, int limit, List<Matcher> matchers) {
    if (matchers.isEmpty()) {
      return Answer.of(limited(head.postings.values(name), limit));
    }
    TreeSet<String> values = new TreeSet<>(Utf8Order.COMPARATOR);
    for (HeadSeries series : matching(matchers)) {
      if (series.labels.has(name)) {
        values.add(series.labels.get(name));
      }
    }
    return Answer.of(limited(List.copyOf(values), limit));
  }

  @Override
  public Answer<List<String>> labelNames(int limit, List<Matcher> matchers) {
    if (matchers.isEmpty()) {
      return Answer.of(limited(head.postings.names(), limit));
    }
    TreeSet<String> names = new TreeSet<>(Utf8Order.COMPARATOR);
    for (HeadSeries series : matching(matchers)) {
      for (int i = 0; i < series.labels.size(); i++) {
        names.add(series.labels.name(i));
      }
    }
    return Answer.of(limited(List.copyOf(names), limit));
  }

  private static List<String> limited(List<String> all, int limit) {
    return limit > 0 && all.size() > limit ? all.subList(0, limit) : all;
  }

  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      head.readers.leave(ticket);
    }
  }

  private final class HeadCursor implements SeriesCursor {
    private final List<HeadSeries> found;
    private final long from;
    private final long to;
    private int at;

    HeadCursor(List<HeadSeries> found, long from, long to) {
      this.found = found;
      this.from = from;
      this.to = to;
    }

    @Override
    public @Nullable Series next() {
      return at < found.size() ? new View(HeadQuerier.this, found.get(at++), from, to) : null;
    }

    @Override
    public List<Warning> warnings() {
      return List.of();
    }

    @Override
    public void close() {
      at = found.size();
    }
  }

  private record View(HeadQuerier from, HeadSeries series, long min, long max) implements Series {
    @Override
    public Labels labels() {
      return series.labels;
    }

    @Override
    public void read(SampleColumns into) {
      HeadChunkFiles files = from.head.files();
      int base = into.size();
      if (from.part == Part.ALL) {
        List<EncodedChunk> chunks = series.chunks(files, min, max);
        long hidden = series.hiddenFrom(from.visible);
        long end = hidden == Long.MAX_VALUE ? max : Math.min(max, hidden - 1);
        ChunkDecoder decoder = new ChunkDecoder();
        for (EncodedChunk chunk : chunks) {
          MemorySegment data = MemorySegment.ofBuffer(chunk.data());
          decoder.decode(chunk.encoding(), data, into, min, end);
        }
      }
      SampleColumns late = series.late(files, from.visible, min, max);
      if (late != null) {
        RowOrder.merge(into, base, late);
      }
      Tombstones.erase(into, base, deleted());
    }

    private List<Tombstones.Interval> deleted() {
      return from.head.tombstones().of(series.ref);
    }

    @Override
    public List<EncodedChunk> chunks() {
      HeadChunkFiles files = from.head.files();
      if (!deleted().isEmpty()
          || from.part == Part.LATE
          || series.hiddenFrom(from.visible) <= max
          || series.overlapsLate(min, max)) {
        SampleColumns rows = new SampleColumns();
        read(rows);
        return SampleEncoder.encode(rows);
      }
      return series.chunks(files, min, max);
    }
  }
}
