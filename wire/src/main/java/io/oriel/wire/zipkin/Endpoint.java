package io.oriel.wire.zipkin;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// One side of a call.
///
/// @param ip empty for unknown
/// @param port 0 for unknown
record Endpoint(String service, String ip, int port) {
  static final Endpoint UNKNOWN = new Endpoint("", "", 0);

  /// The address that four or sixteen bytes are; empty for others, and for all zeros.
  static String address(byte[] bytes) {
    boolean some = false;
    for (byte b : bytes) {
      some |= b != 0;
    }
    if (!some || bytes.length != 4 && bytes.length != 16) {
      return "";
    }
    try {
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Adds `net.SIDE.ip` and `net.SIDE.port`, as far as they are known.
  void addTo(Attributes.Builder attributes, String side) {
    if (!ip.isEmpty()) {
      attributes.add("net." + side + ".ip", ip);
    }
    if (port != 0) {
      attributes.add("net." + side + ".port", AttributeValue.of((long) port));
    }
  }
}
