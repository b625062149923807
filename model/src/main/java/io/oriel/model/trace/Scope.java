package io.oriel.model.trace;

import io.oriel.model.attribute.Attributes;

/// The instrumentation that made a span.
///
/// @param droppedAttributes how many its sender left out
/// @param schemaUrl empty for none
public record Scope(
    String name, String version, Attributes attributes, int droppedAttributes, String schemaUrl) {
  /// Nobody said.
  public static final Scope NONE = new Scope("", "", Attributes.empty(), 0, "");
}
