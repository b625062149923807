package io.oriel.runtime.http;

import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.proxy.ProxyConfigSelector;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpHeadersBuilder;
import com.linecorp.armeria.common.SessionProtocol;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Map;

/// Which proxy a connection takes. Rules of `NO_PROXY` as Go's `httpproxy` reads them: `*`, host
/// names with their subdomains, `.suffix`, addresses, CIDR ranges, each optionally with a port;
/// loopback is never proxied by environment.
final class ProxyChoice implements ProxyConfigSelector {
  private final ProxyConfig config;
  private final Map<String, String> environment;

  ProxyChoice(ProxyConfig config, Map<String, String> environment) {
    this.config = config;
    this.environment = environment;
  }

  @Override
  public com.linecorp.armeria.client.proxy.ProxyConfig select(
      SessionProtocol protocol, Endpoint endpoint) {
    int port = endpoint.port(protocol.defaultPort());
    String url = proxyFor(protocol.isTls(), endpoint.host(), port);
    if (url.isEmpty()) {
      return com.linecorp.armeria.client.proxy.ProxyConfig.direct();
    }
    URI proxy = URI.create(url.contains("://") ? url : "http://" + url);
    String scheme = proxy.getScheme().toLowerCase(Locale.ROOT);
    int proxyPort = proxy.getPort() >= 0 ? proxy.getPort() : scheme.equals("https") ? 443 : 80;
    InetSocketAddress address = new InetSocketAddress(proxy.getHost(), proxyPort);
    if (scheme.startsWith("socks5")) {
      return com.linecorp.armeria.client.proxy.ProxyConfig.socks5(address);
    }
    HttpHeadersBuilder headers = HttpHeaders.builder();
    config.connectHeaders().forEach(headers::add);
    if (proxy.getUserInfo() != null) {
      headers.set("proxy-authorization", Credentials.basic(proxy.getUserInfo()));
    }
    return com.linecorp.armeria.client.proxy.ProxyConfig.connect(
        address, headers.build(), scheme.equals("https"));
  }

  /// The proxy's address for a connection to {@code host}, or nothing for a direct one.
  String proxyFor(boolean secure, String host, int port) {
    if (!config.fromEnvironment()) {
      return NoProxy.covers(config.noProxy(), host, port) ? "" : config.url();
    }
    if (NoProxy.isLoopback(host) || NoProxy.covers(variable("NO_PROXY"), host, port)) {
      return "";
    }
    return variable(secure ? "HTTPS_PROXY" : "HTTP_PROXY");
  }

  private String variable(String name) {
    String value = environment.get(name);
    return value != null ? value : environment.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }

  @Override
  public void connectFailed(
      SessionProtocol protocol, Endpoint endpoint, SocketAddress address, Throwable cause) {
    // the failed request reports it
  }
}
