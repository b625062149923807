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
  /** The lines that say what to do; documents come between them only in what is sent. */
  private final ByteArrayOutputStream actions = new ByteArrayOutputStream(1 << 10);

  private final BulkWriter writer = new BulkWriter(actions);
  private final List<Item> items = new ArrayList<>();
  private final long maxBytes;
  private int size;

  /** An item's line ends in {@link #actions} at {@code actionEnd}. */
  private static final class Item {
    private final int actionEnd;
    private final boolean hasSource;
    private final byte[] source;

    Item(int actionEnd, boolean hasSource, byte[] source) {
      this.actionEnd = actionEnd;
      this.hasSource = hasSource;
      this.source = source;
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
  public void add(BulkAction action, byte[] source) {
    long next = (long) size + source.length;
    if (next > maxBytes && !items.isEmpty() || source.length > maxBytes) {
      throw new LimitExceeded("bytes of one bulk request", maxBytes, next);
    }
    int start = actions.size();
    try {
      writer.action(action);
    } catch (IOException e) {
      throw OrielException.bug("memory refused a write: " + e.getMessage());
    }
    boolean hasSource = action.op().hasSource();
    items.add(new Item(actions.size(), hasSource, source));
    size += actions.size() - start + (hasSource ? source.length + 1 : 0);
  }

  /// How many items there are.
  public int items() {
    return items.size();
  }

  public int sizeBytes() {
    return size;
  }

  byte[] toBytes() {
    byte[] lines = actions.toByteArray();
    byte[] body = new byte[size];
    int at = 0;
    int line = 0;
    for (Item item : items) {
      System.arraycopy(lines, line, body, at, item.actionEnd - line);
      at += item.actionEnd - line;
      line = item.actionEnd;
      if (item.hasSource) {
        System.arraycopy(item.source, 0, body, at, item.source.length);
        at += item.source.length;
        body[at++] = '\n';
      }
    }
    return body;
  }
}
