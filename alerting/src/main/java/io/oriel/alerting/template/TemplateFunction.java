package io.oriel.alerting.template;

import org.jspecify.annotations.Nullable;

/// A function that templates may call.
@FunctionalInterface
public interface TemplateFunction {
  /// The function's result for {@code arguments}, whose number and types it checks itself.
  ///
  /// @throws IllegalArgumentException with what is wrong with the arguments
  @Nullable Object call(Arguments arguments);
}
