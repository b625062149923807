package io.oriel.alerting.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.oriel.alerting.rule.RuleFileReader.Naming;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.ConfigException;
import io.oriel.testkit.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RuleFileReaderTest {
  private static final RuleFileReader READER =
      new RuleFileReader(RuleFileReaderTest::check, Naming.UTF8);

  private static void check(String expression) {
    if (expression.contains("bad(")) {
      throw OrielException.invalid("1:1: parse error: no such thing");
    }
  }

  @Test
  void readsGroupsAndRules() {
    RuleFile file =
        READER.read(
            "r.yml",
            """
            groups:
              - name: g
                interval: 30s
                query_offset: 1m
                limit: 5
                labels: {team: a}
                rules:
                  - record: "job:up:sum"
                    expr: sum by (job) (up)
                    labels: {x: y}
                  - alert: Down
                    expr: up == 0
                    for: 5m
                    keep_firing_for: 10m
                    labels: {severity: "{{ $labels.job }}"}
                    annotations: {summary: "{{ $value }}"}
            """);

    RuleFile.Group group = file.groups().getFirst();
    assertEquals(30_000, group.intervalMillis().orElseThrow());
    assertEquals(60_000, group.queryOffsetMillis().orElseThrow());
    assertEquals(5, group.limit());
    RuleConfig.Alerting alert = (RuleConfig.Alerting) group.rules().get(1);
    assertEquals(300_000, alert.forMillis());
    assertEquals(600_000, alert.keepFiringForMillis());
    assertEquals(11, alert.line());
  }

  @Test
  void tellsEveryMistakeWithItsLine() {
    ConfigException refused =
        assertThrows(
            ConfigException.class,
            () ->
                READER.read(
                    "r.yml",
                    """
                    groups:
                      - name: g
                        rules:
                          - record: a
                            alert: b
                            expr: 1
                          - expr: bad(
                          - record: x{}
                            for: 1m
                            expr: 1
                          - alert: c
                            expr: 1
                            anotations: {}
                            labels: {"": x, ok: "{{ nope }}"}
                      - name: g
                    """));

    assertEquals(
        """
        r.yml:5: groups[0].rules[0].alert: only one of 'record' and 'alert' must be set
        r.yml:7: groups[0].rules[1]: one of 'record' or 'alert' must be set
        r.yml:7: groups[0].rules[1].expr: could not parse expression: 1:1: parse error: no such thing
        r.yml:8: groups[0].rules[2].record: braces present in the recording rule name; should it be in expr?: x{}
        r.yml:9: groups[0].rules[2].for: invalid field 'for' in recording rule
        r.yml:13: groups[0].rules[3].anotations: unknown key, did you mean "annotations"?
        r.yml:14: groups[0].rules[3].labels: invalid label name:\s
        r.yml:14: groups[0].rules[3].labels: label "ok": template: ok:1: function "nope" not defined
        r.yml:15: groups[1].name: groupname: "g" is repeated in the same file\
        """,
        refused.getMessage());
  }

  @Test
  void agreesWithUpstreamOnItsOwnFiles() throws IOException {
    Path root = Conformance.require("metrics/rules");
    int files = 0;
    for (Path file : list(root)) {
      String name = file.getFileName().toString();
      Naming naming = name.startsWith("legacy") ? Naming.LEGACY : Naming.UTF8;
      RuleFileReader reader =
          new RuleFileReader(
              expression -> {
                if (name.startsWith("bad_expr") && expression.contains("rate(hi)")) {
                  throw OrielException.invalid("1:6: parse error: want a range vector");
                }
              },
              naming);
      boolean bad = name.contains(".bad.") || name.startsWith("invalid");
      if (bad) {
        assertThrows(ConfigException.class, () -> reader.read(file), name);
      } else {
        reader.read(file);
      }
      files++;
    }
    System.out.println("rule files: " + files + " read or refused as upstream does");
  }

  private static List<Path> list(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.toString().contains("unit-tests"))
          .sorted()
          .toList();
    }
  }
}
