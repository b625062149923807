package io.oriel.metrics.config;

import io.oriel.model.labels.Quoted;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// A whole prometheus.yml. Immutable; loaded anew at each reload.
///
/// @param ruleFiles absolute patterns, `*` in the last segment only
/// @param scrapeConfigs those of `scrape_config_files` included
/// @param tracing empty when spans go nowhere
/// @param shown the file as it may be shown
public record PrometheusConfig(
    GlobalConfig global,
    AlertingConfig alerting,
    List<String> ruleFiles,
    List<ScrapeConfig> scrapeConfigs,
    StorageConfig storage,
    Optional<TracingConfig> tracing,
    List<RemoteWriteConfig> remoteWrite,
    List<RemoteReadConfig> remoteRead,
    OtlpConfig otlp,
    ShownConfig shown) {
  private static final Pattern GLOB = Pattern.compile("^[^*]*(\\*[^/]*)?$");

  public PrometheusConfig {
    ruleFiles = List.copyOf(ruleFiles);
    scrapeConfigs = List.copyOf(scrapeConfigs);
    remoteWrite = List.copyOf(remoteWrite);
    remoteRead = List.copyOf(remoteRead);
  }

  /// Reads {@code file} and the files with scrape configs that it names.
  ///
  /// @param environment the value of an environment variable, empty when it is not set
  /// @throws io.oriel.runtime.config.ConfigException with every mistake and its line
  /// @throws IOException when a file cannot be read
  public static PrometheusConfig load(Path file, Function<String, String> environment)
      throws IOException {
    return parse(file, Files.readString(file), environment);
  }

  /// Reads {@code yaml}, which stands for the content of {@code file}: its directory is where
  /// relative names start.
  public static PrometheusConfig parse(Path file, String yaml, Function<String, String> environment)
      throws IOException {
    Path directory = directoryOf(file);
    ConfigDocument document = ConfigDocument.parse(file.toString(), yaml);
    ConfigMap in = document.root();
    GlobalConfig global = GlobalConfig.bind(in.map("global"), directory, environment);
    in.map("runtime").integer("gogc", 75);
    List<ScrapeConfig> jobs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    bindJobs(in, global, directory, jobs, names);
    Map<Path, String> included = new LinkedHashMap<>();
    for (String pattern : patterns(in, "scrape_config_files", "scrape config file", directory)) {
      for (Path match : matches(Path.of(pattern))) {
        String text = Files.readString(match);
        included.put(match, text);
        jobs.addAll(included(match, text, global, names));
      }
    }
    List<RemoteWriteConfig> writes = writes(in, global, directory);
    List<RemoteReadConfig> reads = reads(in, directory);
    AlertingConfig alerting =
        AlertingConfig.bind(in.map("alerting"), global.validation(), directory);
    List<String> rules = patterns(in, "rule_files", "rule file", directory);
    StorageConfig storage = StorageConfig.bind(in.map("storage"));
    Optional<TracingConfig> tracing =
        in.has("tracing")
            ? Optional.of(TracingConfig.bind(in.map("tracing"), directory))
            : Optional.empty();
    OtlpConfig otlp = OtlpConfig.bind(in.map("otlp"), global.validation());
    document.check();
    return new PrometheusConfig(
        global,
        alerting,
        rules,
        jobs,
        storage,
        tracing,
        writes,
        reads,
        otlp,
        ShownConfig.of(file, yaml, included, global, jobs));
  }

  private static List<RemoteWriteConfig> writes(ConfigMap in, GlobalConfig global, Path directory) {
    List<RemoteWriteConfig> writes = new ArrayList<>();
    for (ConfigMap item : in.maps("remote_write")) {
      if (present(in, item, "remote_write", "remote write")) {
        writes.add(RemoteWriteConfig.bind(item, global.validation(), directory));
      }
    }
    uniqueNames(in, "remote_write", writes.stream().map(RemoteWriteConfig::name).toList());
    return writes;
  }

  private static List<RemoteReadConfig> reads(ConfigMap in, Path directory) {
    List<RemoteReadConfig> reads = new ArrayList<>();
    for (ConfigMap item : in.maps("remote_read")) {
      if (present(in, item, "remote_read", "remote read")) {
        reads.add(RemoteReadConfig.bind(item, directory));
      }
    }
    uniqueNames(in, "remote_read", reads.stream().map(RemoteReadConfig::name).toList());
    return reads;
  }

  private static List<ScrapeConfig> included(
      Path file, String yaml, GlobalConfig global, Set<String> names) {
    ConfigDocument document = ConfigDocument.parse(file.toString(), yaml);
    List<ScrapeConfig> jobs = new ArrayList<>();
    Path directory = directoryOf(file);
    bindJobs(document.root(), global, directory, jobs, names);
    document.check();
    return jobs;
  }

  private static void bindJobs(
      ConfigMap in,
      GlobalConfig global,
      Path directory,
      List<ScrapeConfig> jobs,
      Set<String> names) {
    for (ConfigMap item : in.maps("scrape_configs")) {
      if (!present(in, item, "scrape_configs", "scrape")) {
        continue;
      }
      ScrapeConfig job = ScrapeConfig.bind(item, global, directory);
      if (!names.add(job.job()) && !job.job().isEmpty()) {
        item.problem(
            "job_name", "found multiple scrape configs with job name " + Quoted.of(job.job()));
      }
      jobs.add(job);
    }
  }

  private static Path directoryOf(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    return directory == null ? file.toAbsolutePath() : directory;
  }

  private static boolean present(ConfigMap in, ConfigMap item, String key, String what) {
    if (!item.isPresent()) {
      in.problem(key, "empty or null " + what + " config section");
    }
    return item.isPresent();
  }

  private static void uniqueNames(ConfigMap in, String key, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!name.isEmpty() && !seen.add(name)) {
        in.problem(
            key,
            "found multiple "
                + key.replace('_', ' ')
                + " configs with job name "
                + Quoted.of(name));
      }
    }
  }

  private static List<String> patterns(ConfigMap in, String key, String what, Path directory) {
    List<String> absolute = new ArrayList<>();
    for (String pattern : in.strings(key)) {
      if (!GLOB.matcher(pattern).matches()) {
        in.problem(key, "invalid " + what + " path " + Quoted.of(pattern));
      } else {
        absolute.add(directory.resolve(pattern).toString());
      }
    }
    return absolute;
  }

  /// The files that {@code pattern} names, sorted; a pattern without `*` that names nothing matches
  /// nothing.
  public static List<Path> matches(Path pattern) throws IOException {
    Path name = pattern.getFileName();
    Path directory = pattern.getParent();
    if (name == null || directory == null || !Files.isDirectory(directory)) {
      return List.of();
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, name.toString())) {
      files.forEach(found::add);
    }
    found.sort(null);
    return found;
  }
}
