package io.oriel.wire.elastic;

/// The first line of a bulk item.
///
/// @param index index, alias or data stream; empty for the one in the request's path
/// @param id of the document; empty for one that the engine makes up
/// @param routing decides the shard; empty for none
/// @param pipeline through which the document goes first; empty for the index' own
/// @param requireAlias whether {@code index} must be an alias
public record BulkAction(
    BulkOp op, String index, String id, String routing, String pipeline, boolean requireAlias) {
  /// An action with an index and an id; either may be empty.
  public static BulkAction of(BulkOp op, String index, String id) {
    return new BulkAction(op, index, id, "", "", false);
  }

  /// The same with another operation.
  public BulkAction withOp(BulkOp other) {
    return new BulkAction(other, index, id, routing, pipeline, requireAlias);
  }

  /// The same with another id.
  public BulkAction withId(String other) {
    return new BulkAction(op, index, other, routing, pipeline, requireAlias);
  }

  /// The same with another index.
  public BulkAction withIndex(String other) {
    return new BulkAction(op, other, id, routing, pipeline, requireAlias);
  }
}
