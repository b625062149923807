package io.oriel.app.topology;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.traces.sample.FileStrategies;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which clusters there are and what runs in them.
///
/// @param nodeExporter address of a real node_exporter to scrape instead of the built-in one; empty
///   for none
/// @param scrapeIntervalMillis how often everything is scraped
/// @param operations the name of the cluster that looks after the others: the global query runs
///   there, the search engine and the gateway too
/// @param searchEngine where logs and traces lie: {@link #EMBEDDED}, {@link #NONE}, or the URL of
///   an Elasticsearch or OpenSearch
/// @param traces what becomes of spans
public record Topology(
    List<Cluster> clusters,
    String nodeExporter,
    long scrapeIntervalMillis,
    String operations,
    String searchEngine,
    Tracing traces) {
  /// A search engine of the platform's own.
  public static final String EMBEDDED = "embedded";

  /// No search engine: metrics only.
  public static final String NONE = "none";

  private static final int MAX_REPLICAS = 9;

  /// One cluster.
  ///
  /// @param name the value of its `cluster` label
  /// @param environment the value of its `environment` label
  /// @param replicas how many metrics replicas it has
  /// @param retention how long they keep samples, in Prometheus' notation
  /// @param bucket where its blocks go, and how long they stay there
  /// @param targets further addresses to scrape
  /// @param logs further files to ship, patterns too; in the format that container runtimes write
  public record Cluster(
      String name,
      String environment,
      int replicas,
      String retention,
      LongTerm bucket,
      List<String> targets,
      List<String> logs) {
    public Cluster {
      targets = List.copyOf(targets);
      logs = List.copyOf(logs);
    }
  }

  /// A cluster's object store.
  ///
  /// @param config file with Thanos' objstore YAML; empty for a directory beside the cluster's data
  /// @param raw how long blocks of raw samples stay; zero: for ever
  /// @param fiveMinutes how long blocks of five minutes' resolution stay; zero: for ever
  /// @param oneHour how long blocks of an hour's resolution stay; zero: for ever
  public record LongTerm(String config, Duration raw, Duration fiveMinutes, Duration oneHour) {
    /// A directory: raw samples for thirty days, five minutes for half a year, hours for two years.
    public static LongTerm standard() {
      return new LongTerm("", Duration.ofDays(30), Duration.ofDays(180), Duration.ofDays(730));
    }
  }

  /// What becomes of spans, if there is a search engine.
  ///
  /// @param isOn whether there are collectors, and a query over them
  /// @param sampling by environment, what its clients are told to sample, 0 to 1; the others are
  ///   told what {@link FileStrategies#standardProbability} says
  public record Tracing(boolean isOn, Map<String, Double> sampling) {
    public Tracing {
      sampling = Map.copyOf(sampling);
    }

    /// Collected, sampled as is usual in each environment.
    public static Tracing standard() {
      return new Tracing(true, Map.of());
    }

    double samplingIn(String environment) {
      return sampling.getOrDefault(environment, FileStrategies.standardProbability(environment));
    }
  }

  public Topology {
    clusters = List.copyOf(clusters);
  }

  /// With traces as usual.
  public Topology(
      List<Cluster> clusters,
      String nodeExporter,
      long scrapeIntervalMillis,
      String operations,
      String searchEngine) {
    this(
        clusters, nodeExporter, scrapeIntervalMillis, operations, searchEngine, Tracing.standard());
  }

  /// Whether a cluster is the one that looks after the others.
  boolean isOperations(Cluster cluster) {
    return cluster.name().equals(operations);
  }

  /// Whether logs are shipped at all.
  boolean hasLogs() {
    return !searchEngine.equals(NONE);
  }

  /// Where the search engine is.
  ///
  /// @param embedded `host:port` of the platform's own
  URI engineAt(String embedded) {
    return URI.create(searchEngine.equals(EMBEDDED) ? "http://" + embedded : searchEngine);
  }

  /// Whether spans are collected.
  boolean hasTraces() {
    return hasLogs() && traces.isOn();
  }

  /// The cluster called {@code name}.
  ///
  /// @throws OrielException of kind NOT_FOUND when there is none
  Cluster cluster(String name) {
    return clusters.stream()
        .filter(cluster -> cluster.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new OrielException(Kind.NOT_FOUND, "no cluster " + name));
  }

  /// Four clusters of two replicas: dev, staging, production, operations.
  public static Topology standard() {
    return new Topology(
        List.of(
            new Cluster("dev-01", "dev", 2, "15d", LongTerm.standard(), List.of(), List.of()),
            new Cluster("stag-01", "stag", 2, "15d", LongTerm.standard(), List.of(), List.of()),
            new Cluster("prod-01", "prod", 2, "15d", LongTerm.standard(), List.of(), List.of()),
            new Cluster("ops-01", "ops", 2, "15d", LongTerm.standard(), List.of(), List.of())),
        "",
        5_000,
        "ops-01",
        EMBEDDED);
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
    String operations = in.string("operations", operations(clusters));
    if (!clusters.isEmpty() && !names.contains(operations)) {
      in.problem("operations", "there is no cluster called " + operations);
    }
    Topology topology =
        new Topology(
            clusters,
            in.string("node_exporter", ""),
            in.durationMillis("scrape_interval", 5_000),
            operations,
            searchEngine(in),
            tracing(in.map("traces"), clusters));
    document.check();
    return topology;
  }

  private static Tracing tracing(ConfigMap in, List<Cluster> clusters) {
    ConfigMap ratios = in.map("sampling");
    Map<String, Double> sampling = new LinkedHashMap<>();
    for (String environment : ratios.keys()) {
      double ratio = ratios.number(environment, 0);
      if (!(ratio >= 0 && ratio <= 1)) {
        ratios.problem(environment, "got " + ratio + ", want 0 to 1");
      }
      if (clusters.stream().noneMatch(cluster -> cluster.environment().equals(environment))) {
        ratios.problem(environment, "no cluster is of this environment");
      }
      sampling.put(environment, ratio);
    }
    return new Tracing(in.bool("enabled", true), sampling);
  }

  private static String searchEngine(ConfigMap in) {
    String engine = in.string("search_engine", EMBEDDED);
    boolean known =
        engine.equals(EMBEDDED) || engine.equals(NONE) || engine.matches("https?://[^/]+.*");
    if (!known) {
      in.problem(
          "search_engine", "got " + engine + ", want " + EMBEDDED + ", " + NONE + " or a URL");
    }
    return engine;
  }

  /// The cluster of the environment `ops`, without one the last.
  private static String operations(List<Cluster> clusters) {
    return clusters.stream()
        .filter(cluster -> cluster.environment().equals("ops"))
        .findFirst()
        .or(() -> clusters.reversed().stream().findFirst())
        .map(Cluster::name)
        .orElse("");
  }

  private static LongTerm longTerm(ConfigMap in) {
    LongTerm standard = LongTerm.standard();
    return new LongTerm(
        in.string("config_file", standard.config()),
        duration(in, "retention_raw", standard.raw()),
        duration(in, "retention_5m", standard.fiveMinutes()),
        duration(in, "retention_1h", standard.oneHour()));
  }

  private static Duration duration(ConfigMap in, String name, Duration standard) {
    return Duration.ofMillis(in.durationMillis(name, standard.toMillis()));
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
        longTerm(in.map("object_store")),
        in.strings("targets"),
        in.strings("logs"));
  }
}
