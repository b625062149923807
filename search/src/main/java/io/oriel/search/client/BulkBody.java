package io.oriel.search.client;

import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/// The items of one bulk request, written one after another. Not thread-safe.
///
/// It is held whole until it is answered, since it must be sent again when a node fails; so it has
/// a limit.
public final class BulkBody {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 << 10);
  private final BulkWriter writer = new BulkWriter(bytes);
  private final long maxBytes;
  private int items;

  /// @param maxBytes largest body; the engine's own limit is 100 MiB unless configured
  public BulkBody(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// Adds an item.
  ///
  /// @param source a document in JSON without a line break; ignored for a deletion
  /// @throws LimitExceeded when the body would be too large; it stays as it was
  public void add(BulkAction action, byte[] source) {
    long next = (long) bytes.size() + source.length;
    if (next > maxBytes && items > 0 || source.length > maxBytes) {
      throw new LimitExceeded("bytes of one bulk request", maxBytes, next);
    }
    try {
      if (action.op().hasSource()) {
        writer.item(action, source, 0, source.length);
      } else {
        writer.action(action);
      }
    } catch (IOException e) {
      throw OrielException.bug("memory refused a write: " + e.getMessage());
    }
    items++;
  }

  /// How many items there are.
  public int items() {
    return items;
  }

  public int sizeBytes() {
    return bytes.size();
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }
}
