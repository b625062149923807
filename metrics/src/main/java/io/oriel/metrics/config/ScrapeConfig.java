package io.oriel.metrics.config;

import io.oriel.model.labels.NameValidation;
import io.oriel.model.labels.Quoted;
import io.oriel.model.relabel.RelabelConfig;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.wire.exposition.NameEscaping;
import io.oriel.wire.exposition.ScrapeProtocol;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One job: an item of `scrape_configs`, with the defaults of the `global` section filled in.
///
/// @param nativeBucketLimit histograms with more buckets are made coarser or refuse the scrape;
///   zero for no limit
/// @param nativeMinBucketFactor the least growth from bucket to bucket; zero for any
public record ScrapeConfig(
    String job,
    boolean honorLabels,
    boolean honorTimestamps,
    boolean trackTimestampsStaleness,
    Map<String, List<String>> params,
    long intervalMillis,
    long timeoutMillis,
    List<ScrapeProtocol> protocols,
    Optional<ScrapeProtocol> fallbackProtocol,
    boolean nativeHistograms,
    boolean alwaysClassicHistograms,
    boolean convertClassicHistograms,
    boolean extraMetrics,
    String scrapeFailureLogFile,
    String metricsPath,
    String scheme,
    boolean compression,
    ScrapeLimits limits,
    long nativeBucketLimit,
    double nativeMinBucketFactor,
    NameValidation validation,
    NameEscaping escaping,
    List<DiscoveryConfig> discovery,
    HttpClientConfig client,
    List<RelabelConfig> relabel,
    List<RelabelConfig> metricRelabel) {
  public ScrapeConfig {
    params = Map.copyOf(params);
    protocols = List.copyOf(protocols);
    discovery = List.copyOf(discovery);
    relabel = List.copyOf(relabel);
    metricRelabel = List.copyOf(metricRelabel);
  }

  static ScrapeConfig bind(ConfigMap in, GlobalConfig global, Path directory) {
    String job = in.string("job_name", "");
    if (job.isEmpty()) {
      in.problem("job_name", "job_name is empty");
    }
    long interval = in.durationMillis("scrape_interval", 0);
    interval = interval == 0 ? global.scrapeIntervalMillis() : interval;
    long timeout = timeout(in, global, job, interval);
    boolean histograms = in.bool("scrape_native_histograms", global.nativeHistograms());
    NameValidation validation =
        in.has("metric_name_validation_scheme")
            ? in.choice(
                "metric_name_validation_scheme", global.validation(), GlobalConfig.VALIDATIONS)
            : global.validation();
    String failures = GlobalConfig.file(in, "scrape_failure_log_file", directory);
    return new ScrapeConfig(
        job,
        in.bool("honor_labels", false),
        in.bool("honor_timestamps", true),
        in.bool("track_timestamps_staleness", false),
        params(in),
        interval,
        timeout,
        protocols(in, global, histograms),
        fallback(in),
        histograms,
        in.bool("always_scrape_classic_histograms", global.alwaysClassicHistograms()),
        in.bool("convert_classic_histograms_to_nhcb", global.convertClassicHistograms()),
        in.bool("extra_scrape_metrics", global.extraMetrics()),
        failures.isEmpty() ? global.scrapeFailureLogFile() : failures,
        in.string("metrics_path", "/metrics"),
        in.string("scheme", "http"),
        in.bool("enable_compression", true),
        ScrapeLimits.bind(in, global.limits()),
        in.integer("native_histogram_bucket_limit", 0),
        in.number("native_histogram_min_bucket_factor", 0),
        validation,
        GlobalConfig.escaping(in, validation)
            .or(() -> validation == global.validation() ? global.escaping() : Optional.empty())
            .orElse(
                validation == NameValidation.LEGACY
                    ? NameEscaping.UNDERSCORES
                    : NameEscaping.ALLOW_UTF8),
        new DiscoveryBinder(directory).bind(in),
        HttpClientConfig.bind(in).in(directory),
        RelabelBinder.bind(
            in, "relabel_configs", "target relabeling rule in scrape config", validation),
        RelabelBinder.bind(
            in, "metric_relabel_configs", "metric relabeling rule in scrape config", validation));
  }

  private static long timeout(ConfigMap in, GlobalConfig global, String job, long interval) {
    long timeout = in.durationMillis("scrape_timeout", 0);
    if (timeout > interval) {
      in.problem(
          "scrape_timeout",
          "scrape timeout greater than scrape interval for scrape config with job name "
              + Quoted.of(job));
    }
    return timeout == 0 ? Math.min(global.scrapeTimeoutMillis(), interval) : timeout;
  }

  private static List<ScrapeProtocol> protocols(
      ConfigMap in, GlobalConfig global, boolean histograms) {
    List<ScrapeProtocol> own = GlobalConfig.protocols(in);
    if (!own.isEmpty()) {
      return own;
    }
    if (!global.protocols().isEmpty()) {
      return global.protocols();
    }
    return histograms ? ScrapeProtocol.PROTO_FIRST : ScrapeProtocol.DEFAULT;
  }

  private static Optional<ScrapeProtocol> fallback(ConfigMap in) {
    ScrapeProtocol none = ScrapeProtocol.PROMETHEUS_TEXT_0_0_4;
    ScrapeProtocol parsed =
        in.parsed("fallback_scrape_protocol", none, "a scrape protocol", ScrapeProtocol::ofWord);
    return in.has("fallback_scrape_protocol") ? Optional.of(parsed) : Optional.empty();
  }

  private static Map<String, List<String>> params(ConfigMap in) {
    Map<String, List<String>> params = new LinkedHashMap<>();
    ConfigMap map = in.map("params");
    for (String name : map.keys()) {
      params.put(name, new ArrayList<>(map.strings(name)));
    }
    return params;
  }
}
