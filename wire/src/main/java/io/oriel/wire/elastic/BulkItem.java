package io.oriel.wire.elastic;

/// What became of one item.
///
/// @param op as the reply names it
/// @param index in which the document is or would be; may be empty when the reply was filtered
/// @param id of the document; may be empty when the reply was filtered
/// @param status as of HTTP
/// @param errorType empty when there is no error
/// @param errorReason for people; empty when there is no error
public record BulkItem(
    BulkOp op, String index, String id, int status, String errorType, String errorReason) {
  private static final int TOO_MANY = 429;
  private static final int CONFLICT = 409;

  /// What a sender does next.
  public enum Outcome {
    /** Stored now. */
    STORED,
    /** Stored before under the same id. */
    DUPLICATE,
    /** The engine could not take it now. */
    RETRY,
    /** The engine will never take it. */
    REFUSED
  }

  /// What to do with the item: what Filebeat does.
  public Outcome outcome() {
    if (status < 300) {
      return Outcome.STORED;
    }
    if (status == CONFLICT) {
      return Outcome.DUPLICATE;
    }
    return status == TOO_MANY || status >= 500 ? Outcome.RETRY : Outcome.REFUSED;
  }
}
