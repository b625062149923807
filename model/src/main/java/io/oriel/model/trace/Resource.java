package io.oriel.model.trace;

import io.oriel.model.attribute.Attributes;

/// What sent a span: a process, a pod. Shared by all spans of one batch.
///
/// @param droppedAttributes how many its sender left out
/// @param schemaUrl empty for none
public record Resource(Attributes attributes, int droppedAttributes, String schemaUrl) {
  private static final String SERVICE = "service.name";

  /** As OpenTelemetry calls a service that has no name. */
  private static final String UNKNOWN = "unknown_service";

  public static Resource of(Attributes attributes) {
    return new Resource(attributes, 0, "");
  }

  /// The name of the service.
  public String service() {
    String name = attributes.text(SERVICE);
    return name.isEmpty() ? UNKNOWN : name;
  }

  /// The same with other attributes.
  public Resource withAttributes(Attributes others) {
    return new Resource(others, droppedAttributes, schemaUrl);
  }
}
