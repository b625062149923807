package io.oriel.runtime.grpc;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.net.InetSocketAddress;

/// `host:port` taken apart.
final class Addresses {
  private Addresses() {}

  static int port(String address) {
    int colon = address.lastIndexOf(':');
    try {
      int port = Integer.parseInt(address.substring(colon + 1));
      if (colon >= 0 && port >= 0 && port <= 0xFFFF) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw new OrielException(Kind.INVALID, "address \"" + address + "\": want host:port", e);
    }
    throw OrielException.invalid("address \"" + address + "\": want host:port");
  }

  static String host(String address) {
    int colon = address.lastIndexOf(':');
    return colon <= 0 ? "" : address.substring(0, colon).replaceAll("[\\[\\]]", "");
  }

  static InetSocketAddress listen(String address) {
    int port = port(address);
    String host = host(address);
    return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
  }
}
