package io.oriel.runtime.grpc;

import java.util.List;

/// A service to be served.
///
/// @param name full, with its package: `thanos.Store`
public record GrpcService(String name, List<Method> methods) {
  public GrpcService {
    methods = List.copyOf(methods);
  }

  /// One of its calls.
  public record Method(String name, Shape shape, Handler handler) {}

  /// What answers; requests are always single messages.
  public enum Shape {
    /** One message. */
    UNARY("unary"),
    /** Any number of messages. */
    SERVER_STREAM("server_stream");

    private final String label;

    Shape(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /// Answers a call.
  public interface Handler {
    /// Sends the answer. Runs on a virtual thread of its own, which is interrupted when the caller
    /// gives up.
    ///
    /// @throws io.oriel.model.error.OrielException becomes the call's status, with its message
    /// @throws Exception anything else becomes status INTERNAL
    void handle(GrpcCall call) throws Exception;
  }
}
