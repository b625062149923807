package io.oriel.wire.elastic;

import io.oriel.model.json.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;

/// Writes bulk items to a stream, which stays the caller's to close. Not thread-safe.
public final class BulkWriter {
  private final OutputStream out;
  private final JsonWriter json = new JsonWriter(256);

  /** What is before the id of a plain action for the index below. */
  private byte[] head = {};

  private BulkOp headOp = BulkOp.CREATE;
  private String headIndex = "";

  /// @param out should be buffered
  public BulkWriter(OutputStream out) {
    this.out = out;
  }

  /// Writes an action line.
  public void action(BulkAction action) throws IOException {
    boolean plain =
        action.routing().isEmpty()
            && action.pipeline().isEmpty()
            && !action.requireAlias()
            && !action.index().isEmpty()
            && !action.id().isEmpty();
    if (!plain) {
      any(action);
      return;
    }
    if (action.op() != headOp || !action.index().equals(headIndex)) {
      JsonWriter before = new JsonWriter(96);
      before.beginObject().name(action.op().word()).beginObject();
      before.name("_index").string(action.index()).name("_id");
      head = before.toBytes();
      headOp = action.op();
      headIndex = action.index();
    }
    out.write(head, 0, head.length);
    json.string(action.id()).endObject().endObject();
    json.finishTo(out);
    out.write('\n');
  }

  private void any(BulkAction action) throws IOException {
    json.beginObject().name(action.op().word()).beginObject();
    text("_index", action.index());
    text("_id", action.id());
    text("routing", action.routing());
    text("pipeline", action.pipeline());
    if (action.requireAlias()) {
      json.name("require_alias").bool(true);
    }
    json.endObject().endObject();
    json.finishTo(out);
    out.write('\n');
  }

  private void text(String name, String value) {
    if (!value.isEmpty()) {
      json.name(name).string(value);
    }
  }

  /// Writes an item. The document is JSON without a line break; none is looked for.
  public void item(BulkAction action, byte[] source, int offset, int length) throws IOException {
    action(action);
    out.write(source, offset, length);
    out.write('\n');
  }
}
