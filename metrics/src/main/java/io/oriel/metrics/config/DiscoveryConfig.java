package io.oriel.metrics.config;

import io.oriel.runtime.http.HttpClientConfig;
import java.util.List;
import java.util.Optional;

/// Where targets come from: one item of a `…_sd_configs` list, or the `static_configs` of a job.
public sealed interface DiscoveryConfig {
  /// Its kind, as in `KIND_sd_configs`.
  String kind();

  /// Targets written down.
  record Static(List<TargetGroup> groups) implements DiscoveryConfig {
    public Static {
      groups = List.copyOf(groups);
    }

    @Override
    public String kind() {
      return "static";
    }
  }

  /// Targets in files.
  ///
  /// @param files absolute patterns, `*` in the last segment only
  record FileBased(List<String> files, long refreshMillis) implements DiscoveryConfig {
    public FileBased {
      files = List.copyOf(files);
    }

    @Override
    public String kind() {
      return "file";
    }
  }

  /// Targets that a web server lists.
  record Http(String url, HttpClientConfig client, long refreshMillis) implements DiscoveryConfig {
    @Override
    public String kind() {
      return "http";
    }
  }

  /// Targets in the domain name system.
  ///
  /// @param type SRV, A, AAAA, MX or NS
  /// @param port for the types that tell none
  record Dns(List<String> names, String type, int port, long refreshMillis)
      implements DiscoveryConfig {
    public Dns {
      names = List.copyOf(names);
    }

    @Override
    public String kind() {
      return "dns";
    }
  }

  /// Restricts what a Kubernetes role lists.
  record Selector(String role, String label, String field) {}

  /// What is told of a target besides its own object: `attach_metadata`.
  record Attach(
      boolean node, boolean namespace, boolean deployment, boolean job, boolean cronJob) {}

  /// Objects in a Kubernetes cluster.
  ///
  /// @param role pod, service, endpoints, endpointslice, node or ingress
  /// @param apiServer empty for the cluster this process runs in
  /// @param kubeconfigFile empty for none
  /// @param namespaces empty for all
  record Kubernetes(
      String role,
      String apiServer,
      String kubeconfigFile,
      HttpClientConfig client,
      boolean ownNamespace,
      List<String> namespaces,
      List<Selector> selectors,
      Attach attach)
      implements DiscoveryConfig {
    public Kubernetes {
      namespaces = List.copyOf(namespaces);
      selectors = List.copyOf(selectors);
    }

    @Override
    public String kind() {
      return "kubernetes";
    }

    /// What restricts the listing of {@code ofRole}.
    public Optional<Selector> selector(String ofRole) {
      return selectors.stream().filter(selector -> selector.role().equals(ofRole)).findFirst();
    }
  }

  /// A kind that is valid here and cannot be run.
  record Unsupported(String kind) implements DiscoveryConfig {}
}
