package io.oriel.gateway.route;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;

/// The engine refused a whole request.
final class EngineRefusal extends OrielException {
  private static final long serialVersionUID = 1;

  private final int status;

  /// @param status the engine's own
  EngineRefusal(int status, String message) {
    super(kind(status), message);
    this.status = status;
  }

  /// That the gateway itself may not write, say, is not the client's fault.
  private static Kind kind(int status) {
    return switch (status) {
      case 429 -> Kind.LIMITED;
      case 400, 413 -> Kind.INVALID;
      default -> Kind.UNAVAILABLE;
    };
  }

  /// Whether a smaller request may pass.
  boolean isTooLarge() {
    return status == 413;
  }
}
