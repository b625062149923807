package io.oriel.metrics.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import io.oriel.testkit.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// No text whatever makes reading a config fail in any other way than by a refusal that names a
/// place.
class PrometheusConfigFuzzTest {
  private static final String GOOD =
      """
      global:
        scrape_interval: 15s
        external_labels: {cluster: a, replica: "0"}
      rule_files: ["rules/*.yml"]
      alerting:
        alert_relabel_configs:
          - {source_labels: [severity], regex: info, action: drop}
        alertmanagers:
          - timeout: 10s
            static_configs: [{targets: ["a:9093"]}]
      storage: {tsdb: {out_of_order_time_window: 30m}}
      remote_write:
        - url: https://user:password@host/write
          write_relabel_configs: [{regex: "x_.*", action: labeldrop}]
          queue_config: {max_shards: 5, capacity: 100}
      scrape_configs:
        - job_name: &job one
          metrics_path: /metrics
          params: {a: [b, c]}
          basic_auth: {username: u, password: secret}
          tls_config: {insecure_skip_verify: true, min_version: TLS12}
          kubernetes_sd_configs:
            - role: pod
              namespaces: {names: [x]}
              selectors: [{role: pod, label: "a=b"}]
          relabel_configs:
            - {source_labels: [__meta_a, b], separator: "-", target_label: c, replacement: "$1"}
            - {source_labels: [d], modulus: 8, target_label: e, action: hashmod}
        - job_name: two
          scrape_interval: 1m
          scrape_timeout: 30s
          sample_limit: 10
          dns_sd_configs: [{names: [a.b], type: A, port: 80}]
      """;
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ":",
          "- ",
          "\n",
          "  ",
          "\"",
          "'",
          "&job ",
          "*job",
          "!!binary ",
          "|",
          ">",
          "#",
          "null",
          "~",
          "-1",
          "99999999999999999999",
          "1e999",
          ".nan",
          "(((",
          "$1",
          "%",
          "\t",
          "\u0000",
          "é",
          "\uD83D\uDE00",
          "<<: *job",
          "? ",
          "---\n",
          "...\n");

  @Test
  void anyTextIsAcceptedOrRefusedByPlace() throws IOException {
    SplittableRandom random = Seed.random("config");
    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < Seed.iterations(8_000); i++) {
      StringBuilder text = new StringBuilder(GOOD);
      for (int n = random.nextInt(1, 5); n > 0; n--) {
        int at = random.nextInt(text.length());
        int length = Math.min(text.length() - at, random.nextInt(30));
        switch (random.nextInt(4)) {
          case 0 -> text.delete(at, at + length);
          case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
          case 2 -> text.insert(at, text.substring(at, at + length));
          default -> text.setCharAt(at, (char) random.nextInt(0x20, 0x7F));
        }
      }
      try {
        PrometheusConfig.parse(Path.of("/etc/prometheus.yml"), text.toString(), _ -> "");
        accepted++;
      } catch (OrielException e) {
        refused++;
        assertFalse(e.reason().isBlank(), Seed.replay(i));
        assertTrue(e.reason().contains("prometheus.yml"), () -> e.reason());
      }
    }
    assertTrue(accepted > 100 && refused > 100, accepted + " accepted, " + refused + " refused");
    System.out.println("config fuzzing: " + accepted + " accepted, " + refused + " refused");
  }

  @Test
  void aYamlBombIsRefused() throws IOException {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      bomb.append("a" + i + ": &a" + i + " [");
      for (int k = 0; k < 10; k++) {
        bomb.append(k == 0 ? "" : ", ").append("*a" + (i - 1));
      }
      bomb.append("]\n");
    }
    OrielException refused = null;
    try {
      PrometheusConfig.parse(Path.of("prometheus.yml"), bomb.toString(), _ -> "");
    } catch (OrielException e) {
      refused = e;
    }
    assertTrue(refused != null);
    String deep = "a: " + "[".repeat(20_000) + "]".repeat(20_000);
    try {
      PrometheusConfig.parse(Path.of("prometheus.yml"), deep, _ -> "");
      throw new AssertionError("deep nesting was accepted");
    } catch (OrielException e) {
      assertFalse(e.reason().isBlank());
    }
  }
}
