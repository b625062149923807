package io.oriel.app.topology;

import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Which clusters there are and what runs in them.
///
/// @param nodeExporter address of a real node_exporter to scrape instead of the built-in one; empty
///   for none
/// @param scrapeIntervalMillis how often everything is scraped
public record Topology(List<Cluster> clusters, String nodeExporter, long scrapeIntervalMillis) {
  private static final int MAX_REPLICAS = 9;

  /// One cluster.
  ///
  /// @param name the value of its `cluster` label
  /// @param environment the value of its `environment` label
  /// @param replicas how many metrics replicas it has
  /// @param retention how long they keep samples, in Prometheus' notation
  /// @param targets further addresses to scrape
  public record Cluster(
      String name, String environment, int replicas, String retention, List<String> targets) {
    public Cluster {
      targets = List.copyOf(targets);
    }
  }

  public Topology {
    clusters = List.copyOf(clusters);
  }

  /// Four clusters of two replicas: dev, staging, production, operations.
  public static Topology standard() {
    return new Topology(
        List.of(
            new Cluster("dev-01", "dev", 2, "15d", List.of()),
            new Cluster("stag-01", "stag", 2, "15d", List.of()),
            new Cluster("prod-01", "prod", 2, "15d", List.of()),
            new Cluster("ops-01", "ops", 2, "15d", List.of())),
        "",
        5_000);
  }

  /// Reads {@code file}.
  ///
  /// @throws io.oriel.runtime.config.ConfigException with every mistake and its line
  public static Topology load(Path file) throws IOException {
    ConfigDocument document = ConfigDocument.load(file);
    ConfigMap in = document.root();
    List<Cluster> clusters = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ConfigMap item : in.maps("clusters")) {
      Cluster cluster = cluster(item);
      if (!names.add(cluster.name())) {
        item.problem("name", "there are two clusters called " + cluster.name());
      }
      clusters.add(cluster);
    }
    if (clusters.isEmpty()) {
      in.problem("clusters", "got none, want at least one");
    }
    Topology topology =
        new Topology(
            clusters, in.string("node_exporter", ""), in.durationMillis("scrape_interval", 5_000));
    document.check();
    return topology;
  }

  private static Cluster cluster(ConfigMap in) {
    String name = in.requiredString("name");
    if (!name.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?")) {
      in.problem("name", "got \"" + name + "\", want lower case letters, digits and dashes");
    }
    long replicas = in.integer("replicas", 2);
    if (replicas < 1 || replicas > MAX_REPLICAS) {
      in.problem("replicas", "got " + replicas + ", want 1 to " + MAX_REPLICAS);
    }
    long _ = in.durationMillis("retention", 0);
    return new Cluster(
        name,
        in.string("environment", name.replaceAll("-[0-9]+$", "")),
        Math.clamp(replicas, 1, MAX_REPLICAS),
        in.string("retention", "15d"),
        in.strings("targets"));
  }
}
