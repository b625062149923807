package io.oriel.promql.parse;

/// When a selector looks, if not at the evaluation time: `@` and `offset`.
public record TimeShift(At at, DurationExpr offset) {
  /** No modifier. */
  public static final TimeShift NONE = new TimeShift(At.EVALUATION, DurationExpr.Literal.NONE);

  /// The `@` modifier.
  ///
  /// @param millis Unix milliseconds; meaningful for {@link AtKind#FIXED} only
  public record At(AtKind kind, long millis) {
    /** No `@`. */
    public static final At EVALUATION = new At(AtKind.EVALUATION, 0);
  }

  /// What `@` refers to.
  public enum AtKind {
    EVALUATION,
    FIXED,
    START,
    END
  }
}
