package io.oriel.metrics.discovery;

import io.oriel.metrics.config.DiscoveryConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.runtime.dns.DnsResolver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Targets in A, AAAA, SRV, MX and NS records.
final class DnsDiscovery implements RefreshLoop.Refresh {
  private final DiscoveryConfig.Dns config;
  private final DnsResolver resolver;
  private final DiscoveryMetrics metrics;

  DnsDiscovery(DiscoveryConfig.Dns config, DnsResolver resolver, DiscoveryMetrics metrics) {
    this.config = config;
    this.resolver = resolver;
    this.metrics = metrics;
  }

  @Override
  public List<TargetGroup> groups() throws IOException {
    List<TargetGroup> groups = new ArrayList<>();
    for (String name : config.names()) {
      metrics.dnsLookups.inc();
      List<Labels> targets = new ArrayList<>();
      try {
        for (String record : resolver.lookup(name, config.type())) {
          targets.add(target(name, record));
        }
      } catch (IOException e) {
        metrics.dnsFailures.inc();
        throw e;
      }
      groups.add(new TargetGroup(name, targets, Labels.empty()));
    }
    return groups;
  }

  private Labels target(String name, String record) throws IOException {
    String[] parts = record.trim().split("\\s+");
    LabelsBuilder labels = new LabelsBuilder().set("__meta_dns_name", name);
    String host = parts[parts.length - 1];
    String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    int port = config.port();
    switch (config.type()) {
      case "SRV" -> {
        if (parts.length != 4) {
          throw new IOException(
              "SRV record of " + name + ": got " + parts.length + " parts, want 4");
        }
        port = Integer.parseInt(parts[2]);
        labels.set("__meta_dns_srv_record_target", host);
        labels.set("__meta_dns_srv_record_port", parts[2]);
      }
      case "MX" -> labels.set("__meta_dns_mx_record_target", host);
      case "NS" -> labels.set("__meta_dns_ns_record_target", host);
      default -> {}
    }
    boolean v6 = bare.indexOf(':') >= 0;
    return labels.set("__address__", (v6 ? "[" + bare + "]" : bare) + ":" + port).build();
  }
}
