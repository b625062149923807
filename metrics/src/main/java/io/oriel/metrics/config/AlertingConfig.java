package io.oriel.metrics.config;

import io.oriel.model.labels.NameValidation;
import io.oriel.model.relabel.RelabelConfig;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.http.HttpClientConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The `alerting` section.
public record AlertingConfig(List<RelabelConfig> alertRelabel, List<Alertmanagers> alertmanagers) {
  /// A set of Alertmanagers that are reached in the same way.
  public record Alertmanagers(
      long timeoutMillis,
      String pathPrefix,
      String scheme,
      HttpClientConfig client,
      List<DiscoveryConfig> discovery,
      List<RelabelConfig> relabel,
      List<RelabelConfig> alertRelabel) {
    public Alertmanagers {
      discovery = List.copyOf(discovery);
      relabel = List.copyOf(relabel);
      alertRelabel = List.copyOf(alertRelabel);
    }
  }

  public AlertingConfig {
    alertRelabel = List.copyOf(alertRelabel);
    alertmanagers = List.copyOf(alertmanagers);
  }

  static AlertingConfig bind(ConfigMap in, NameValidation names, Path directory) {
    List<Alertmanagers> found = new ArrayList<>();
    for (ConfigMap item : in.maps("alertmanagers")) {
      found.add(alertmanagers(item, names, directory));
    }
    return new AlertingConfig(
        RelabelBinder.bind(in, "alert_relabel_configs", "alert relabeling rule", names), found);
  }

  private static Alertmanagers alertmanagers(ConfigMap in, NameValidation names, Path directory) {
    in.choice("api_version", "v2", Map.of("v2", "v2"));
    in.has("sigv4");
    return new Alertmanagers(
        in.durationMillis("timeout", 10_000),
        in.string("path_prefix", "/"),
        in.string("scheme", "http"),
        HttpClientConfig.bind(in).in(directory),
        new DiscoveryBinder(directory).bind(in),
        RelabelBinder.bind(in, "relabel_configs", "Alertmanager target relabeling rule", names),
        RelabelBinder.bind(
            in, "alert_relabel_configs", "Alertmanager alert relabeling rule", names));
  }
}
