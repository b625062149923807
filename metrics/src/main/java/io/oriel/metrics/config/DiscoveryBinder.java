package io.oriel.metrics.config;

import io.oriel.metrics.config.DiscoveryConfig.Kubernetes;
import io.oriel.metrics.config.DiscoveryConfig.Selector;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Quoted;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.http.HttpClientConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Binds the `…_sd_configs` lists and `static_configs` of a job or an Alertmanager section.
final class DiscoveryBinder {
  private static final Pattern FILE_PATTERN =
      Pattern.compile("^[^*]*(\\*[^/]*)?\\.(json|yml|yaml|JSON|YML|YAML)$");
  private static final Set<String> DNS_TYPES = Set.of("A", "AAAA", "MX", "NS", "SRV");
  private static final Map<String, Set<String>> SELECTABLE =
      Map.of(
          "pod", Set.of("pod"),
          "service", Set.of("service"),
          "endpointslice", Set.of("pod", "service", "endpointslice"),
          "endpoints", Set.of("pod", "service", "endpoints"),
          "node", Set.of("node"),
          "ingress", Set.of("ingress"));

  private final Path directory;

  DiscoveryBinder(Path directory) {
    this.directory = directory;
  }

  List<DiscoveryConfig> bind(ConfigMap in) {
    List<DiscoveryConfig> found = new ArrayList<>();
    List<TargetGroup> groups = statics(in);
    if (!groups.isEmpty()) {
      found.add(new DiscoveryConfig.Static(groups));
    }
    in.maps("file_sd_configs").forEach(item -> found.add(file(item)));
    in.maps("http_sd_configs").forEach(item -> found.add(http(item)));
    in.maps("dns_sd_configs").forEach(item -> found.add(dns(item)));
    in.maps("kubernetes_sd_configs").forEach(item -> found.add(kubernetes(item)));
    for (DiscoveryKind kind : DiscoveryKind.ALL.values()) {
      for (ConfigMap item : in.maps(kind.name() + "_sd_configs")) {
        kind.check(item);
        found.add(new DiscoveryConfig.Unsupported(kind.name()));
      }
    }
    return List.copyOf(found);
  }

  private static List<TargetGroup> statics(ConfigMap in) {
    List<TargetGroup> groups = new ArrayList<>();
    for (ConfigMap item : in.maps("static_configs")) {
      if (!item.isPresent()) {
        in.problem("static_configs", "empty or null section in static_configs");
        continue;
      }
      groups.add(staticGroup(item, Integer.toString(groups.size())));
    }
    return groups;
  }

  static TargetGroup staticGroup(ConfigMap in, String source) {
    List<Labels> targets = new ArrayList<>();
    for (String address : in.strings("targets")) {
      WebAddress.requireHost(in, "targets", address);
      targets.add(Labels.of("__address__", address));
    }
    return new TargetGroup(source, targets, labels(in, "labels"));
  }

  /// Text by text under {@code key}, as labels.
  static Labels labels(ConfigMap in, String key) {
    LabelsBuilder labels = new LabelsBuilder();
    in.stringMap(key)
        .forEach(
            (name, value) -> {
              if (!LabelName.isUtf8(name)) {
                in.problem(key, Quoted.of(name) + " is not a valid label name");
              }
              labels.set(name, value);
            });
    return labels.build();
  }

  private DiscoveryConfig file(ConfigMap in) {
    List<String> files = in.strings("files");
    if (files.isEmpty()) {
      in.problem("files", "file service discovery config must contain at least one path name");
    }
    List<String> absolute = new ArrayList<>();
    for (String file : files) {
      if (!FILE_PATTERN.matcher(file).matches()) {
        in.problem("files", "path name " + Quoted.of(file) + " is not valid for file discovery");
      }
      absolute.add(directory.resolve(file).toString());
    }
    return new DiscoveryConfig.FileBased(absolute, in.durationMillis("refresh_interval", 300_000));
  }

  private DiscoveryConfig http(ConfigMap in) {
    if (!in.has("url")) {
      in.problem("url", "URL is missing");
    } else {
      WebAddress.require(in, "url");
    }
    return new DiscoveryConfig.Http(
        in.string("url", ""),
        HttpClientConfig.bind(in).in(directory),
        in.durationMillis("refresh_interval", 60_000));
  }

  private static DiscoveryConfig dns(ConfigMap in) {
    List<String> names = in.strings("names");
    String type = in.string("type", "SRV").toUpperCase(java.util.Locale.ROOT);
    long port = in.integer("port", 0);
    if (names.isEmpty()) {
      in.problem("names", "DNS-SD config must contain at least one SRV record name");
    }
    if (!DNS_TYPES.contains(type)) {
      in.problem("type", "invalid DNS-SD records type " + type);
    } else if (!type.equals("SRV") && port == 0) {
      in.problem("port", "a port is required in DNS-SD configs for all record types except SRV");
    }
    return new DiscoveryConfig.Dns(
        names, type, (int) port, in.durationMillis("refresh_interval", 30_000));
  }

  private DiscoveryConfig kubernetes(ConfigMap in) {
    String role = in.string("role", "");
    if (!SELECTABLE.containsKey(role)) {
      in.problem(
          "role", "role missing (one of: pod, service, endpoints, endpointslice, node or ingress)");
    }
    HttpClientConfig client = HttpClientConfig.bind(in);
    boolean custom = !client.equals(HttpClientConfig.standard());
    boolean api = in.has("api_server");
    boolean kubeconfig = in.has("kubeconfig_file");
    if (api && kubeconfig) {
      in.problem("kubeconfig_file", "cannot use 'kubeconfig_file' and 'api_server' simultaneously");
    } else if (kubeconfig && custom) {
      in.problem(
          "kubeconfig_file",
          "cannot use a custom HTTP client configuration together with 'kubeconfig_file'");
    } else if (!api && custom) {
      in.problem(
          "",
          "to use custom HTTP client configuration please provide the 'api_server' URL explicitly");
    }
    ConfigMap namespaces = in.map("namespaces");
    ConfigMap attach = in.map("attach_metadata");
    String kubeconfigFile = in.string("kubeconfig_file", "");
    return new Kubernetes(
        role,
        in.string("api_server", ""),
        kubeconfigFile.isEmpty() ? "" : directory.resolve(kubeconfigFile).toString(),
        client.in(directory),
        namespaces.bool("own_namespace", false),
        namespaces.strings("names"),
        selectors(in, role),
        new DiscoveryConfig.Attach(
            attach.bool("node", false),
            attach.bool("namespace", false),
            attach.bool("deployment", false),
            attach.bool("job", false),
            attach.bool("cronjob", false)));
  }

  private static List<Selector> selectors(ConfigMap in, String role) {
    List<Selector> selectors = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (ConfigMap item : in.maps("selectors")) {
      Selector selector =
          new Selector(item.string("role", ""), item.string("label", ""), item.string("field", ""));
      if (!seen.add(selector.role())) {
        item.problem("role", "duplicated selector role: " + selector.role());
      }
      if (!SELECTABLE.getOrDefault(role, Set.of()).contains(selector.role())) {
        item.problem(
            "role",
            role + " role supports only " + SELECTABLE.getOrDefault(role, Set.of()) + " selectors");
      }
      if (!isFieldSelector(selector.field())) {
        item.problem("field", "invalid selector: " + Quoted.of(selector.field()));
      }
      selectors.add(selector);
    }
    return selectors;
  }

  private static boolean isFieldSelector(String text) {
    if (text.isEmpty()) {
      return true;
    }
    for (String term : text.split(",")) {
      if (!term.isBlank() && term.indexOf('=') <= 0) {
        return false;
      }
    }
    return true;
  }
}
