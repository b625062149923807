package io.oriel.metrics.config;

import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.tls.TlsConfig;
import java.nio.file.Path;
import java.util.Map;

/// The `tracing` section: where our own spans go.
public record TracingConfig(
    String endpoint,
    ClientType client,
    double samplingFraction,
    boolean insecure,
    Map<String, String> headers,
    boolean gzip,
    long timeoutMillis,
    TlsConfig tls) {
  /// How OTLP is spoken.
  public enum ClientType {
    GRPC,
    HTTP
  }

  public TracingConfig {
    headers = Map.copyOf(headers);
  }

  static TracingConfig bind(ConfigMap in, Path directory) {
    if (!in.has("endpoint")) {
      in.problem("endpoint", "tracing endpoint must be set");
    }
    return new TracingConfig(
        in.string("endpoint", ""),
        in.choice(
            "client_type",
            ClientType.GRPC,
            Map.of("grpc", ClientType.GRPC, "http", ClientType.HTTP)),
        in.number("sampling_fraction", 0),
        in.bool("insecure", false),
        RemoteWriteConfig.headers(in),
        in.choice("compression", false, Map.of("", false, "gzip", true)),
        in.durationMillis("timeout", 10_000),
        TlsConfig.bind(in.map("tls_config")).in(directory));
  }
}
