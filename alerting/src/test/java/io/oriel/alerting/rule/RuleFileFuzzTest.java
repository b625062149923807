package io.oriel.alerting.rule;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.Feature;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.eval.Execution.Workers;
import io.oriel.testkit.Seed;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Rule files with random damage in structure, expressions and templates.
class RuleFileFuzzTest {
  private static final String GOOD =
      """
      groups:
        - name: one
          interval: 30s
          limit: 5
          labels: {team: a}
          rules:
            - record: job:up:sum
              expr: sum by (job) (rate(http_requests_total{code=~"5.."}[5m] offset 1m)) > bool 0.5
              labels: {severity: page}
            - alert: Down
              expr: histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m]))) > 1e3
              for: 5m
              keep_firing_for: 1m
              labels: {severity: '{{ if gt $value 1.0 }}page{{ else }}info{{ end }}'}
              annotations:
                summary: '{{ $labels.job | title }} {{ humanize $value }} {{ range query "up" }}{{ . }}{{ end }}'
      """;
  private static final List<String> PIECES =
      List.of(
          "{{",
          "}}",
          "{{ end }}",
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          ":",
          "- ",
          "\n",
          "\"",
          "'",
          "|",
          "by",
          "on",
          "offset",
          "@",
          "9".repeat(40),
          "\\",
          "$",
          "é",
          "\u0000",
          "#");

  @Test
  void anyTextIsAcceptedOrRefused() {
    EngineOptions options = EngineOptions.DEFAULT.with(EnumSet.allOf(Feature.class));
    QueryEngine engine = new QueryEngine(options, new Workers(Runnable::run, 1), () -> 0);
    RuleFileReader reader = new RuleFileReader(engine::parse, RuleFileReader.Naming.UTF8);
    SplittableRandom random = Seed.random("rules");
    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < Seed.iterations(8_000); i++) {
      StringBuilder text = new StringBuilder(GOOD);
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        int at = random.nextInt(text.length());
        int length = Math.min(text.length() - at, random.nextInt(20));
        switch (random.nextInt(3)) {
          case 0 -> text.delete(at, at + length);
          case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
          default -> text.setCharAt(at, (char) random.nextInt(0x20, 0x7F));
        }
      }
      try {
        reader.read("rules.yml", text.toString());
        accepted++;
      } catch (OrielException e) {
        refused++;
        assertTrue(e.reason().contains("rules.yml"), e::reason);
      }
    }
    assertTrue(accepted > 100 && refused > 100, accepted + " accepted, " + refused + " refused");
    System.out.println("rule file fuzzing: " + accepted + " accepted, " + refused + " refused");
  }
}
