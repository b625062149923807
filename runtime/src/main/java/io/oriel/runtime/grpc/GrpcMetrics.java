package io.oriel.runtime.grpc;

import io.grpc.Status;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;

/// What is counted of calls, under the names of go-grpc-middleware.
public final class GrpcMetrics {
  private final Counter started;
  private final Counter handled;
  private final Histogram seconds;
  private final Counter sent;
  private final Counter received;
  private final Counter refused;

  private GrpcMetrics(String side, PrometheusRegistry registry) {
    String prefix = "grpc_" + side + "_";
    started = counter(registry, prefix + "started_total", "Total number of RPCs started.");
    sent = counter(registry, prefix + "msg_sent_total", "Total number of messages sent.");
    received =
        counter(registry, prefix + "msg_received_total", "Total number of messages received.");
    handled =
        Counter.builder()
            .name(prefix + "handled_total")
            .help("Total number of RPCs completed, regardless of success or failure.")
            .labelNames("grpc_type", "grpc_service", "grpc_method", "grpc_code")
            .register(registry);
    seconds =
        Histogram.builder()
            .name(prefix + "handling_seconds")
            .help("Time from the start of an RPC to its end.")
            .labelNames("grpc_type", "grpc_service", "grpc_method")
            .classicUpperBounds(.001, .01, .1, .3, .6, 1, 3, 6, 9, 20, 30, 60, 90, 120)
            .register(registry);
    refused =
        Counter.builder()
            .name("oriel_grpc_" + side + "_refused_total")
            .help("Peers refused because of their certificate, by reason.")
            .labelNames("reason")
            .register(registry);
  }

  private static Counter counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder()
        .name(name)
        .help(help)
        .labelNames("grpc_type", "grpc_service", "grpc_method")
        .register(registry);
  }

  /// Those of a server; once per registry.
  public static GrpcMetrics ofServer(PrometheusRegistry registry) {
    return new GrpcMetrics("server", registry);
  }

  /// Those of all clients of a process; once per registry.
  public static GrpcMetrics ofClient(PrometheusRegistry registry) {
    return new GrpcMetrics("client", registry);
  }

  void refused(String reason) {
    refused.labelValues(reason).inc();
  }

  Meter start(GrpcService.Shape shape, String service, String method) {
    return new Meter(shape.label(), service, method);
  }

  /// One call's counting. Thread-safe.
  final class Meter {
    private final String[] labels;
    private final long startNanos = System.nanoTime();

    private Meter(String... labels) {
      this.labels = labels;
      started.labelValues(labels).inc();
    }

    void sent() {
      sent.labelValues(labels).inc();
    }

    void received() {
      received.labelValues(labels).inc();
    }

    void handled(Status status) {
      handled.labelValues(labels[0], labels[1], labels[2], word(status.getCode())).inc();
      seconds.labelValues(labels).observe((System.nanoTime() - startNanos) / 1e9);
    }
  }

  /// As Go prints the code: `NotFound`.
  private static String word(Status.Code code) {
    if (code == Status.Code.OK) {
      return "OK";
    }
    StringBuilder word = new StringBuilder();
    for (String part : code.name().split("_", -1)) {
      word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
    }
    return word.toString();
  }
}
