package io.oriel.app.role;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// HTTP servers as flags name them: `http://host:port/prefix`, `host:port`, or with `dns+` in front
/// for every address of the host. Thread-safe.
final class RuleEndpoints {
  private static final Logger LOG = LoggerFactory.getLogger(RuleEndpoints.class);
  private static final String DNS = "dns+";

  private final List<Named> named = new ArrayList<>();

  private record Named(URI uri, boolean resolved) {}

  /// @param flag what errors call it
  /// @throws OrielException of kind INVALID for what is no address
  RuleEndpoints(String flag, List<String> addresses) {
    for (String address : addresses) {
      boolean resolved = address.startsWith(DNS);
      String rest = resolved ? address.substring(DNS.length()) : address;
      String url = rest.contains("://") ? rest : "http://" + rest;
      while (url.endsWith("/")) {
        url = url.substring(0, url.length() - 1);
      }
      named.add(new Named(parsed(flag, address, url), resolved));
    }
  }

  private static URI parsed(String flag, String address, String url) {
    String want = "want http://host:port, host:port or dns+host:port";
    try {
      URI uri = URI.create(url);
      String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
      if (uri.getHost() == null || !List.of("http", "https").contains(scheme)) {
        throw OrielException.invalid(flag + ": got " + Quoted.of(address) + ", " + want);
      }
      return uri;
    } catch (IllegalArgumentException _) {
      throw OrielException.invalid(flag + ": got " + Quoted.of(address) + ", " + want);
    }
  }

  /// Where they are now; names that cannot be resolved are left out.
  List<URI> now() {
    List<URI> found = new ArrayList<>();
    for (Named one : named) {
      if (one.resolved()) {
        found.addAll(resolve(one.uri()));
      } else {
        found.add(one.uri());
      }
    }
    return found;
  }

  private static List<URI> resolve(URI uri) {
    List<URI> found = new ArrayList<>();
    try {
      for (InetAddress each : InetAddress.getAllByName(uri.getHost())) {
        String host = each.getHostAddress();
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        found.add(
            URI.create(
                uri.getScheme()
                    + "://"
                    + (host.contains(":") ? "[" + host + "]" : host)
                    + port
                    + uri.getRawPath()));
      }
    } catch (UnknownHostException _) {
      LOG.atWarn().addKeyValue("host", uri.getHost()).log("cannot resolve name; going on without");
    }
    return found;
  }
}
