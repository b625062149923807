package io.oriel.metrics.config;

import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.config.MaskedYaml;
import io.oriel.wire.exposition.ScrapeProtocol;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A config as it may be shown: defaults filled in, in upstream's order, secrets masked.
///
/// @param yaml the whole of it
/// @param jobs each job by its name, those of `scrape_config_files` included
public record ShownConfig(String yaml, Map<String, String> jobs) {
  public ShownConfig {
    jobs = Map.copyOf(jobs);
  }

  /// Fills in a config that was bound already.
  ///
  /// @param file the config file, as it was named: its directory is put before relative names
  /// @param included the files with scrape configs that it names, by name
  static ShownConfig of(
      Path file,
      String yaml,
      Map<Path, String> included,
      GlobalConfig global,
      List<ScrapeConfig> scrapes) {
    Map<String, ScrapeConfig> bound = new LinkedHashMap<>();
    scrapes.forEach(job -> bound.put(job.job(), job));
    Map<String, @Nullable Object> whole = MaskedYaml.tree(file.toString(), yaml);
    whole.put("global", global(whole.get("global"), global));
    Map<String, String> jobs = new LinkedHashMap<>();
    inheritAll(whole, bound);
    Map<String, @Nullable Object> shown = new ConfigDefaults(file.getParent()).complete(whole);
    describe(shown, jobs);
    included.forEach(
        (path, text) -> {
          Map<String, @Nullable Object> more = MaskedYaml.tree(path.toString(), text);
          inheritAll(more, bound);
          describe(new ConfigDefaults(path.getParent()).complete(more), jobs);
        });
    return new ShownConfig(MaskedYaml.text(shown), jobs);
  }

  private static Map<String, @Nullable Object> map(@Nullable Object value) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, child) -> copy.put(String.valueOf(key), child));
    }
    return copy;
  }

  private static Map<String, @Nullable Object> global(@Nullable Object given, GlobalConfig bound) {
    Map<String, @Nullable Object> global = map(given);
    if (global.isEmpty()) {
      global.put("metric_name_escaping_scheme", "allow-utf-8");
    }
    global.put("scrape_interval", DurationSyntax.format(bound.scrapeIntervalMillis()));
    global.put("scrape_timeout", DurationSyntax.format(bound.scrapeTimeoutMillis()));
    global.put("evaluation_interval", DurationSyntax.format(bound.evaluationIntervalMillis()));
    global.put("metric_name_validation_scheme", bound.validation().word());
    global.put("external_labels", bound.externalLabels().toMap());
    return global;
  }

  private static void inheritAll(
      Map<String, @Nullable Object> file, Map<String, ScrapeConfig> bound) {
    if (file.get("scrape_configs") instanceof List<?> list) {
      file.put("scrape_configs", list.stream().map(item -> inherited(map(item), bound)).toList());
    }
  }

  /// A job with what it has of the global section.
  private static Map<String, @Nullable Object> inherited(
      Map<String, @Nullable Object> job, Map<String, ScrapeConfig> bound) {
    ScrapeConfig config = bound.get(String.valueOf(job.get("job_name")));
    if (config == null) {
      return job;
    }
    job.put("scrape_interval", DurationSyntax.format(config.intervalMillis()));
    job.put("scrape_timeout", DurationSyntax.format(config.timeoutMillis()));
    job.put("scrape_protocols", config.protocols().stream().map(ScrapeProtocol::word).toList());
    job.put("scrape_native_histograms", config.nativeHistograms());
    job.put("always_scrape_classic_histograms", config.alwaysClassicHistograms());
    job.put("convert_classic_histograms_to_nhcb", config.convertClassicHistograms());
    job.put("extra_scrape_metrics", config.extraMetrics());
    job.put("scrape_failure_log_file", config.scrapeFailureLogFile());
    job.put("metric_name_validation_scheme", config.validation().word());
    job.put("metric_name_escaping_scheme", config.escaping().word());
    ScrapeLimits limits = config.limits();
    job.put("body_size_limit", limits.bodyBytes() + "B");
    job.put("sample_limit", limits.samples());
    job.put("target_limit", limits.targets());
    job.put("label_limit", limits.labels());
    job.put("label_name_length_limit", limits.labelNameLength());
    job.put("label_value_length_limit", limits.labelValueLength());
    job.put("keep_dropped_targets", limits.keptDroppedTargets());
    return job;
  }

  private static void describe(Map<String, @Nullable Object> file, Map<String, String> jobs) {
    if (file.get("scrape_configs") instanceof List<?> list) {
      for (Object item : list) {
        Map<String, @Nullable Object> job = map(item);
        jobs.put(String.valueOf(job.get("job_name")), MaskedYaml.text(job));
      }
    }
  }
}
