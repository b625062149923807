package io.oriel.federation.query;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// Where endpoints are: addresses, as upstream's `--endpoint` takes them.
///
/// `host:port` is one endpoint, `dns+host:port` is one per address of the host. Upstream's forms by
/// SRV records are refused: they need a resolver that this module has not.
final class EndpointSource {
  private static final String DNS = "dns+";

  private EndpointSource() {}

  /// The addresses that {@code endpoint} stands for now.
  ///
  /// @throws IOException when a name cannot be resolved
  /// @throws OrielException of kind INVALID when it is written wrongly
  static List<String> resolve(String endpoint) throws IOException {
    String address = endpoint.startsWith(DNS) ? endpoint.substring(DNS.length()) : endpoint;
    int colon = address.lastIndexOf(':');
    boolean port = colon > 0 && address.substring(colon + 1).matches("[0-9]{1,5}");
    if (!port || address.contains("+")) {
      throw new OrielException(
          Kind.INVALID, "endpoint \"" + endpoint + "\": want host:port or dns+host:port");
    }
    return endpoint.startsWith(DNS)
        ? hosts(address.substring(0, colon), address.substring(colon))
        : List.of(address);
  }

  private static List<String> hosts(String name, String port) throws IOException {
    List<String> found = new ArrayList<>();
    for (InetAddress each : InetAddress.getAllByName(name)) {
      String host = each.getHostAddress();
      found.add((host.contains(":") ? "[" + host + "]" : host) + port);
    }
    return found;
  }
}
