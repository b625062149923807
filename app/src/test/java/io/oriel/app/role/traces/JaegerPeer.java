package io.oriel.app.role.traces;

import io.oriel.runtime.lifecycle.Closer;
import io.oriel.testkit.Peer;
import java.nio.file.Files;
import java.nio.file.Path;

/// A real Jaeger: collector and query in one, over a storage of the test's choice.
///
/// @param http where its HTTP API is
/// @param otlp where it takes OTLP over HTTP
record JaegerPeer(String http, String otlp) {
  /// Indices of a search engine, one shard each, flushed at once.
  static String elasticsearch(String url, String prefix) {
    String index = "{shards: 1, replicas: 0}";
    return """
    {elasticsearch: {server_urls: ["%s"], bulk_processing: {flush_interval: 50ms},
      indices: {index_prefix: "%s", spans: %s, services: %s, dependencies: %s, sampling: %s}}}"""
        .formatted(url, prefix, index, index, index, index)
        .replace("\n", " ");
  }

  /// Another program by `storage.v2`, which takes spans by OTLP.
  static String remote(String reader, String writer) {
    return "{grpc: {endpoint: \"%s\", tls: {insecure: true}, writer: {endpoint: \"%s\", tls: {insecure: true}}}}"
        .formatted(reader, writer);
  }

  /// Keeps spans in memory.
  static String memory() {
    return "{memory: {max_traces: 1000}}";
  }

  /// Starts one and waits until it is ready.
  static JaegerPeer start(Path directory, Closer closer, String storage) throws Exception {
    return start(directory, closer, storage, "{}", "{traces: store}");
  }

  /// As the other, with the rates of spans asked of a Prometheus.
  static JaegerPeer monitoring(Path directory, Closer closer, String prometheus) throws Exception {
    return start(
        directory,
        closer,
        memory(),
        "{rates: {prometheus: {endpoint: \"%s\", normalize_calls: true, normalize_duration: true}}}"
            .formatted(prometheus),
        "{traces: store, metrics: rates}");
  }

  private static JaegerPeer start(
      Path directory, Closer closer, String storage, String metrics, String asked)
      throws Exception {
    String http = Peer.freeAddress();
    String otlp = Peer.freeAddress();
    Path config = Files.createTempFile(directory, "jaeger", ".yaml");
    Files.writeString(
        config,
        """
        service:
          extensions: [jaeger_storage, jaeger_query]
          pipelines:
            traces: {receivers: [otlp], processors: [batch], exporters: [jaeger_storage_exporter]}
          telemetry:
            metrics: {level: none}
        extensions:
          jaeger_query:
            storage: %s
            http: {endpoint: "%s"}
            grpc: {endpoint: "%s"}
          jaeger_storage:
            backends:
              store: %s
            metric_backends: %s
        receivers:
          otlp: {protocols: {http: {endpoint: "%s"}}}
        processors:
          batch: {timeout: 100ms}
        exporters:
          jaeger_storage_exporter: {trace_storage: store}
        """
            .formatted(asked, http, Peer.freeAddress(), storage, metrics, otlp));
    Path log = Files.createTempFile(directory, "jaeger", ".log");
    Peer peer = closer.push(Peer.start(log, "jaeger", "--config", config.toString()));
    peer.awaitLog("Everything is ready");
    return new JaegerPeer("http://" + http, "http://" + otlp);
  }
}
