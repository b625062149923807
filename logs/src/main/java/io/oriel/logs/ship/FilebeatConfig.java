package io.oriel.logs.ship;

import io.oriel.logs.enrich.PodFacts;
import io.oriel.logs.enrich.Processor;
import io.oriel.logs.parse.FieldTree;
import io.oriel.logs.spool.SpoolConfig;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigException;
import io.oriel.runtime.config.ConfigProblem;
import io.oriel.runtime.config.MaskedYaml;
import io.oriel.runtime.config.Suggestion;
import io.oriel.runtime.http.HttpClientConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// Reads filebeat.yml. What would change what is delivered and is not supported is refused by name;
/// what does no harm is a warning.
///
/// Ours alone is the section `oriel`: `cluster` and `environment` (fields of every event),
/// `trace_context`, `spool.when_full`, `dead_letters.max_size`, `kubernetes.wait`.
public final class FilebeatConfig {
  private static final String DEFAULT_INDEX =
      "logs-%{[cluster]:default}-%{[kubernetes.namespace]:default}";

  /** Sections that are accepted whole: they are about what a shipper here does not do. */
  private static final Set<String> WHOLE =
      Set.of(
          "setup",
          "logging",
          "monitoring",
          "http",
          "keystore",
          "seccomp",
          "instrumentation",
          "features",
          "timestamp",
          "path",
          "max_procs",
          "ssl",
          "deploy");

  private static final Set<String> KNOWN =
      Set.of(
          "filebeat.inputs",
          "filebeat.autodiscover",
          "filebeat.registry",
          "filebeat.shutdown_timeout",
          "filebeat.config",
          "filebeat.modules",
          "output.elasticsearch",
          "queue.disk",
          "queue.mem",
          "processors",
          "name",
          "tags",
          "fields",
          "fields_under_root",
          "oriel");

  private final Settings root;
  private final Path directory;
  private final List<String> warnings;
  private final Given given;

  /// What the file does not say.
  ///
  /// @param overrides `key=value` of the command line, which come before the file
  /// @param environment for `${NAME}`
  /// @param data directory for registry and spool, when the file does not name one
  /// @param hostFields what `add_host_metadata` adds
  public record Given(
      List<String> overrides,
      Map<String, String> environment,
      Optional<Path> data,
      Map<String, Object> hostFields,
      LongSupplier nanos) {
    public Given {
      overrides = List.copyOf(overrides);
      environment = Map.copyOf(environment);
      hostFields = FieldTree.copy(hostFields);
    }
  }

  /// What was read.
  ///
  /// @param name of the shipper; empty for the machine's
  /// @param pods empty when nothing is to be known of pods
  /// @param warnings for people
  public record Loaded(
      ShipConfig ship,
      HttpClientConfig client,
      String name,
      Optional<Pods> pods,
      List<String> warnings) {
    public Loaded {
      warnings = List.copyOf(warnings);
    }
  }

  /// How pods are watched.
  ///
  /// @param kubeConfig file; empty for the cluster that this runs in
  /// @param node whose pods are watched; empty for all
  /// @param keep how long a pod that is gone is remembered
  public record Pods(String kubeConfig, String node, Duration keep) {}

  private FilebeatConfig(Settings root, Path directory, List<String> warnings, Given given) {
    this.root = root;
    this.directory = directory;
    this.warnings = warnings;
    this.given = given;
  }

  /// Reads {@code file}.
  ///
  /// @throws ConfigException with every problem, by file and line
  /// @throws IOException when it cannot be read
  public static Loaded load(Path file, Given given) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    return parse(
        file.toString(),
        Files.readString(file),
        parent == null ? Path.of("").toAbsolutePath() : parent,
        given);
  }

  /// Reads {@code yaml}, which problems call {@code name}.
  ///
  /// @param directory from which relative paths are taken
  /// @throws ConfigException with every problem, by file and line
  public static Loaded parse(String name, String yaml, Path directory, Given given) {
    List<ConfigDocument> documents = new ArrayList<>();
    List<Settings.Source> sources = new ArrayList<>();
    for (String override : given.overrides.reversed()) {
      String nested = nested(override);
      documents.add(ConfigDocument.parse("-E " + override, nested));
      sources.add(new Settings.Source(documents.getLast().root(), MaskedYaml.tree("-E", nested)));
    }
    documents.add(ConfigDocument.parse(name, yaml));
    sources.add(new Settings.Source(documents.getLast().root(), MaskedYaml.tree(name, yaml)));
    List<String> warnings = new ArrayList<>();
    Settings root = Settings.root(sources, new Settings.Context(given.environment, warnings));
    Loaded loaded = new FilebeatConfig(root, directory, warnings, given).read();
    List<ConfigProblem> problems = new ArrayList<>();
    for (ConfigDocument document : documents) {
      try {
        document.check();
      } catch (ConfigException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return loaded;
  }

  /// `a.b=value` as a file would have it.
  private static String nested(String override) {
    int equals = override.indexOf('=');
    if (equals < 1) {
      throw OrielException.invalid("-E: got \"" + override + "\", want key=value");
    }
    StringBuilder yaml = new StringBuilder();
    String indent = "";
    for (String part : override.substring(0, equals).split("\\.")) {
      yaml.append(yaml.isEmpty() ? "" : "\n").append(indent).append(part).append(":");
      indent += "  ";
    }
    return yaml.append(' ').append(override.substring(equals + 1)).append('\n').toString();
  }

  private Loaded read() {
    ProcessorSettings processors = new ProcessorSettings(given.nanos, given.hostFields, warnings);
    List<Processor> global = processors.list(root, "processors");
    InputSettings inputSettings = new InputSettings(processors);
    List<ShipInput> inputs = new ArrayList<>(inputSettings.list(root));
    Optional<Pods> pods = Optional.empty();
    PodFacts.Shape shape = new PodFacts.Shape(List.of(), true);
    for (Settings provider : root.maps("filebeat.autodiscover.providers")) {
      if (provider.bool("enabled", true)) {
        pods = Optional.of(pods(provider));
        shape = shape(provider);
        inputSettings
            .autodiscovered(provider, "autodiscover-" + inputs.size())
            .ifPresent(inputs::add);
      }
    }
    if (processors.kubernetes().isPresent()) {
      Settings metadata = processors.kubernetes().get();
      metadata.accept(
          "indexers",
          "matchers",
          "default_indexers",
          "default_matchers",
          "in_cluster",
          "namespace",
          "sync_period",
          "resource",
          "deployment",
          "cronjob",
          "use_kubeadm",
          "kube_client_options",
          "include_labels",
          "exclude_labels",
          "add_resource_metadata");
      pods = pods.or(() -> Optional.of(pods(metadata)));
      shape = pods.isPresent() && shape.annotations().isEmpty() ? shape(metadata) : shape;
      inputs.replaceAll(
          input ->
              input.kubernetes() == ShipInput.Pods.NONE
                  ? input.withPods(ShipInput.Pods.FIELDS)
                  : input);
    }
    if (inputs.isEmpty() && inputSettings.journals().isEmpty()) {
      root.problem("", "no input is enabled: want filebeat.inputs or filebeat.autodiscover");
    }
    OutputSettings.Output output = OutputSettings.read(root, directory);
    ShipConfig ship = ship(inputs, global, inputSettings, output, shape);
    String name = root.string("name", "");
    others();
    return new Loaded(ship, output.client(), name, pods, warnings);
  }

  private static Pods pods(Settings in) {
    String scope = in.string("scope", "node");
    String node = in.string("node", in.string("host", ""));
    return new Pods(
        in.string("kube_config", ""),
        scope.equals("cluster") ? "" : node,
        Duration.ofMillis(
            Math.max(3_600_000, in.duration("cleanup_timeout", Duration.ofHours(1)).toMillis())));
  }

  private static PodFacts.Shape shape(Settings in) {
    in.accept("annotations.dedot");
    return new PodFacts.Shape(in.strings("include_annotations"), in.bool("labels.dedot", true));
  }

  private ShipConfig ship(
      List<ShipInput> inputs,
      List<Processor> global,
      InputSettings settings,
      OutputSettings.Output output,
      PodFacts.Shape shape) {
    Map<String, Object> fields = InputSettings.fields(root);
    String cluster = root.string("oriel.cluster", "");
    if (!cluster.isEmpty()) {
      fields.put("cluster", cluster);
      FieldTree.put(fields, "orchestrator.cluster.name", cluster);
    }
    String environment = root.string("oriel.environment", "");
    if (!environment.isEmpty()) {
      fields.put("environment", environment);
    }
    ShipConfig.Running running =
        new ShipConfig.Running(
            Math.max(1, root.integer("oriel.readers", 1)),
            settings.maxOpenFiles(),
            settings.keepRemoved(),
            root.duration("filebeat.shutdown_timeout", Duration.ofSeconds(10)),
            root.bool("oriel.trace_context", true));
    return new ShipConfig(
        data(),
        inputs,
        settings.journals(),
        global,
        fields,
        index(output.index()),
        output.pipeline(),
        spool(),
        output.delivery(),
        root.size("oriel.dead_letters.max_size", 100 << 20),
        running,
        new ShipConfig.Kubernetes(
            shape, root.duration("oriel.kubernetes.wait", Duration.ofSeconds(10))));
  }

  private String index(String configured) {
    String index = configured.isEmpty() ? DEFAULT_INDEX : configured;
    try {
      IndexName.of(index);
    } catch (OrielException e) {
      root.problem("output.elasticsearch.index", e.reason());
    }
    return index;
  }

  private Path data() {
    Path home = directory.resolve(root.string("path.home", "."));
    return given.data.orElseGet(() -> home.resolve(root.string("path.data", "data")).normalize());
  }

  private SpoolConfig spool() {
    root.accept(
        "queue.disk.read_ahead",
        "queue.disk.write_ahead",
        "queue.disk.retry_interval",
        "queue.disk.max_retry_interval",
        "queue.disk.path",
        "queue.mem");
    root.warn("queue.mem", "events wait on disk, in the data directory, whatever the queue");
    root.warn("queue.disk.path", "events wait in the data directory");
    long max = root.size("queue.disk.max_size", 1L << 30);
    long segment = root.size("queue.disk.segment_size", Math.min(16 << 20, max / 4));
    boolean drop =
        root.word(
            "oriel.spool.when_full",
            false,
            word ->
                switch (word) {
                  case "block" -> Optional.of(false);
                  case "drop" -> Optional.of(true);
                  default -> Optional.empty();
                },
            "block or drop");
    if (max < 10 << 20) {
      root.problem("queue.disk.max_size", "got " + max + " bytes, want at least 10MB");
      return SpoolConfig.standard();
    }
    return new SpoolConfig(
        max,
        (int) Math.clamp(segment, 1 << 20, Math.min(max, 1 << 30)),
        drop ? SpoolConfig.WhenFull.DROP : SpoolConfig.WhenFull.BLOCK);
  }

  private void others() {
    root.accept("filebeat.registry", "filebeat.overwrite_pipelines", "filebeat.registry_file");
    if (root.bool("filebeat.config.inputs.enabled", false)
        || root.has("filebeat.config.inputs.path")) {
      root.refuse("filebeat.config.inputs", "inputs in other files");
    }
    boolean modules = !root.maps("filebeat.modules").isEmpty();
    if (modules) {
      root.refuse("filebeat.modules", "modules; use parsers, or an ingest pipeline");
    }
    root.warn("filebeat.config.modules", "modules are not supported");
    root.refuse("cloud.id", "use output.elasticsearch.hosts");
    root.accept("cloud.auth");
    Map<String, Boolean> unknown = new LinkedHashMap<>();
    for (String key : root.keys()) {
      String head = key.indexOf('.') < 0 ? key : key.substring(0, key.indexOf('.'));
      boolean known =
          WHOLE.contains(head)
              || root.used().contains(key)
              || head.equals("cloud")
              || head.equals("output") && key.split("\\.").length > 1;
      if (!known) {
        unknown.put(key, true);
      }
    }
    unknown
        .keySet()
        .forEach(key -> root.problem(key, "unknown key" + Suggestion.forWord(key, KNOWN)));
  }
}
