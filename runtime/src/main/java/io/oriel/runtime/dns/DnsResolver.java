package io.oriel.runtime.dns;

import java.io.IOException;
import java.util.List;

/// Asks the domain name system. Thread-safe.
public interface DnsResolver {
  /// The records of {@code type} for {@code name}, in zone file notation of the data: `10 20 80
  /// host.` for SRV, `10 host.` for MX, an address for A and AAAA, a host for NS. Empty when there
  /// are none.
  ///
  /// @throws IOException when no server could say
  List<String> lookup(String name, String type) throws IOException;

  /// Asks the servers that this machine is configured with.
  static DnsResolver system() {
    return new UdpResolver();
  }
}
