package io.oriel.logs.api;

import io.oriel.logs.search.LogAccess;
import io.oriel.runtime.http.HttpCall;

/// Whose lines a caller may see.
@FunctionalInterface
public interface AccessRule {
  /// @throws io.oriel.model.error.OrielException of kind UNAUTHENTICATED or FORBIDDEN for nobody's
  LogAccess of(HttpCall call);
}
