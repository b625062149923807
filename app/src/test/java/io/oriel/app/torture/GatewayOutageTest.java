package io.oriel.app.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.alerting.unittest.RuleTestReport;
import io.oriel.alerting.unittest.RuleTests;
import io.oriel.logs.ship.Shipper;
import io.oriel.promql.Feature;
import io.oriel.testkit.Seed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The gateway is away for as long as it takes to fill a shipper's spool. What the shipper tells
/// about itself meanwhile is given to the rules that it comes with, four times a minute, as a
/// Prometheus would.
@Tag("it")
class GatewayOutageTest {
  private static final String SPOOL = "queue.disk: {max_size: 10MiB, segment_size: 1MiB}";
  private static final int STEP_SECONDS = 15;
  private static final int LINES_A_STEP = 250;
  private static final int MOST_STEPS = 400;

  @TempDir private Path directory;

  /// What a scrape finds.
  private record Scrape(double bytes, double maxBytes, double lag) {
    double fill() {
      return bytes / maxBytes;
    }
  }

  @Test
  void theSpoolFillsAlertsFireBeforeItIsFullAndNothingIsLost() throws Exception {
    try (LogRig rig = new LogRig(directory, SPOOL)) {
      TortureWriter writer = new TortureWriter(rig.logs, "app", Seed.random("outage"));
      List<Scrape> scrapes = new ArrayList<>();
      scrapes.add(scrape(rig));

      rig.gateway.kill();
      boolean room = true;
      while (room && scrapes.size() < MOST_STEPS) {
        writer.write(LINES_A_STEP);
        room = rig.everythingIsRead();
        scrapes.add(scrape(rig));
      }
      int full = scrapes.size() - 1;
      writer.rename();
      writer.write(LINES_A_STEP);
      assertTrue(scrapes.getLast().lag() > 0, "it should read no further: " + scrapes.getLast());
      assertTrue(scrapes.getLast().bytes() <= scrapes.getLast().maxBytes(), scrapes::toString);
      assertFires("OrielShipSpoolFillsUp", "warning", 0.6, 120, scrapes, full);
      assertFires("OrielShipSpoolAlmostFull", "critical", 0.85, 60, scrapes, full);

      rig.gateway.start();
      rig.gateway.await();
      FoundLines found = rig.drain(writer.written());
      Scrape after = scrape(rig);

      System.out.printf(
          Locale.ROOT,
          "gateway outage: spool full after %d lines, %d lines written, %d found, %d missing,"
              + " %d twice; then %.0f of %.0f bytes in the spool%n",
          full * LINES_A_STEP,
          writer.written(),
          found.lines(),
          found.missing(List.of(writer)).size(),
          found.twice().size(),
          after.bytes(),
          after.maxBytes());
      assertEquals(List.of(), found.missing(List.of(writer)).stream().limit(20).toList());
      assertEquals(List.of(), found.twice());
      assertEquals(List.of(), found.disordered());
      assertEquals(writer.written(), found.lines());
      assertTrue(after.fill() < 0.6, after::toString);
    }
  }

  private static Scrape scrape(LogRig rig) throws InterruptedException {
    return new Scrape(
        rig.shipMetric("oriel_ship_spool_bytes"),
        rig.shipMetric("oriel_ship_spool_max_bytes"),
        rig.shipMetric("oriel_ship_lag_bytes"));
  }

  /// That the rule fires as soon as it says it does, and that the spool has room by then.
  private void assertFires(
      String alert, String severity, double above, int forSeconds, List<Scrape> scrapes, int full)
      throws IOException {
    int over = 0;
    while (over < scrapes.size() && scrapes.get(over).fill() <= above) {
      over++;
    }
    int fires = over + forSeconds / STEP_SECONDS;
    assertTrue(fires < full, alert + " fires at step " + fires + ", the spool is full at " + full);
    Path rules = directory.resolve("alerts.yml");
    try (InputStream in = Shipper.class.getResourceAsStream("alerts.yml")) {
      Files.write(rules, in.readAllBytes());
    }
    Path test =
        Files.writeString(
            directory.resolve(alert + ".yml"),
            """
            rule_files: [alerts.yml]
            evaluation_interval: %1$ds
            tests:
              - name: %2$s
                interval: %1$ds
                input_series:
                  - {series: 'oriel_ship_spool_bytes{instance="node-1"}', values: '%3$s'}
                  - {series: 'oriel_ship_spool_max_bytes{instance="node-1"}', values: '%4$s'}
                promql_expr_test:
                  - expr: ALERTS{alertname="%2$s",alertstate="firing"}
                    eval_time: %5$ds
                  - expr: ALERTS{alertname="%2$s",alertstate="firing"}
                    eval_time: %6$ds
                    exp_samples:
                      - labels: ALERTS{alertname="%2$s",alertstate="firing",instance="node-1",severity="%7$s"}
                        value: 1
            """
                .formatted(
                    STEP_SECONDS,
                    alert,
                    values(scrapes.stream().map(Scrape::bytes).toList()),
                    values(scrapes.stream().map(Scrape::maxBytes).toList()),
                    (fires - 1) * STEP_SECONDS,
                    fires * STEP_SECONDS,
                    severity));
    RuleTestReport report =
        new RuleTests(EnumSet.noneOf(Feature.class), System::nanoTime).run(test, Optional.empty());
    assertEquals(
        List.of(),
        report.outcomes().stream().flatMap(outcome -> outcome.failures().stream()).toList());
  }

  private static String values(List<Double> values) {
    return values.stream()
        .map(value -> String.format(Locale.ROOT, "%.0f", value))
        .collect(Collectors.joining(" "));
  }
}
