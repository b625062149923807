package io.oriel.logs.search;

import java.util.List;

/// A query in Kibana's language, as a tree.
sealed interface Kql {
  /// Everything.
  record All() implements Kql {}

  /// All of them.
  record And(List<Kql> parts) implements Kql {
    public And {
      parts = List.copyOf(parts);
    }
  }

  /// Any of them.
  record Or(List<Kql> parts) implements Kql {
    public Or {
      parts = List.copyOf(parts);
    }
  }

  /// Not this.
  record Not(Kql inner) implements Kql {}

  /// A field with a value; {@code field} may have wildcards, and is empty for any field.
  record Is(String field, Value value) implements Kql {}

  /// A field beyond a bound.
  record Compare(String field, Relation relation, String bound) implements Kql {}

  /// Objects under {@code path}, each for itself.
  record Nested(String path, Kql inner) implements Kql {}

  /// `<` and its like.
  enum Relation {
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL
  }

  /// What a field is to have.
  sealed interface Value {
    /// Words, in any order; a single value on a field that is not analyzed.
    record Words(String text) implements Value {}

    /// Words next to each other, in this order.
    record Phrase(String text) implements Value {}

    /// A pattern whose parts are literal between the stars.
    record Pattern(List<String> parts) implements Value {
      public Pattern {
        parts = List.copyOf(parts);
      }

      /// Whether it is a star and nothing else.
      boolean isAnything() {
        return parts.stream().allMatch(String::isEmpty);
      }
    }
  }
}
