package io.oriel.promql.parse;

import java.util.List;

/// The signature of a function.
///
/// @param variadic how many arguments beyond all but the last declared there may be; -1 for any
///   number, 0 when the declared ones are all needed
/// @param experimental whether `promql-experimental-functions` must be on
public record Function(
    String name, List<ValueType> arguments, int variadic, ValueType returns, boolean experimental) {
  public Function {
    arguments = List.copyOf(arguments);
  }
}
