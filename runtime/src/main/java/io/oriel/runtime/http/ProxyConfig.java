package io.oriel.runtime.http;

import io.oriel.runtime.config.ConfigMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which proxy to go through.
///
/// @param url the proxy; empty for none
/// @param noProxy hosts, domains, addresses and CIDR ranges to reach directly, separated by commas
/// @param fromEnvironment whether `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` decide
/// @param connectHeaders headers for the proxy's CONNECT request
public record ProxyConfig(
    String url, String noProxy, boolean fromEnvironment, Map<String, List<String>> connectHeaders) {
  public ProxyConfig {
    connectHeaders = Map.copyOf(connectHeaders);
  }

  /// No proxy.
  public static ProxyConfig none() {
    return new ProxyConfig("", "", false, Map.of());
  }

  /// Binds the proxy keys, which lie beside the others in a client's config.
  static ProxyConfig bind(ConfigMap in) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    ConfigMap written = in.map("proxy_connect_header");
    for (String name : written.keys()) {
      headers.put(name, written.strings(name));
    }
    ProxyConfig config =
        new ProxyConfig(
            in.string("proxy_url", ""),
            in.string("no_proxy", ""),
            in.bool("proxy_from_environment", false),
            headers);
    if (config.fromEnvironment && !config.url.isEmpty()) {
      in.problem("proxy_url", "at most one of proxy_url and proxy_from_environment can be set");
    }
    if (config.fromEnvironment && !config.noProxy.isEmpty()) {
      in.problem("no_proxy", "at most one of no_proxy and proxy_from_environment can be set");
    }
    if (!config.fromEnvironment && config.url.isEmpty() && !config.noProxy.isEmpty()) {
      in.problem("no_proxy", "needs proxy_url to be set too");
    }
    if (!config.fromEnvironment && config.url.isEmpty() && !headers.isEmpty()) {
      in.problem("proxy_connect_header", "needs proxy_url or proxy_from_environment to be set too");
    }
    return config;
  }
}
