package io.oriel.search.query;

import io.oriel.model.json.JsonWriter;

/// A value of a field.
public sealed interface Scalar {
  record Text(String value) implements Scalar {}

  record Whole(long value) implements Scalar {}

  record Real(double value) implements Scalar {}

  record Truth(boolean value) implements Scalar {}

  /// No value, as a sort key of a document without the field.
  record Absent() implements Scalar {}

  static Scalar of(String value) {
    return new Text(value);
  }

  static Scalar of(long value) {
    return new Whole(value);
  }

  static Scalar of(double value) {
    return new Real(value);
  }

  static Scalar of(boolean value) {
    return new Truth(value);
  }

  /// Writes it as a JSON value.
  default void writeTo(JsonWriter json) {
    switch (this) {
      case Text text -> json.string(text.value());
      case Whole whole -> json.number(whole.value());
      case Real real -> json.number(real.value());
      case Truth truth -> json.bool(truth.value());
      case Absent _ -> json.nothing();
    }
  }
}
