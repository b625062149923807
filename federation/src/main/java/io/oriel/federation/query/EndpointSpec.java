package io.oriel.federation.query;

import io.oriel.runtime.grpc.GrpcClientConfig;
import java.util.List;
import java.util.Optional;

/// One endpoint as flags and files name it.
///
/// @param name `host:port`, or where to look for such: `dns+`, `dnsdualstack+`, `dnssrv+` or
///   `dnssrvnoa+` before a name
/// @param spread what several addresses of the name are
/// @param client how to reach it, whose own address is not looked at; empty: as all others
public record EndpointSpec(String name, Spread spread, Optional<GrpcClientConfig> client) {
  /// What several addresses of one name are.
  public enum Spread {
    /** Endpoints of their own, which have different series. */
    EACH,
    /** Copies with the same series, of which one at a time is asked. */
    GROUP
  }

  /// An endpoint that is reached as all others.
  public static EndpointSpec of(String name) {
    return new EndpointSpec(name, Spread.EACH, Optional.empty());
  }

  /// Copies that are reached as all others.
  public static EndpointSpec group(String name) {
    return new EndpointSpec(name, Spread.GROUP, Optional.empty());
  }

  /// Endpoints that are reached as all others.
  public static List<EndpointSpec> of(List<String> names) {
    return names.stream().map(EndpointSpec::of).toList();
  }
}
