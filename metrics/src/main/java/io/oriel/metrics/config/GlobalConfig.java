package io.oriel.metrics.config;

import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.NameValidation;
import io.oriel.model.labels.Quoted;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.wire.exposition.NameEscaping;
import io.oriel.wire.exposition.ScrapeProtocol;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The `global` section.
///
/// @param protocols empty when not given, so that each job decides by its own histogram setting
/// @param escaping empty when not given
/// @param queryLogFile absolute; empty for none
/// @param scrapeFailureLogFile absolute; empty for none
public record GlobalConfig(
    long scrapeIntervalMillis,
    long scrapeTimeoutMillis,
    long evaluationIntervalMillis,
    long ruleQueryOffsetMillis,
    List<ScrapeProtocol> protocols,
    Labels externalLabels,
    String queryLogFile,
    String scrapeFailureLogFile,
    ScrapeLimits limits,
    NameValidation validation,
    Optional<NameEscaping> escaping,
    boolean nativeHistograms,
    boolean convertClassicHistograms,
    boolean alwaysClassicHistograms,
    boolean extraMetrics) {
  private static final long MINUTE = 60_000;
  private static final long DEFAULT_TIMEOUT = 10_000;
  static final Map<String, NameValidation> VALIDATIONS =
      Map.of("", NameValidation.UTF8, "utf8", NameValidation.UTF8, "legacy", NameValidation.LEGACY);

  public GlobalConfig {
    protocols = List.copyOf(protocols);
  }

  /// @param environment resolves `${name}` in external labels
  static GlobalConfig bind(ConfigMap in, Path directory, Function<String, String> environment) {
    long interval = in.durationMillis("scrape_interval", 0);
    interval = interval == 0 ? MINUTE : interval;
    long timeout = in.durationMillis("scrape_timeout", 0);
    if (timeout > interval) {
      in.problem("scrape_timeout", "global scrape timeout greater than scrape interval");
    }
    if (timeout == 0) {
      timeout = Math.min(DEFAULT_TIMEOUT, interval);
    }
    long evaluation = in.durationMillis("evaluation_interval", 0);
    NameValidation validation =
        in.choice("metric_name_validation_scheme", NameValidation.UTF8, VALIDATIONS);
    return new GlobalConfig(
        interval,
        timeout,
        evaluation == 0 ? MINUTE : evaluation,
        in.durationMillis("rule_query_offset", 0),
        protocols(in),
        externalLabels(in, validation, environment),
        file(in, "query_log_file", directory),
        file(in, "scrape_failure_log_file", directory),
        ScrapeLimits.bind(in, ScrapeLimits.NONE),
        validation,
        escaping(in, validation),
        in.bool("scrape_native_histograms", false),
        in.bool("convert_classic_histograms_to_nhcb", false),
        in.bool("always_scrape_classic_histograms", false),
        in.bool("extra_scrape_metrics", false));
  }

  static String file(ConfigMap in, String key, Path directory) {
    String file = in.string(key, "");
    return file.isEmpty() ? "" : directory.resolve(file).toString();
  }

  static Optional<NameEscaping> escaping(ConfigMap in, NameValidation validation) {
    String key = "metric_name_escaping_scheme";
    if (in.string(key, "").isEmpty()) {
      return Optional.empty();
    }
    NameEscaping escaping =
        in.parsed(key, NameEscaping.ALLOW_UTF8, "an escaping scheme", NameEscaping::ofWord);
    if (escaping == NameEscaping.ALLOW_UTF8 && validation == NameValidation.LEGACY) {
      in.problem(key, "utf8 metric names requested but validation scheme is not set to UTF8");
    }
    return Optional.of(escaping);
  }

  /// The protocols listed; empty when the key is not there.
  static List<ScrapeProtocol> protocols(ConfigMap in) {
    String key = "scrape_protocols";
    if (!in.has(key)) {
      return List.of();
    }
    List<String> words = in.strings(key);
    if (words.isEmpty()) {
      in.problem(key, "scrape_protocols cannot be empty");
    }
    if (words.stream().distinct().count() < words.size()) {
      in.problem(key, "duplicated protocol in scrape_protocols, got " + words);
    }
    List<ScrapeProtocol> found = new java.util.ArrayList<>();
    for (String word : words) {
      try {
        found.add(ScrapeProtocol.ofWord(word));
      } catch (io.oriel.model.error.OrielException e) {
        in.problem(key, e.reason());
      }
    }
    return found;
  }

  private static Labels externalLabels(
      ConfigMap in, NameValidation validation, Function<String, String> environment) {
    LabelsBuilder labels = new LabelsBuilder();
    in.stringMap("external_labels")
        .forEach(
            (name, value) -> {
              if (!validation.allowsLabel(name)) {
                in.problem("external_labels", Quoted.of(name) + " is not a valid label name");
              }
              labels.set(name, expanded(value, environment));
            });
    return labels.build();
  }

  /// Go's `os.Expand`: `$name`, `${name}`, and `$$` for a dollar.
  private static String expanded(String text, Function<String, String> environment) {
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c != '$' || i + 1 == text.length()) {
        out.append(c);
        i++;
        continue;
      }
      char next = text.charAt(i + 1);
      int end = i + 2;
      if (next == '$') {
        out.append('$');
      } else if (next == '{') {
        int close = text.indexOf('}', i);
        end = close < 0 ? text.length() : close + 1;
        out.append(environment.apply(text.substring(i + 2, close < 0 ? end : close)));
      } else if (next == '_' || Character.isLetter(next)) {
        while (end < text.length()
            && (text.charAt(end) == '_' || Character.isLetterOrDigit(text.charAt(end)))) {
          end++;
        }
        out.append(environment.apply(text.substring(i + 1, end)));
      } else {
        out.append('$');
        end = i + 1;
      }
      i = end;
    }
    return out.toString();
  }
}
