package io.oriel.promql.parse;

import java.util.List;

/// How the series of two vectors find each other.
///
/// @param on whether {@code labels} are those to compare (else those to ignore)
/// @param include labels of the "one" side that the result takes over
/// @param fill values for series without partner
public record VectorMatching(
    Cardinality cardinality, boolean on, List<String> labels, List<String> include, Fill fill) {
  /// Matching on all labels, one to one.
  public static final VectorMatching PLAIN =
      new VectorMatching(Cardinality.ONE_TO_ONE, false, List.of(), List.of(), Fill.NONE);

  public VectorMatching {
    labels = List.copyOf(labels);
    include = List.copyOf(include);
  }

  /// How many series of one side may match one of the other.
  public enum Cardinality {
    ONE_TO_ONE("one-to-one"),
    MANY_TO_ONE("many-to-one"),
    ONE_TO_MANY("one-to-many"),
    MANY_TO_MANY("many-to-many");

    private final String word;

    Cardinality(String word) {
      this.word = word;
    }

    /// As the HTTP API calls it.
    public String word() {
      return word;
    }
  }

  /// Values that stand in for missing series.
  ///
  /// @param onLeft whether a missing left side is taken as {@code left}
  /// @param onRight whether a missing right side is taken as {@code right}
  public record Fill(boolean onLeft, double left, boolean onRight, double right) {
    /** Missing stays missing. */
    public static final Fill NONE = new Fill(false, 0, false, 0);

    public boolean isNone() {
      return !onLeft && !onRight;
    }
  }

  VectorMatching withCardinality(Cardinality newCardinality) {
    return new VectorMatching(newCardinality, on, labels, include, fill);
  }

  /// The same matching for a set operator, which is always many to many.
  public VectorMatching manyToMany() {
    return withCardinality(Cardinality.MANY_TO_MANY);
  }
}
