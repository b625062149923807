package io.oriel.model.error;

/// A refusal because a named limit would be passed.
public final class LimitExceeded extends OrielException {
  private static final long serialVersionUID = 1L;

  private final String limit;

  /// @param limit the name of the limit, as a user finds it in the flags or the config
  /// @param max what the limit allows
  /// @param asked what was asked for, in the same unit
  public LimitExceeded(String limit, long max, long asked) {
    super(Kind.LIMITED, limit + ": got " + asked + ", want at most " + max);
    this.limit = limit;
  }

  /// The name of the limit.
  public String limit() {
    return limit;
  }
}
