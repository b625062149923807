package io.oriel.wire.jaegerquery;

import java.util.List;

/// A node of a structured filter: `Expression` of `jaeger.expression.v1`, which Jaeger's RFC 0005
/// describes. It says what was asked, not whether that means anything.
public sealed interface FilterTerm {
  /// How deep nodes may lie within each other.
  int MAX_DEPTH = 32;

  /// How many nodes a filter may have.
  int MAX_NODES = 500;

  /// An attribute.
  ///
  /// @param level span, resource, scope, event or link; empty for span or resource
  record Attribute(String key, String level) implements FilterTerm {}

  /// A value that is no attribute, like a span's duration.
  record Field(String name, String level) implements FilterTerm {}

  /// The events or the links of a span.
  record Collection(String level) implements FilterTerm {}

  /// A constant.
  ///
  /// @param type string, int, double or bool; empty for any
  record Constant(String value, String type) implements FilterTerm {}

  /// Constants of one type.
  ///
  /// @param type as a constant's
  record Constants(List<String> values, String type) implements FilterTerm {
    public Constants {
      values = List.copyOf(values);
    }
  }

  /// An operator with what it is applied to.
  record Call(String op, List<FilterTerm> args) implements FilterTerm {
    public Call {
      args = List.copyOf(args);
    }
  }
}
