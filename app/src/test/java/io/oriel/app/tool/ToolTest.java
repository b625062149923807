package io.oriel.app.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.remotewrite.RemoteWriteVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ToolTest {
  @TempDir private Path directory;
  private final StringWriter printed = new StringWriter();
  private final List<String> asked = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/api/v1/query_range",
        exchange -> {
          asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          answer(
              exchange,
              200,
              """
              {"status":"success","data":{"resultType":"matrix","result":[
                {"metric":{"__name__":"up","job":"a"},"values":[[7200,"1"],[7260,"0.5"]]}]}}
              """);
        });
    server.createContext(
        "/api/v1/write",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          String text =
              new String(Compression.SNAPPY.decompress(body, 1 << 20), StandardCharsets.ISO_8859_1);
          asked.add(exchange.getRequestHeaders().getFirst("content-type") + " " + text);
          answer(exchange, text.contains("refused") ? 400 : 204, "no\n");
        });
    server.start();
  }

  private static void answer(com.sun.net.httpserver.HttpExchange exchange, int status, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, status == 204 ? -1 : body.length);
    if (status != 204) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private int run(String... words) {
    printed.getBuffer().setLength(0);
    PrintWriter out = new PrintWriter(printed, true);
    return new CommandLine(new Tool()).setOut(out).setErr(out).execute(words);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  @Test
  void blocksFromAFileAreDumpedAsThatFile() throws IOException {
    String text =
        """
        a{job="x",note="q\\", r"} 1.5 1000.250
        a{job="x",note="q\\", r"} 2e+22 1001.000
        b 3 1000.000
        # EOF
        """;
    String data = directory.resolve("data").toString();
    String from = file("in.txt", text);

    assertEquals(0, run("tsdb", "create-blocks-from", "openmetrics", "-q", from, data));
    assertEquals(0, run("tsdb", "dump-openmetrics", data));

    assertEquals(text, printed.toString());
  }

  @Test
  void recordingRulesAreEvaluatedByTheServerIntoBlocks() throws IOException {
    String rules =
        file(
            "rules.yml",
            """
            groups:
              - name: g
                labels: {team: t}
                rules:
                  - {record: "job:up", expr: up, labels: {x: y}}
                  - {alert: Down, expr: up == 0}
            """);
    String data = directory.resolve("data").toString();

    int exit =
        run(
            ("tsdb create-blocks-from rules --start 7150 --end 1970-01-01T04:00:10Z --url "
                    + url()
                    + " --output-dir "
                    + data
                    + " "
                    + rules)
                .split(" ", -1));

    assertEquals(0, exit, printed::toString);
    assertTrue(printed.toString().startsWith("BLOCK ULID"), printed::toString);
    assertEquals(
        List.of(
            "query=up&start=7200&end=14399.999&step=60", "query=up&start=14400&end=14410&step=60"),
        asked);
    assertEquals(0, run("tsdb", "dump-openmetrics", data));
    assertEquals(
        """
        job:up{job="a",team="t",x="y"} 1 7200.000
        job:up{job="a",team="t",x="y"} 0.5 7260.000
        # EOF
        """,
        printed.toString());
  }

  @Test
  void metricsArePushedByRemoteWrite() throws IOException {
    String good = file("good.txt", "a{x=\"1\"} 5\n");
    String bad = file("bad.txt", "refused 1\n");

    assertEquals(0, run("push", "metrics", url(), good), printed::toString);
    assertEquals(
        "Parsing metrics file %s\n  SUCCESS: metrics file %s pushed to remote write.\n"
            .formatted(good, good),
        printed.toString());
    assertTrue(asked.getFirst().startsWith("application/x-protobuf "), asked::toString);
    assertTrue(asked.getFirst().contains("promtool"), asked::toString);

    assertEquals(1, run("push", "metrics", "--label", "job=mine", url(), bad, good));
    assertTrue(
        printed.toString().contains("  FAILED: server returned HTTP status 400"),
        printed::toString);
    assertTrue(asked.getLast().contains("mine"), asked::toString);

    String second = RemoteWriteVersion.V2.message();
    assertEquals(0, run("push", "metrics", "--protobuf_message", second, url(), good));
    assertTrue(asked.getLast().startsWith(RemoteWriteVersion.V2.contentType()), asked::toString);
  }

  @Test
  void discoveredTargetsAreShownBeforeAndAfterRelabelling() throws IOException {
    String config =
        file(
            "p.yml",
            """
            scrape_configs:
              - job_name: a
                static_configs: [{targets: ["h:1", "dropped:1", "h:1"]}]
                relabel_configs:
                  - {source_labels: [__address__], regex: dropped.*, action: drop}
            """);

    assertEquals(0, run("check", "service-discovery", "--timeout=10ms", config, "a"));

    assertTrue(
        printed
            .toString()
            .endsWith(
                """
                    "labels": {
                      "__address__": "h:1",
                      "__always_scrape_classic_histograms__": "false",
                      "__convert_classic_histograms_to_nhcb__": "false",
                      "__metrics_path__": "/metrics",
                      "__scheme__": "http",
                      "__scrape_interval__": "1m",
                      "__scrape_native_histograms__": "false",
                      "__scrape_timeout__": "10s",
                      "instance": "h:1",
                      "job": "a"
                    }
                  },
                  {
                    "discoveredLabels": {
                      "__address__": "dropped:1",
                      "__always_scrape_classic_histograms__": "false",
                      "__convert_classic_histograms_to_nhcb__": "false",
                      "__metrics_path__": "/metrics",
                      "__scheme__": "http",
                      "__scrape_interval__": "1m",
                      "__scrape_native_histograms__": "false",
                      "__scrape_timeout__": "10s",
                      "job": "a"
                    },
                    "labels": {}
                  }
                ]
                """),
        printed::toString);
    assertTrue(run("check", "service-discovery", config, "b") != 0);
    assertTrue(printed.toString().contains("Job b not found. Select one of:\n\ta"));
  }

  @Test
  void failedRuleTestsShowDifferencesAndData() throws IOException {
    file(
        "alerts.yml",
        """
        groups:
          - name: g
            rules:
              - {alert: Down, expr: up == 0, labels: {severity: page}, annotations: {text: is down}}
        """);
    String test =
        file(
            "test.yml",
            """
            rule_files: [alerts.yml]
            tests:
              - name: t
                interval: 1m
                input_series: [{series: 'up{job="a"}', values: 0x2}]
                alert_rule_test:
                  - eval_time: 2m
                    alertname: Down
                    exp_alerts:
                      - exp_labels: {severity: warn, job: a, team: x}
                        exp_annotations: {text: is down}
            """);

    assertEquals(1, run("test", "rules", "--diff", "--debug", test));

    String text = printed.toString();
    assertTrue(text.startsWith("Unit Testing:  " + test + "\nDEBUG: Starting test t\n"), text);
    assertTrue(
        text.contains("up{job=\"a\"} =>\n0 @[0]\n0 @[60000]\n0 @[120000]\n")
            || text.contains("{__name__=\"up\", job=\"a\"} =>\n0 @[0]\n0 @[60000]\n"),
        text);
    assertTrue(text.contains("\n    alertname: Down, time: 2m, \n        diff: [\n"), text);
    assertTrue(text.contains("\"severity\": \u001b[0;33m\"warn\" => \"page\"\u001b[0m"), text);
    assertTrue(text.contains("\u001b[0;31m\"team\": \"x\"\u001b[0m"), text);
    assertTrue(text.contains("\"text\": \"is down\""), text);
  }

  @Test
  void theBenchmarkWritesEverySeriesAsOftenAsAsked() throws IOException {
    String labels =
        file(
            "labels.json",
            "{\"__name__\":\"a\",\"x\":\"1\"}\n{\"__name__\":\"b\"}\n{\"__name__\":\"b\"}\n");
    String to = directory.resolve("bench").toString();

    assertEquals(
        0,
        run("tsdb", "bench", "write", "--out", to, "--scrapes", "230", labels),
        printed::toString);

    assertTrue(printed.toString().contains(" > total samples: 460\n"), printed::toString);
    assertTrue(printed.toString().contains(">> completed stage=stopStorage duration="));
    assertEquals(0, run("tsdb", "dump-openmetrics", to + "/storage"));
    assertEquals(461, printed.toString().lines().count());
    assertTrue(printed.toString().contains("b 1.23686789e+08 6900.000\n"), printed::toString);
  }
}
