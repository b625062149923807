package io.oriel.federation.bucket;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/// What went wrong with which object.
public final class BucketException extends OrielException {
  private static final long serialVersionUID = 1L;

  private final String object;

  /// @param operation what was tried, `upload`
  /// @param problem why it did not work
  public BucketException(
      Kind kind, String operation, String bucket, String object, String problem) {
    this(kind, operation, bucket, object, problem, null);
  }

  public BucketException(
      Kind kind,
      String operation,
      String bucket,
      String object,
      String problem,
      @Nullable Throwable cause) {
    super(kind, "cannot " + operation + " " + bucket + "/" + object + ": " + problem, cause);
    this.object = object;
  }

  /// A failed read or write, its kind guessed from the exception's type.
  public static BucketException of(
      String operation, Bucket bucket, String object, IOException cause) {
    Kind kind =
        switch (cause) {
          case NoSuchFileException _ -> Kind.NOT_FOUND;
          case AccessDeniedException _ -> Kind.FORBIDDEN;
          case SocketTimeoutException _ -> Kind.TIMEOUT;
          case InterruptedIOException _ -> Kind.CANCELLED;
          case ClosedByInterruptException _ -> Kind.CANCELLED;
          default -> Kind.UNAVAILABLE;
        };
    return new BucketException(kind, operation, bucket.name(), object, describe(cause), cause);
  }

  /// The thread was interrupted, which stays noted on it.
  static BucketException interrupted(String operation, String bucket, String object) {
    Thread.currentThread().interrupt();
    return new BucketException(Kind.CANCELLED, operation, bucket, object, "interrupted");
  }

  private static String describe(IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return "no such object";
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  /// The name of the object, or what was listed.
  public String object() {
    return object;
  }

  /// Whether the object is not there.
  public boolean isNotFound() {
    return kind() == Kind.NOT_FOUND;
  }
}
