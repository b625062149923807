package io.oriel.runtime.grpc;

import io.grpc.Status;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;

/// Failures as gRPC states them, both ways.
final class Statuses {
  private Statuses() {}

  static Status of(OrielException failure) {
    return Status.fromCodeValue(failure.kind().grpcStatus())
        .withDescription(failure.reason())
        .withCause(failure);
  }

  static OrielException failure(String what, Status status) {
    Kind kind = Kind.UNAVAILABLE;
    for (Kind each : Kind.values()) {
      if (each.grpcStatus() == status.getCode().value()) {
        kind = each;
      }
    }
    String description = status.getDescription();
    Throwable cause = status.getCause();
    String why = description;
    if (why == null) {
      why = cause == null ? status.getCode().name() : deepest(cause);
    }
    return new OrielException(kind, what + ": " + why, cause);
  }

  private static String deepest(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }
}
