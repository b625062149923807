package io.oriel.model.error;

import org.jspecify.annotations.Nullable;

/// A failure of a known {@link Kind}; its message is fit to be shown to whoever asked.
public class OrielException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  public OrielException(Kind kind, String message) {
    this(kind, message, null);
  }

  public OrielException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /// What sort of failure it is.
  public final Kind kind() {
    return kind;
  }

  /// The message, never absent.
  public final String reason() {
    String message = getMessage();
    return message == null ? kind.name() : message;
  }

  /// A broken invariant of our own.
  public static OrielException bug(String message) {
    return new OrielException(Kind.BUG, message);
  }

  /// Input that can never work.
  public static OrielException invalid(String message) {
    return new OrielException(Kind.INVALID, message);
  }
}
