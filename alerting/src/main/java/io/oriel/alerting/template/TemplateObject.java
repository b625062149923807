package io.oriel.alerting.template;

import org.jspecify.annotations.Nullable;

/// A value with fields and methods that templates may use.
public interface TemplateObject {
  /// The field called {@code name}, or the result of the method of that name.
  ///
  /// @throws IllegalArgumentException when there is no such field or method
  @Nullable Object member(String name, Arguments arguments);
}
