package io.oriel.runtime.http;

import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The `no_proxy` list: which hosts are reached directly.
final class NoProxy {
  private NoProxy() {}

  static boolean covers(String list, String host, int port) {
    String name = host.toLowerCase(Locale.ROOT);
    for (String item : list.toLowerCase(Locale.ROOT).split(",")) {
      String rule = item.strip();
      if (rule.equals("*") || (!rule.isEmpty() && matches(rule, name, port))) {
        return true;
      }
    }
    return false;
  }

  static boolean isLoopback(String host) {
    InetAddress address = literal(host);
    return host.equals("localhost") || (address != null && address.isLoopbackAddress());
  }

  private static boolean matches(String rule, String host, int port) {
    InetAddress address = literal(host);
    int slash = rule.indexOf('/');
    if (slash > 0) {
      InetAddress network = literal(rule.substring(0, slash));
      return address != null
          && network != null
          && inRange(address, network, rule.substring(slash + 1));
    }
    String wanted = rule;
    int colon = rule.lastIndexOf(':');
    if (colon > 0 && rule.indexOf(':') == colon) {
      if (!rule.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      wanted = rule.substring(0, colon);
    }
    if (address != null) {
      return address.equals(literal(wanted));
    }
    if (wanted.startsWith(".")) {
      return host.endsWith(wanted);
    }
    return host.equals(wanted) || host.endsWith("." + wanted);
  }

  private static boolean inRange(InetAddress address, InetAddress network, String bits) {
    byte[] a = address.getAddress();
    byte[] n = network.getAddress();
    int length;
    try {
      length = Integer.parseInt(bits);
    } catch (NumberFormatException _) {
      return false;
    }
    if (a.length != n.length || length < 0 || length > 8 * a.length) {
      return false;
    }
    for (int bit = 0; bit < length; bit++) {
      int mask = 0x80 >> (bit & 7);
      if ((a[bit >> 3] & mask) != (n[bit >> 3] & mask)) {
        return false;
      }
    }
    return true;
  }

  /// The address that {@code host} literally is; null for a name, which is never looked up.
  private static @Nullable InetAddress literal(String host) {
    if (host.isEmpty() || (host.indexOf(':') < 0 && !host.matches("[0-9.]+"))) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }
}
