package io.oriel.runtime.dns;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Where endpoints are, as flags of Thanos name them (0.41, pkg/discovery/dns).
///
/// `host:port` is one address. `dns+host:port` and `dnsdualstack+host:port` are one per address of
/// the host. `dnssrv+name` is one per address of each host in the name's SRV records, which have
/// the ports; `dnssrvnoa+name` leaves those hosts to be resolved by whoever connects.
public final class EndpointAddresses {
  /// What may stand before an address.
  public static final Set<String> PREFIXES =
      Set.of("dns+", "dnsdualstack+", "dnssrv+", "dnssrvnoa+");

  private static final int SRV_PARTS = 4;

  private EndpointAddresses() {}

  /// The addresses that {@code endpoint} stands for now.
  ///
  /// @throws IOException when a name cannot be resolved
  /// @throws OrielException of kind INVALID when it is written wrongly
  public static List<String> resolve(String endpoint, DnsResolver dns) throws IOException {
    int plus = endpoint.indexOf('+');
    String rest = endpoint.substring(plus + 1);
    return switch (plus < 0 ? "" : endpoint.substring(0, plus)) {
      case "" -> List.of(withPort(endpoint, rest));
      case "dns", "dnsdualstack" -> {
        int colon = withPort(endpoint, rest).lastIndexOf(':');
        yield hosts(rest.substring(0, colon), rest.substring(colon));
      }
      case "dnssrv" -> {
        List<String> found = new ArrayList<>();
        for (String[] record : records(rest, dns)) {
          found.addAll(hosts(record[3], ":" + record[2]));
        }
        yield found;
      }
      case "dnssrvnoa" ->
          records(rest, dns).stream().map(record -> record[3] + ":" + record[2]).toList();
      default -> throw wrong(endpoint);
    };
  }

  private static String withPort(String endpoint, String address) {
    int colon = address.lastIndexOf(':');
    if (colon <= 0 || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw wrong(endpoint);
    }
    return address;
  }

  private static OrielException wrong(String endpoint) {
    return new OrielException(
        Kind.INVALID,
        "endpoint \""
            + endpoint
            + "\": want host:port, dns+host:port, dnsdualstack+host:port, dnssrv+name"
            + " or dnssrvnoa+name");
  }

  /// SRV records in parts: priority, weight, port, host without its final dot.
  private static List<String[]> records(String name, DnsResolver dns) throws IOException {
    List<String[]> records = new ArrayList<>();
    for (String record : dns.lookup(name, "SRV")) {
      String[] parts = record.strip().split("\\s+");
      if (parts.length != SRV_PARTS) {
        throw new IOException("SRV record of " + name + ": got " + parts.length + " parts, want 4");
      }
      if (parts[3].endsWith(".")) {
        parts[3] = parts[3].substring(0, parts[3].length() - 1);
      }
      records.add(parts);
    }
    return records;
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
