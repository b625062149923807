package io.oriel.federation.storegateway;

import io.oriel.federation.store.StoreCursor;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.wire.storeapi.AggrChunk;
import io.oriel.wire.storeapi.Aggregate;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.StoreChunk;
import io.oriel.wire.storeapi.StoreSeries;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// The series of several blocks merged by their labels: blocks' parts of one series become one, by
/// time, unless it grows too large for a frame. For one thread at a time.
final class SeriesQuery implements StoreCursor {
  private static final int FRAME_BYTES = 1 << 20;
  private static final int CHUNK_OVERHEAD = 32;

  private final SeriesRequest request;
  private final MissingParts missing;
  private final LoadedBlocks blocks;
  private final GatewayMetrics metrics;
  private final Runnable done;
  private final PriorityQueue<BlockCursor> cursors =
      new PriorityQueue<>(
          Comparator.comparing(SeriesQuery::labels)
              .thenComparingLong(cursor -> cursor.block().minMillis())
              .thenComparing(cursor -> cursor.block().ulid()));
  private final Deque<StoreSeries> rest = new ArrayDeque<>();
  private long given;
  private boolean closed;

  /// @param opened takes ownership of the cursors
  /// @param done run once it is closed
  SeriesQuery(
      SeriesRequest request,
      List<BlockCursor> opened,
      MissingParts missing,
      LoadedBlocks blocks,
      GatewayMetrics metrics,
      Runnable done) {
    this.request = request;
    this.missing = missing;
    this.blocks = blocks;
    this.metrics = metrics;
    this.done = done;
    opened.forEach(this::offer);
  }

  private static Labels labels(BlockCursor cursor) {
    StoreSeries next = cursor.peek();
    return next == null ? Labels.empty() : next.labels();
  }

  private void offer(BlockCursor cursor) {
    if (cursor.peek() == null) {
      cursor.close();
    } else {
      cursors.add(cursor);
    }
  }

  @Override
  public @Nullable StoreSeries next() {
    if (!rest.isEmpty()) {
      return rest.poll();
    }
    boolean full = request.limit() > 0 && given >= request.limit();
    BlockCursor first = full ? null : cursors.peek();
    if (first == null) {
      return null;
    }
    Labels labels = labels(first);
    List<AggrChunk> chunks = new ArrayList<>();
    while (!cursors.isEmpty() && labels(cursors.peek()).equals(labels)) {
      BlockCursor cursor = cursors.poll();
      StoreSeries series = cursor.peek();
      if (series != null) {
        chunks.addAll(series.chunks());
      }
      advance(cursor);
    }
    given++;
    split(labels, chunks);
    return rest.poll();
  }

  private void advance(BlockCursor cursor) {
    try {
      cursor.advance();
      offer(cursor);
    } catch (OrielException e) {
      cursor.close();
      failed(cursor.block(), e, missing, blocks);
    }
  }

  /// Notes that a block did not answer; sets it aside when it is damaged.
  static void failed(
      RemoteBlock block, OrielException failure, MissingParts missing, LoadedBlocks blocks) {
    if (failure.kind() == Kind.CORRUPT) {
      blocks.setAside(block, failure);
    }
    missing.note(block.ulid(), "answer", failure);
  }

  private void split(Labels labels, List<AggrChunk> chunks) {
    List<AggrChunk> frame = new ArrayList<>();
    long bytes = 0;
    for (AggrChunk chunk : chunks) {
      frame.add(chunk);
      bytes += bytes(chunk);
      if (bytes >= FRAME_BYTES) {
        rest.add(new StoreSeries(labels, frame));
        frame = new ArrayList<>();
        bytes = 0;
      }
    }
    if (!frame.isEmpty() || rest.isEmpty()) {
      rest.add(new StoreSeries(labels, frame));
    }
  }

  private static long bytes(AggrChunk chunk) {
    long bytes = CHUNK_OVERHEAD;
    for (Aggregate aggregate : Aggregate.values()) {
      StoreChunk part = chunk.get(aggregate);
      bytes += part == null ? 0 : part.data().remaining();
    }
    return bytes;
  }

  @Override
  public List<String> warnings() {
    return missing.warnings();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cursors.forEach(BlockCursor::close);
      cursors.clear();
      metrics.resultSeries.observe((double) given);
      done.run();
    }
  }

  /// What to read for a request: a block and the matchers for its own labels.
  record Choice(RemoteBlock block, List<Matcher> matchers) {}
}
