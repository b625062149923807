package io.oriel.runtime.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.error.RetryLater;

/// Failures as gRPC states them, both ways.
final class Statuses {
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private Statuses() {}

  static Status of(OrielException failure) {
    return Status.fromCodeValue(failure.kind().grpcStatus())
        .withDescription(failure.reason())
        .withCause(failure);
  }

  /// What goes beside the status: for a refusal that says when to come again a `google.rpc.Status`
  /// with a `google.rpc.RetryInfo`. Without it senders of OTLP give up on RESOURCE_EXHAUSTED.
  static Metadata trailers(Status status) {
    Metadata trailers = new Metadata();
    if (status.getCause() instanceof RetryLater later) {
      trailers.put(DETAILS, details(status.getCode().value(), later));
    }
    return trailers;
  }

  private static byte[] details(int code, RetryLater later) {
    RetryInfo info =
        RetryInfo.newBuilder()
            .setRetryDelay(
                Duration.newBuilder()
                    .setSeconds(later.retryAfter().toSeconds())
                    .setNanos(later.retryAfter().toNanosPart()))
            .build();
    return com.google.rpc.Status.newBuilder()
        .setCode(code)
        .setMessage(later.reason())
        .addDetails(Any.pack(info))
        .build()
        .toByteArray();
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
