package io.oriel.app.role.rule;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.runtime.dns.DnsResolver;
import io.oriel.runtime.dns.EndpointAddresses;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// HTTP servers as flags name them: `http://host:port/prefix` or `host:port`, with a prefix of
/// {@link EndpointAddresses} in front, such as `dns+`, for every address of a name. Thread-safe.
///
/// A name that cannot be resolved stands for what it stood for last.
final class RuleEndpoints {
  private static final Logger LOG = LoggerFactory.getLogger(RuleEndpoints.class);

  /// Who looks names up, and what is counted of it.
  ///
  /// @param made names looked up
  /// @param failed those that could not be
  record Lookups(DnsResolver dns, Counter made, Counter failed) {
    /// Of the system's resolver, counted as Thanos does under names with this prefix.
    static Lookups counted(String prefix, PrometheusRegistry registry) {
      return new Lookups(
          DnsResolver.system(),
          Counter.builder()
              .name(prefix + "_dns_lookups_total")
              .help("Names looked up.")
              .register(registry),
          Counter.builder()
              .name(prefix + "_dns_failures_total")
              .help("Names that could not be resolved.")
              .register(registry));
    }
  }

  /// @param prefix how the name is looked up, with its plus; empty for not at all
  private record Named(String prefix, URI uri) {}

  private final List<Named> named = new ArrayList<>();
  private final Lookups lookups;
  private final Map<Named, List<String>> last = new ConcurrentHashMap<>();

  /// @param flag what errors call it
  /// @throws OrielException of kind INVALID for what is no address
  RuleEndpoints(String flag, List<String> addresses, Lookups lookups) {
    this.lookups = lookups;
    for (String address : addresses) {
      int plus = address.indexOf('+') + 1;
      String prefix = address.substring(0, plus).contains("/") ? "" : address.substring(0, plus);
      String rest = address.substring(prefix.length());
      String url = rest.contains("://") ? rest : "http://" + rest;
      while (url.endsWith("/")) {
        url = url.substring(0, url.length() - 1);
      }
      named.add(new Named(checked(flag, address, prefix), parsed(flag, address, url)));
    }
  }

  private static String checked(String flag, String address, String prefix) {
    if (!prefix.isEmpty() && !EndpointAddresses.PREFIXES.contains(prefix)) {
      throw wrong(flag, address);
    }
    return prefix;
  }

  private static OrielException wrong(String flag, String address) {
    return OrielException.invalid(
        flag
            + ": got "
            + Quoted.of(address)
            + ", want http://host:port or host:port, with dns+, dnssrv+ or dnssrvnoa+ before it to"
            + " look the name up");
  }

  private static URI parsed(String flag, String address, String url) {
    try {
      URI uri = URI.create(url);
      String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
      if (uri.getAuthority() == null || !List.of("http", "https").contains(scheme)) {
        throw wrong(flag, address);
      }
      return uri;
    } catch (IllegalArgumentException _) {
      throw wrong(flag, address);
    }
  }

  /// Where they are now.
  List<URI> now() {
    List<URI> found = new ArrayList<>();
    for (Named one : named) {
      if (one.prefix().isEmpty()) {
        found.add(one.uri());
      } else {
        for (String address : resolved(one)) {
          found.add(URI.create(one.uri().getScheme() + "://" + address + one.uri().getRawPath()));
        }
      }
    }
    return found;
  }

  private List<String> resolved(Named one) {
    String name = one.prefix() + authority(one);
    lookups.made().inc();
    try {
      List<String> addresses = EndpointAddresses.resolve(name, lookups.dns());
      last.put(one, addresses);
      return addresses;
    } catch (IOException | OrielException e) {
      lookups.failed().inc();
      LOG.atWarn()
          .addKeyValue("name", name)
          .addKeyValue("reason", e.getMessage())
          .log("cannot resolve name, going on with what it stood for last");
      return last.getOrDefault(one, List.of());
    }
  }

  /// SRV records have ports of their own.
  private static String authority(Named one) {
    URI uri = one.uri();
    if (one.prefix().startsWith("dnssrv") || uri.getPort() >= 0) {
      return uri.getAuthority();
    }
    return uri.getAuthority() + (uri.getScheme().equalsIgnoreCase("https") ? ":443" : ":80");
  }
}
