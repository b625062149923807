package io.oriel.wire.promapi;

import io.oriel.model.error.Kind;

/// The `errorType` of a failed call and the HTTP status that goes with it.
public enum ApiError {
  BAD_DATA("bad_data", 400),
  TIMEOUT("timeout", 503),
  CANCELED("canceled", 503),
  EXECUTION("execution", 422),
  INTERNAL("internal", 500),
  UNAVAILABLE("unavailable", 503),
  NOT_FOUND("not_found", 404),
  NOT_ACCEPTABLE("not_acceptable", 406);

  private final String word;
  private final int httpStatus;

  ApiError(String word, int httpStatus) {
    this.word = word;
    this.httpStatus = httpStatus;
  }

  /// As the envelope writes it.
  public String word() {
    return word;
  }

  public int httpStatus() {
    return httpStatus;
  }

  /// As {@link #of}, while a query ran: what is the query's own fault is `execution` then and not
  /// `bad_data`.
  public static ApiError whileExecuting(Kind kind) {
    return kind == Kind.INVALID ? EXECUTION : of(kind);
  }

  /// How this API reports a failure of {@code kind} while a request was carried out.
  public static ApiError of(Kind kind) {
    return switch (kind) {
      case INVALID -> BAD_DATA;
      case NOT_FOUND -> NOT_FOUND;
      case TIMEOUT -> TIMEOUT;
      case CANCELLED -> CANCELED;
      case UNAVAILABLE -> UNAVAILABLE;
      case LIMITED, CONFLICT, FORBIDDEN, UNAUTHENTICATED -> EXECUTION;
      case CORRUPT, BUG -> INTERNAL;
    };
  }
}
