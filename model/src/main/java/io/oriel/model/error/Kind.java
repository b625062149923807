package io.oriel.model.error;

/// What sort of failure something is; decides its status on every wire, once and for all.
///
/// gRPC numbers are those of `google.rpc.Code`.
public enum Kind {
  /** The caller sent something that can never work. */
  INVALID(400, 3, false, Fault.CALLER),
  /** The thing asked for does not exist. */
  NOT_FOUND(404, 5, false, Fault.CALLER),
  /** The caller did not say who it is, or not credibly. */
  UNAUTHENTICATED(401, 16, false, Fault.CALLER),
  /** The caller may not do this. */
  FORBIDDEN(403, 7, false, Fault.CALLER),
  /** The request contradicts the present state. */
  CONFLICT(409, 10, false, Fault.CALLER),
  /** A named limit was reached. */
  LIMITED(429, 8, true, Fault.CALLER),
  /** Something that is needed is not there now. */
  UNAVAILABLE(503, 14, true, Fault.WORLD),
  /** It took longer than allowed. */
  TIMEOUT(504, 4, true, Fault.WORLD),
  /** The caller or an operator gave up on it. */
  CANCELLED(503, 1, false, Fault.CALLER),
  /** Stored bytes are not what was written. */
  CORRUPT(500, 15, false, Fault.WORLD),
  /** One of our own invariants does not hold. */
  BUG(500, 13, false, Fault.US);

  /// Whose fault a failure is: decides who is told.
  public enum Fault {
    /** The one who asked. */
    CALLER,
    /** Another machine, a disk, the network. */
    WORLD,
    /** This program. */
    US
  }

  private final int httpStatus;
  private final int grpcStatus;
  private final boolean retryable;
  private final Fault fault;

  Kind(int httpStatus, int grpcStatus, boolean retryable, Fault fault) {
    this.httpStatus = httpStatus;
    this.grpcStatus = grpcStatus;
    this.retryable = retryable;
    this.fault = fault;
  }

  /// The HTTP status code.
  public int httpStatus() {
    return httpStatus;
  }

  /// The number in `google.rpc.Code`.
  public int grpcStatus() {
    return grpcStatus;
  }

  /// Whether the same request may succeed later.
  public boolean isRetryable() {
    return retryable;
  }

  /// Whose fault it is.
  public Fault fault() {
    return fault;
  }
}
