package io.oriel.metrics.config;

import io.oriel.model.labels.Quoted;
import io.oriel.runtime.config.ConfigMap;
import java.net.URI;
import java.net.URISyntaxException;

/// Addresses in a config.
final class WebAddress {
  private WebAddress() {}

  /// The http or https URL under {@code key}; a mistake is noted.
  static String require(ConfigMap in, String key) {
    String text = in.string(key, "");
    try {
      URI uri = new URI(text);
      String scheme = uri.getScheme();
      if (!"http".equals(scheme) && !"https".equals(scheme)) {
        in.problem(key, "got " + Quoted.of(text) + ", want a URL with scheme http or https");
      } else if (uri.getRawAuthority() == null || uri.getRawAuthority().isEmpty()) {
        in.problem(key, "got " + Quoted.of(text) + ", want a URL with a host");
      }
    } catch (URISyntaxException e) {
      boolean noHost = text.equals("http://") || text.equals("https://");
      in.problem(
          key,
          "got "
              + Quoted.of(text)
              + ", want a URL"
              + (noHost ? " with a host" : ": " + e.getReason()));
    }
    return text;
  }

  /// Notes a target's address that is a URL instead of host and port.
  static void requireHost(ConfigMap in, String key, String address) {
    if (address.indexOf('/') >= 0) {
      in.problem(key, Quoted.of(address) + " is not a valid hostname");
    }
  }
}
