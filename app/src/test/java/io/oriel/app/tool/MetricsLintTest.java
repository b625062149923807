package io.oriel.app.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsLintTest {
  private static List<String> problems(String text) {
    return MetricsLint.read(text.getBytes(StandardCharsets.UTF_8)).problems().stream()
        .map(problem -> problem.metric() + ": " + problem.text())
        .toList();
  }

  @Test
  void findsNothingInGoodMetrics() {
    assertEquals(
        List.of(),
        problems(
            """
            # HELP http_request_duration_seconds How long requests take.
            # TYPE http_request_duration_seconds histogram
            http_request_duration_seconds_bucket{le="+Inf"} 1
            http_request_duration_seconds_sum 1
            http_request_duration_seconds_count 1
            # HELP http_requests_total Requests.
            # TYPE http_requests_total counter
            http_requests_total 1
            """));
  }

  @Test
  void namesEachDeparture() {
    assertEquals(
        List.of(
            "a:z_count: metric names should not contain ':'",
            "a:z_count: non-histogram and non-summary metrics should not have \"_count\" suffix",
            "fooBar: counter metrics should have \"_total\" suffix",
            "fooBar: label names should be written in 'snake_case' not 'camelCase'",
            "fooBar: metric names should be written in 'snake_case' not 'camelCase'",
            "fooBar: no help text",
            "fooBar: non-histogram metrics should not have \"le\" label",
            "kilo_kilograms: use base unit \"grams\" instead of \"kilograms\"",
            "x_ms_total: metric names should not contain abbreviated units",
            "x_ms_total: non-counter metrics should not have \"_total\" suffix",
            "y_hours_gauge: metric name should not include type 'gauge'",
            "y_hours_gauge: use base unit \"seconds\" instead of \"hours\""),
        problems(
            """
            # TYPE fooBar counter
            fooBar{le="1",aB="x"} 1
            # HELP x_ms_total h
            # TYPE x_ms_total gauge
            x_ms_total 1
            # HELP y_hours_gauge h
            # TYPE y_hours_gauge gauge
            y_hours_gauge 1
            # HELP a:z_count h
            # TYPE a:z_count gauge
            a:z_count 2
            # HELP kilo_kilograms q
            # TYPE kilo_kilograms gauge
            kilo_kilograms 3
            """));
  }

  @Test
  void countsSeries() {
    String text = "a 1\nb{x=\"1\"} 1\nb{x=\"2\"} 1\n";
    String table = MetricsLint.read(text.getBytes(StandardCharsets.UTF_8)).cardinality();
    assertTrue(table.lines().toList().get(1).startsWith("b         2              66.67%"), table);
    assertTrue(table.endsWith("Total     3              100%\n"), table);
  }

  @Test
  void refusesWhatIsNoExposition() {
    assertThrows(
        OrielException.class, () -> MetricsLint.read("bad{ 1".getBytes(StandardCharsets.UTF_8)));
  }
}
