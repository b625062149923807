package io.oriel.runtime.http;

import java.time.Duration;

/// How a server listens.
///
/// @param listenAddress `host:port`; no host means every interface, port 0 any free one
/// @param routePrefix put before every route; empty, or starting with `/` and not ending in one
/// @param readTimeout how long a connection may stay idle
/// @param maxConnections how many connections may be open at once
/// @param maxBodyBytes largest request body, as sent
/// @param corsOrigin regular expression over allowed `Origin` headers, anchored
public record HttpServerConfig(
    String listenAddress,
    String routePrefix,
    Duration readTimeout,
    int maxConnections,
    long maxBodyBytes,
    String corsOrigin,
    WebConfig web) {
  /// Prometheus' defaults on {@code listenAddress}.
  public static HttpServerConfig on(String listenAddress) {
    return new HttpServerConfig(
        listenAddress, "", Duration.ofMinutes(5), 512, 64 << 20, ".*", WebConfig.open());
  }
}
