package io.oriel.app.role.rule;

import io.oriel.alerting.rule.RuleEngine;
import io.oriel.alerting.rule.RuleFile;
import io.oriel.alerting.rule.RuleFileReader;
import io.oriel.alerting.rule.RuleOptions;
import io.oriel.app.tool.RuleFiles;
import io.oriel.model.error.OrielException;
import io.oriel.promql.QueryEngine;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.wire.storeapi.PartialResponse;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads rule files and gives each group to the engine of its `partial_response_strategy`.
final class RuleLoading {
  private static final Logger LOG = LoggerFactory.getLogger(RuleLoading.class);

  private final List<String> patterns;
  private final RuleFileReader reader;
  private final Gauge successful;
  private final Gauge timestamp;
  private final Gauge loaded;

  RuleLoading(List<String> patterns, QueryEngine parser, PrometheusRegistry registry) {
    this.patterns = patterns;
    this.reader = new RuleFileReader(parser::parse, RuleFileReader.Naming.UTF8);
    successful =
        gauge("config_last_reload_successful", "Whether the rule files were accepted.")
            .register(registry);
    timestamp =
        gauge(
                "config_last_reload_success_timestamp_seconds",
                "When rule files were last accepted, Unix seconds.")
            .register(registry);
    loaded =
        gauge("loaded_rules", "Rules that run.")
            .labelNames("strategy", "file", "group")
            .register(registry);
  }

  private static Gauge.Builder gauge(String name, String help) {
    return Gauge.builder().name("thanos_rule_" + name).help(help);
  }

  /// The strategy as rule files and metrics write it.
  static String word(PartialResponse strategy) {
    return strategy.name().toLowerCase(Locale.ROOT);
  }

  /// Reads all files; when one is refused, the engines go on with what they have.
  ///
  /// @throws OrielException with what is wrong
  synchronized void load(Map<PartialResponse, RuleEngine> engines, RuleOptions options)
      throws IOException, InterruptedException {
    Map<PartialResponse, List<RuleFile>> files;
    try {
      files = read();
    } catch (IOException | OrielException e) {
      successful.set(0);
      LOG.atError()
          .addKeyValue("reason", e.getMessage())
          .log("rule files refused, keeping the previous ones");
      throw e;
    }
    for (Map.Entry<PartialResponse, RuleEngine> engine : engines.entrySet()) {
      engine.getValue().load(files.getOrDefault(engine.getKey(), List.of()), options);
    }
    loaded.clear();
    files.forEach(
        (strategy, some) ->
            some.forEach(
                file ->
                    file.groups()
                        .forEach(
                            group ->
                                loaded
                                    .labelValues(word(strategy), file.path(), group.name())
                                    .set(group.rules().size()))));
    successful.set(1);
    timestamp.set(System.currentTimeMillis() / 1000.0);
  }

  private Map<PartialResponse, List<RuleFile>> read() throws IOException {
    Map<PartialResponse, List<RuleFile>> files = new EnumMap<>(PartialResponse.class);
    for (Path path : RuleFiles.named(patterns)) {
      String yaml = Files.readString(path);
      RuleFile file = reader.read(path.toString(), yaml);
      Set<String> warn = warning(path.toString(), yaml);
      for (PartialResponse strategy : PartialResponse.values()) {
        List<RuleFile.Group> groups = new ArrayList<>(file.groups());
        groups.removeIf(group -> warn.contains(group.name()) != (strategy == PartialResponse.WARN));
        if (!groups.isEmpty()) {
          files
              .computeIfAbsent(strategy, _ -> new ArrayList<>())
              .add(new RuleFile(file.path(), groups));
        }
      }
    }
    return files;
  }

  /// The groups that take an answer without stores that fail; checked by the reader before.
  private static Set<String> warning(String name, String yaml) {
    Set<String> groups = new HashSet<>();
    for (ConfigMap group : ConfigDocument.parse(name, yaml).root().maps("groups")) {
      if (group.string("partial_response_strategy", "abort").equalsIgnoreCase("warn")) {
        groups.add(group.string("name", ""));
      }
    }
    return groups;
  }
}
