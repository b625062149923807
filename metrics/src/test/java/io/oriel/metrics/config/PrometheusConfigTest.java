package io.oriel.metrics.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.labels.Labels;
import io.oriel.runtime.config.ConfigException;
import io.oriel.runtime.config.ConfigProblem;
import io.oriel.testkit.Conformance;
import io.oriel.wire.exposition.NameEscaping;
import io.oriel.wire.exposition.ScrapeProtocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrometheusConfigTest {
  /** Bad only by what they include or for other readers (target files, rules). */
  private static final Set<String> NOT_MAIN_FILES = Set.of("static_config.bad.yml");

  @Test
  void acceptsAndRefusesUpstreamsOwnFiles() throws IOException {
    Path root = Conformance.require("metrics/prometheus-config");
    List<String> wrong = new ArrayList<>();
    int good = 0;
    int bad = 0;
    try (Stream<Path> files = Files.list(root)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        boolean isGood = name.endsWith(".good.yml");
        boolean isBad = name.endsWith(".bad.yml") && !NOT_MAIN_FILES.contains(name);
        if (!isGood && !isBad) {
          continue;
        }
        good += isGood ? 1 : 0;
        bad += isBad ? 1 : 0;
        String refusal = refusal(file);
        if (isGood != refusal.isEmpty()) {
          wrong.add(name + ": " + (isGood ? refusal : "accepted"));
        }
      }
    }
    System.out.println(
        "prometheus-config: %d good, %d bad, %d judged wrongly".formatted(good, bad, wrong.size()));
    assertEquals(List.of(), wrong);
  }

  @Test
  void acceptsUpstreamsExamples() throws IOException {
    Path root = Conformance.require("metrics/prometheus-config/examples");
    int loaded = 0;
    try (Stream<Path> files = Files.list(root)) {
      for (Path file : files.sorted().toList()) {
        if (file.getFileName().toString().startsWith("prometheus")) {
          assertEquals("", refusal(file), file.toString());
          loaded++;
        }
      }
    }
    assertTrue(loaded > 5);
  }

  private static String refusal(Path file) throws IOException {
    try {
      PrometheusConfig.load(file, _ -> "");
      return "";
    } catch (ConfigException e) {
      for (ConfigProblem problem : e.problems()) {
        assertTrue(problem.line() > 0 && !problem.text().isEmpty(), problem.toString());
      }
      return e.reason();
    }
  }

  @Test
  void anEmptyFileHasUpstreamsDefaults() throws IOException {
    PrometheusConfig config = parse("");

    assertEquals(60_000, config.global().scrapeIntervalMillis());
    assertEquals(10_000, config.global().scrapeTimeoutMillis());
    assertEquals(60_000, config.global().evaluationIntervalMillis());
    assertEquals(List.of(), config.scrapeConfigs());
    assertEquals(100_000, config.storage().maxExemplars());
  }

  @Test
  void aJobInheritsFromGlobal() throws IOException {
    PrometheusConfig config =
        parse(
            """
            global:
              scrape_interval: 5s
              sample_limit: 7
              external_labels: {a: "${HOME}-$$x"}
              scrape_native_histograms: true
            scrape_configs:
              - job_name: a
                static_configs: [{targets: ["h:1"], labels: {x: y}}]
              - job_name: b
                scrape_interval: 1m
                sample_limit: 9
                scrape_native_histograms: false
                metric_name_validation_scheme: legacy
            """);

    ScrapeConfig a = config.scrapeConfigs().getFirst();
    ScrapeConfig b = config.scrapeConfigs().getLast();

    assertEquals(Labels.of("a", "/root-$x"), config.global().externalLabels());
    assertEquals(5_000, a.intervalMillis());
    assertEquals(5_000, a.timeoutMillis());
    assertEquals(7, a.limits().samples());
    assertEquals(ScrapeProtocol.PROTO_FIRST, a.protocols());
    assertEquals(NameEscaping.ALLOW_UTF8, a.escaping());
    assertEquals("/metrics", a.metricsPath());
    assertTrue(a.honorTimestamps());
    assertEquals(
        List.of(
            new DiscoveryConfig.Static(
                List.of(
                    new TargetGroup(
                        "0", List.of(Labels.of("__address__", "h:1")), Labels.of("x", "y"))))),
        a.discovery());
    assertEquals(60_000, b.intervalMillis());
    assertEquals(5_000, b.timeoutMillis());
    assertEquals(9, b.limits().samples());
    assertEquals(ScrapeProtocol.DEFAULT, b.protocols());
    assertEquals(NameEscaping.UNDERSCORES, b.escaping());
  }

  @Test
  void tellsEveryMistakeWithLineAndPath() {
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () ->
                parse(
                    """
                    global:
                      scrape_intervall: 5s
                    scrape_configs:
                      - job_name: a
                        scrape_interval: 5s
                        scrape_timeout: 6s
                      - job_name: a
                        metric_relabel_configs:
                          - action: keepp
                    """));

    assertEquals(
        List.of(
            "dir/p.yml:2: global.scrape_intervall: unknown key, did you mean \"scrape_interval\"?",
            "dir/p.yml:6: scrape_configs[0].scrape_timeout: scrape timeout greater than scrape"
                + " interval for scrape config with job name \"a\"",
            "dir/p.yml:7: scrape_configs[1].job_name: found multiple scrape configs with job name"
                + " \"a\"",
            "dir/p.yml:9: scrape_configs[1].metric_relabel_configs[0].action: unknown relabel action"
                + " \"keepp\"",
            "dir/p.yml:9: scrape_configs[1].metric_relabel_configs[0]: relabel configuration for"
                + " replace action requires 'target_label' value"),
        e.problems().stream().map(ConfigProblem::toString).toList());
  }

  @Test
  void showsTheFileWithoutItsSecrets() throws IOException {
    PrometheusConfig config =
        parse(
            """
            scrape_configs:
              - job_name: a # why
                basic_auth: {username: u, password: hunter2}
            """);

    assertTrue(config.shown().yaml().contains("job_name: a"), config.shown().yaml());
    assertTrue(config.shown().yaml().contains("<secret>"), config.shown().yaml());
    assertFalse(config.shown().yaml().contains("hunter2"), config.shown().yaml());
  }

  private static final String SHOWN_JOB =
      """
      job_name: a
      honor_timestamps: true
      track_timestamps_staleness: false
      scrape_interval: 5s
      scrape_timeout: 5s
      scrape_protocols:
      - PrometheusProto
      - OpenMetricsText1.0.0
      - OpenMetricsText0.0.1
      - PrometheusText1.0.0
      - PrometheusText0.0.4
      scrape_native_histograms: true
      always_scrape_classic_histograms: false
      convert_classic_histograms_to_nhcb: false
      metrics_path: /metrics
      scheme: http
      enable_compression: true
      body_size_limit: 1MiB
      sample_limit: 7
      metric_name_validation_scheme: utf8
      metric_name_escaping_scheme: allow-utf-8
      extra_scrape_metrics: false
      authorization:
        type: Bearer
        credentials: <secret>
      follow_redirects: true
      enable_http2: true
      proxy_url: http://u:xxxxx@p:1
      kubernetes_sd_configs:
      - role: pod
        kubeconfig_file: ''
        follow_redirects: true
        enable_http2: true
        namespaces:
          own_namespace: false
          names:
          - x
      ec2_sd_configs:
      - region: r
        secret_key: <secret>
      static_configs:
      - targets:
        - h:1
      """;

  @Test
  void showsWhatAJobReallyDoes() throws IOException {
    PrometheusConfig config =
        parse(
            """
            global: {scrape_interval: 5s, sample_limit: 7}
            scrape_configs:
              - job_name: a
                scrape_native_histograms: true
                bearer_token: hunter2
                proxy_url: http://u:hunter2@p:1
                body_size_limit: 1MB
                kubernetes_sd_configs: [{role: pod, namespaces: {names: [x]}}]
                ec2_sd_configs: [{region: r, secret_key: hunter2}]
                static_configs: [{targets: ["h:1"]}]
            """);

    assertEquals(SHOWN_JOB, config.shown().jobs().get("a"));
    assertTrue(config.shown().yaml().contains("evaluation_interval: 1m"));
  }

  @Test
  void relativeFilesLieBesideTheConfig() throws IOException {
    PrometheusConfig config =
        parse(
            """
            rule_files: ["r/*.yml"]
            scrape_configs:
              - job_name: a
                tls_config: {ca_file: ca.pem}
                file_sd_configs: [{files: ["t/*.json"]}]
            """);

    Path directory = Path.of("dir").toAbsolutePath();
    ScrapeConfig job = config.scrapeConfigs().getFirst();
    assertEquals(List.of(directory.resolve("r/*.yml").toString()), config.ruleFiles());
    assertEquals(directory.resolve("ca.pem").toString(), job.client().tls().caFile());
    assertEquals(
        List.of(
            new DiscoveryConfig.FileBased(
                List.of(directory.resolve("t/*.json").toString()), 300_000)),
        job.discovery());
  }

  private static PrometheusConfig parse(String yaml) throws IOException {
    return PrometheusConfig.parse(
        Path.of("dir/p.yml"), yaml, name -> Map.of("HOME", "/root").getOrDefault(name, ""));
  }
}
