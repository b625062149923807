package io.oriel.runtime.grpc;

import io.oriel.runtime.trace.Tracer;
import java.util.List;

/// A service to be served.
///
/// @param name full, with its package: `thanos.Store`
public record GrpcService(String name, List<Method> methods) {
  public GrpcService {
    methods = List.copyOf(methods);
  }

  /// The same service, each of whose calls is a span, begun by the caller's or here.
  public GrpcService traced(Tracer tracer) {
    return new GrpcService(
        name,
        methods.stream()
            .map(
                method ->
                    new Method(method.name(), method.shape(), call -> serve(tracer, method, call)))
            .toList());
  }

  private void serve(Tracer tracer, Method method, GrpcCall call) throws Exception {
    GrpcCall _ =
        tracer.serve(
            name + "/" + method.name(),
            call.header("traceparent").orElse(""),
            call.header("tracestate").orElse(""),
            span -> {
              span.set("rpc.system", "grpc").set("rpc.service", name);
              span.set("rpc.method", method.name());
              method.handler().handle(call);
              return call;
            });
  }

  /// One of its calls.
  public record Method(String name, Shape shape, Handler handler) {}

  /// How many messages go which way.
  public enum Shape {
    /** One each way. */
    UNARY("unary"),
    /** One in, any number out. */
    SERVER_STREAM("server_stream"),
    /** Any number each way; answers may begin before the last question. */
    BIDI_STREAM("bidi_stream");

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
    /// gives up, and starts when the request is there: with a bidirectional stream, its first
    /// message or its end.
    ///
    /// @throws io.oriel.model.error.OrielException becomes the call's status, with its message
    /// @throws Exception anything else becomes status INTERNAL
    void handle(GrpcCall call) throws Exception;
  }
}
