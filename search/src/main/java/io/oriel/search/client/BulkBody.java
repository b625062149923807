package io.oriel.search.client;

import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The items of one bulk request, written one after another. Not thread-safe.
///
/// It is held whole until it is answered, since it must be sent again when a node fails; so it has
/// a limit.
public final class BulkBody {
  private static final byte[] LINE_BREAK = {'\n'};

  private final ByteArrayOutputStream action = new ByteArrayOutputStream(256);
  private final BulkWriter writer = new BulkWriter(action);
  private final List<Piece> pieces = new ArrayList<>();
  private final long maxBytes;
  private int items;
  private int size;

  /// Bytes of the request that come next.
  private static final class Piece {
    private final byte[] bytes;
    private final int from;
    private final int to;

    Piece(byte[] bytes, int from, int to) {
      this.bytes = bytes;
      this.from = from;
      this.to = to;
    }
  }

  /// @param maxBytes largest body; the engine's own limit is 100 MiB unless configured
  public BulkBody(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// Adds an item.
  ///
  /// @param source a document in JSON without a line break, which must not change afterwards;
  ///   ignored for a deletion
  /// @throws LimitExceeded when the body would be too large; it stays as it was
  public void add(BulkAction what, byte[] source) {
    reserve(source.length);
    action.reset();
    try {
      writer.action(what);
    } catch (IOException e) {
      throw OrielException.bug("memory refused a write: " + e.getMessage());
    }
    piece(action.toByteArray(), 0, action.size());
    if (what.op().hasSource()) {
      piece(source, 0, source.length);
      piece(LINE_BREAK, 0, 1);
    }
    items++;
  }

  /// Adds items that are written already.
  ///
  /// @param lines must not change afterwards; from {@code from} up to {@code to}, exclusive, it
  ///   holds the lines of {@code count} items, each with its line break
  /// @throws LimitExceeded when the body would be too large; it stays as it was
  public void addLines(byte[] lines, int from, int to, int count) {
    reserve(to - from);
    piece(lines, from, to);
    items += count;
  }

  private void reserve(int more) {
    long next = (long) size + more;
    if (next > maxBytes && items > 0 || more > maxBytes) {
      throw new LimitExceeded("bytes of one bulk request", maxBytes, next);
    }
  }

  private void piece(byte[] bytes, int from, int to) {
    pieces.add(new Piece(bytes, from, to));
    size += to - from;
  }

  /// How many items there are.
  public int items() {
    return items;
  }

  public int sizeBytes() {
    return size;
  }

  byte[] toBytes() {
    byte[] body = new byte[size];
    int at = 0;
    for (Piece piece : pieces) {
      System.arraycopy(piece.bytes, piece.from, body, at, piece.to - piece.from);
      at += piece.to - piece.from;
    }
    return body;
  }
}
