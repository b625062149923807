package io.oriel.federation.storegateway;

import io.oriel.model.error.OrielException;
import io.oriel.model.matcher.Matcher;
import io.oriel.wire.storeapi.AggrChunk;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.StoreSeries;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What one block has for a request, in the order of the answer. Holds the block's header until it
/// is closed. For one thread at a time.
final class BlockCursor implements AutoCloseable {
  private static final int MOST_SERIES = 10_000;

  /** Chunks of this many samples take about 200 bytes; so a batch is a few megabytes. */
  private static final int MOST_CHUNKS = 20_000;

  private final RemoteBlock block;
  private final SeriesRequest request;
  private final Reading reading;
  private final EntryReader entries;
  private final ChunkFetch chunks;
  private final Deque<StoreSeries> ready = new ArrayDeque<>();
  private boolean closed;

  private BlockCursor(
      Reading reading,
      SeriesRequest request,
      List<Matcher> matchers,
      BiConsumer<RemoteBlock, OrielException> damaged) {
    this.reading = reading;
    this.block = reading.block();
    this.request = request;
    this.entries = new EntryReader(reading, request, new PostingsFetch(reading).select(matchers));
    this.chunks =
        new ChunkFetch(reading, request.aggregates(), problem -> damaged.accept(block, problem));
    fill();
  }

  /// Selects the series and reads the first of them. The caller closes it.
  ///
  /// @param matchers those for the block's own labels
  /// @param damaged told of chunks that are left out
  static BlockCursor open(
      Reading reading,
      SeriesRequest request,
      List<Matcher> matchers,
      BiConsumer<RemoteBlock, OrielException> damaged) {
    try {
      return new BlockCursor(reading, request, matchers, damaged);
    } catch (RuntimeException e) {
      reading.block().header().release();
      throw e;
    }
  }

  RemoteBlock block() {
    return block;
  }

  /// The series that is next, or null when there is none.
  @Nullable StoreSeries peek() {
    return ready.peek();
  }

  /// Goes on behind the series that is next.
  void advance() {
    ready.poll();
    if (ready.isEmpty()) {
      fill();
    }
  }

  private void fill() {
    List<SeriesEntry> batch = new ArrayList<>();
    int count = 0;
    while (batch.size() < MOST_SERIES && count < MOST_CHUNKS) {
      SeriesEntry entry = entries.next();
      if (entry == null) {
        break;
      }
      batch.add(entry);
      count += entry.chunks().size();
      if (request.limit() > 0 && batch.size() >= request.limit()) {
        break;
      }
    }
    if (request.skipChunks()) {
      batch.forEach(entry -> ready.add(new StoreSeries(entry.shown(), List.of())));
    } else if (!batch.isEmpty()) {
      reading.budget().takeChunks(count);
      List<List<AggrChunk>> loaded = chunks.load(batch);
      for (int i = 0; i < batch.size(); i++) {
        ready.add(new StoreSeries(batch.get(i).shown(), loaded.get(i)));
      }
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      block.header().release();
    }
  }
}
