package io.oriel.wire.elastic;

import java.util.Locale;
import java.util.Optional;

/// What a bulk item does.
public enum BulkOp {
  /** Writes a document, over one with the same id if there is one. */
  INDEX,
  /** Writes a document; a conflict (409) if there is one with the same id. */
  CREATE,
  /** Changes a document by a partial one or a script. */
  UPDATE,
  /** Removes a document; the only one without a second line. */
  DELETE;

  private final String word = name().toLowerCase(Locale.ROOT);

  /// As the wire says it.
  public String word() {
    return word;
  }

  /// Whether a line with a document follows.
  public boolean hasSource() {
    return this != DELETE;
  }

  /// The operation of {@code word}; empty for any other word.
  public static Optional<BulkOp> ofWord(String word) {
    return switch (word) {
      case "index" -> Optional.of(INDEX);
      case "create" -> Optional.of(CREATE);
      case "update" -> Optional.of(UPDATE);
      case "delete" -> Optional.of(DELETE);
      default -> Optional.empty();
    };
  }
}
