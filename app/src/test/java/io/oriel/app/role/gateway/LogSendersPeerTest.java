package io.oriel.app.role.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.testkit.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Real senders over mutual TLS: their lines are found, each once, stamped with the cluster of the
/// certificate. Each is skipped where its program is not on PATH or in `-Doriel.peers`.
class LogSendersPeerTest {
  private static final int LINES = 500;

  /** Long enough that Filebeat reads a file of so many lines: 1 KiB. */
  private static final int STEP = 100;

  private static final List<MoodyEngine.Mood> ALL =
      List.of(MoodyEngine.Mood.BUSY, MoodyEngine.Mood.AWAY, MoodyEngine.Mood.PICKY);

  @TempDir private Path directory;
  private LogFront front;

  @BeforeEach
  void start() throws Exception {
    front = new LogFront(directory.resolve("front"));
  }

  @AfterEach
  void stop() {
    front.close();
  }

  /// Writes a log as a service does, and rotates it in both ways while it is read.
  private final class Rotated {
    private final Path log;
    private int written;

    Rotated() throws IOException {
      log = Files.createDirectories(directory.resolve("logs")).resolve("app.log");
      Files.createFile(log);
    }

    void write(int lines) throws IOException {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < lines; i++) {
        text.append("line ").append(written++).append(" of the peer\n");
      }
      Files.writeString(log, text.toString(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    void renameAway() throws IOException {
      Files.move(log, log.resolveSibling("app.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }

    void copyAway() throws IOException {
      Files.copy(log, log.resolveSibling("app.log.2"));
      Files.newOutputStream(log, StandardOpenOption.TRUNCATE_EXISTING).close();
    }
  }

  /// A sender reads {@code rotated}; meanwhile the engine is busy, gone, and refuses single items.
  private void assertEachLineOnceThrough(
      Rotated rotated, String index, Peer sender, List<MoodyEngine.Mood> moods) throws Exception {
    rotated.write(STEP);
    awaitAll(rotated, index, sender);
    rotated.write(STEP);
    rotated.renameAway();
    rotated.write(STEP);
    awaitAll(rotated, index, sender);
    for (MoodyEngine.Mood mood : moods) {
      front.engine().turn(mood);
      rotated.write(STEP);
      front.engine().awaitRefusals(2);
      awaitAll(rotated, index, sender);
    }
    // a copy is no moment: what is written during it nobody can tell apart
    rotated.copyAway();
    rotated.write(STEP);
    awaitAll(rotated, index, sender);
  }

  private void awaitAll(Rotated rotated, String index, Peer sender) throws Exception {
    List<JsonNode> documents = front.await(index, rotated.written);
    assertTrue(documents.size() >= rotated.written, sender.log());
    assertAllOnce(documents, rotated.written);
  }

  private Path log() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < LINES; i++) {
      lines.append("line ").append(i).append(" of the peer\n");
    }
    return Files.writeString(directory.resolve("app.log"), lines.toString());
  }

  private static void assertAllOnce(List<JsonNode> documents) {
    assertAllOnce(documents, LINES);
  }

  private static void assertAllOnce(List<JsonNode> documents, int lines) {
    TreeSet<Integer> numbers = new TreeSet<>();
    for (JsonNode document : documents) {
      assertEquals("dev-01", document.path("cluster").asString(""), document::toString);
      String message = document.path("message").asString("").strip();
      numbers.add(Integer.parseInt(message.split(" ")[1]));
    }
    assertEquals(lines, documents.size());
    assertEquals(IntStream.range(0, lines).boxed().toList(), List.copyOf(numbers));
  }

  @Test
  void rsyslogOverItsElasticsearchOutput() throws Exception {
    Peer.require("rsyslogd");
    Path config =
        Files.writeString(
            directory.resolve("rsyslog.conf"),
            """
            global(workDirectory="%1$s")
            module(load="imfile")
            module(load="omelasticsearch")
            template(name="doc" type="list" option.jsonf="on") {
              property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
              property(outname="message" name="msg" format="jsonf")
              property(outname="host.name" name="hostname" format="jsonf")
            }
            input(type="imfile" File="%2$s" Tag="app:")
            action(type="omelasticsearch" server="localhost" serverport="%3$d" usehttps="on" bulkmode="on"
                   searchType="" template="doc" searchIndex="logs-dev-01-syslog"
                   tls.cacert="%4$s" tls.mycert="%5$s" tls.myprivkey="%6$s")
            """
                .formatted(
                    directory,
                    log(),
                    front.port(),
                    front.root(),
                    front.certificate(),
                    front.key()));
    try (Peer rsyslog =
        Peer.start(
            directory.resolve("rsyslog.out"),
            "rsyslogd",
            "-n",
            "-f",
            config.toString(),
            "-i",
            directory.resolve("rsyslog.pid").toString())) {
      List<JsonNode> documents = front.await("logs-dev-01-syslog", LINES);

      assertTrue(documents.size() >= LINES, rsyslog.log());
      assertAllOnce(documents);
    }
  }

  /// With its template, policy and data stream set up, and its defaults for all the rest.
  ///
  /// @param index the output's setting; empty for the name that it has by itself
  private void filebeat(String program, String without, String index, String setup)
      throws Exception {
    Peer.require(program);
    Rotated rotated = new Rotated();
    Path home = Files.createDirectories(directory.resolve("home"));
    Path config =
        Files.writeString(
            home.resolve("filebeat.yml"),
            """
            filebeat.inputs:
              - type: filestream
                id: app
                paths: ['%1$s/logs/app.log*']
                prospector.scanner.exclude_files: %8$s
                prospector.scanner.check_interval: 500ms
            %7$s
            output.elasticsearch:
              hosts: ['%2$s']
              %3$s
              ssl:
                certificate_authorities: ['%4$s']
                certificate: '%5$s'
                key: '%6$s'
            """
                .formatted(
                    directory,
                    front.url(),
                    index,
                    front.root(),
                    front.certificate(),
                    front.key(),
                    setup,
                    without));
    try (Peer filebeat =
        Peer.start(
            directory.resolve("filebeat.out"),
            program,
            "-e",
            "-c",
            config.toString(),
            "--path.home",
            home.toString(),
            "--strict.perms=false")) {
      assertEachLineOnceThrough(rotated, "logs-dev-01-filebeat", filebeat, ALL);
    }
  }

  @Test
  void filebeat9() throws Exception {
    filebeat(
        "filebeat",
        "[]",
        "index: logs-dev-01-filebeat",
        """
        setup.template: {name: logs-dev-01-filebeat, pattern: 'logs-dev-01-filebeat*'}
        setup.ilm: {enabled: true, overwrite: true}
        """);
  }

  /// Its policy comes with an alias, not with a data stream. It takes a copy for a file of its own.
  @Test
  void filebeat7() throws Exception {
    filebeat(
        "filebeat-7",
        "['[.]2$']",
        "index: logs-dev-01-filebeat",
        """
        setup.template: {name: logs-dev-01-filebeat, pattern: 'logs-dev-01-filebeat*'}
        setup.ilm: {enabled: true, overwrite: true, rollover_alias: logs-dev-01-filebeat}
        """);
  }

  @Test
  void filebeat9ThatNobodyToldAnIndex() throws Exception {
    filebeat("filebeat", "[]", "", "");
  }

  @Test
  void filebeat7ThatNobodyToldAnIndex() throws Exception {
    filebeat("filebeat-7", "['[.]2$']", "", "");
  }

  /// With its own key `log`. Without ids it sends a whole chunk again when one item of it is
  /// refused.
  private void fluentBit(String output, List<MoodyEngine.Mood> moods) throws Exception {
    Peer.require("fluent-bit");
    Rotated rotated = new Rotated();
    Path config =
        Files.writeString(
            directory.resolve("fluent-bit.conf"),
            """
            [SERVICE]
                Flush 1
                Grace 1
                scheduler.base 1
                scheduler.cap 2
            [INPUT]
                Name tail
                Path %1$s/logs/app.log
                Read_from_Head On
                Refresh_Interval 1
            [OUTPUT]
                Name %2$s
                Match *
                Host localhost
                Port %3$d
                Index logs-dev-01-fluent
                Generate_ID On
                Compress gzip
                Retry_Limit no_limits
                Trace_Error On
                tls On
                tls.verify On
                tls.ca_file %4$s
                tls.crt_file %5$s
                tls.key_file %6$s
            """
                .formatted(
                    directory,
                    output,
                    front.port(),
                    front.root(),
                    front.certificate(),
                    front.key()));
    try (Peer fluentBit =
        Peer.start(directory.resolve("fluent-bit.out"), "fluent-bit", "-c", config.toString())) {
      assertEachLineOnceThrough(rotated, "logs-dev-01-fluent", fluentBit, moods);
    }
  }

  /// Where one item of a bulk is stored, this output drops those that were refused.
  @Test
  void fluentBitOverItsElasticsearchOutput() throws Exception {
    fluentBit("es", List.of(MoodyEngine.Mood.BUSY, MoodyEngine.Mood.AWAY));
  }

  @Test
  void fluentBitOverItsOpenSearchOutput() throws Exception {
    fluentBit("opensearch", ALL);
  }

  /// The OpenTelemetry collector: its `filelog` receiver and its `otlp` exporters.
  private void collector(String exporter) throws Exception {
    Peer.require("otelcol");
    Path config =
        Files.writeString(
            directory.resolve("otelcol.yaml"),
            """
            receivers:
              filelog: {include: ['%1$s'], start_at: beginning, poll_interval: 100ms}
            exporters:
              %2$s
                tls: {ca_file: '%3$s', cert_file: '%4$s', key_file: '%5$s'}
            service:
              telemetry: {metrics: {level: none}}
              pipelines:
                logs: {receivers: [filelog], exporters: [%6$s]}
            """
                .formatted(
                    log(),
                    exporter,
                    front.root(),
                    front.certificate(),
                    front.key(),
                    exporter.substring(0, exporter.indexOf(':'))));
    try (Peer otelcol =
        Peer.start(directory.resolve("otelcol.out"), "otelcol", "--config", config.toString())) {
      List<JsonNode> documents = front.await("logs-dev-01-otlp", LINES);

      assertTrue(documents.size() >= LINES, otelcol.log());
      assertAllOnce(documents);
    }
  }

  @Test
  void theOpenTelemetryCollectorOverGrpc() throws Exception {
    collector("otlp:\n    endpoint: localhost:" + front.grpcPort());
  }

  @Test
  void theOpenTelemetryCollectorOverHttp() throws Exception {
    collector("otlphttp:\n    endpoint: " + front.url());
  }

  @Test
  void curl() throws Exception {
    Peer.require("curl");
    StringBuilder bulk = new StringBuilder();
    for (int i = 0; i < LINES; i++) {
      bulk.append("{\"index\":{\"_index\":\"logs-dev-01-curl\",\"_id\":\"")
          .append(i)
          .append("\"}}\n");
      bulk.append("{\"@timestamp\":1700000000000,\"message\":\"line ").append(i).append("\"}\n");
    }
    Path body = Files.writeString(directory.resolve("bulk.ndjson"), bulk.toString());

    for (int again = 0; again < 2; again++) {
      String answer =
          Peer.run(
              directory.resolve("curl.out"),
              "curl",
              "--silent",
              "--show-error",
              "--fail-with-body",
              "--cacert",
              front.root().toString(),
              "--cert",
              front.certificate().toString(),
              "--key",
              front.key().toString(),
              "--header",
              "content-type: application/x-ndjson",
              "--data-binary",
              "@" + body,
              front.url() + "/_bulk");

      assertTrue(answer.contains("\"errors\":false"), answer);
    }

    assertAllOnce(front.await("logs-dev-01-curl", LINES));
  }

  /// Installs {@code packages} into a directory of the test; skips it where npm cannot.
  private Path npm(String... packages) throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        System.getProperty("oriel.peers") != null, "asks a registry, only with -Doriel.peers");
    Path npm = Peer.require("npm");
    Peer.require("node");
    Path home = Files.createDirectories(directory.resolve("npm"));
    Path out = directory.resolve("npm.out");
    List<String> command = new java.util.ArrayList<>();
    command.add(npm.toString());
    command.addAll(List.of("install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"));
    command.add(home.toString());
    command.addAll(List.of(packages));
    Process install =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    boolean ended = install.waitFor(5, TimeUnit.MINUTES);
    if (!ended) {
      install.destroyForcibly();
    }
    Assumptions.assumeTrue(
        ended && install.exitValue() == 0, () -> "npm cannot install " + List.of(packages));
    return home;
  }

  /// What both clients have in common.
  private void nodeClient(String require, String bulk, String index) throws Exception {
    Path home = npm(require);
    Path script =
        Files.writeString(
            home.resolve("send.js"),
            """
            const fs = require('fs');
            const { Client } = require('%1$s');
            const tls = { ca: fs.readFileSync('%2$s'), cert: fs.readFileSync('%3$s'), key: fs.readFileSync('%4$s') };
            const client = new Client({ node: '%5$s', tls, ssl: tls });
            async function main() {
              const operations = [];
              for (let i = 0; i < %6$d; i++) {
                operations.push({ create: { _index: '%7$s', _id: String(i) } });
                operations.push({ '@timestamp': new Date().toISOString(), message: 'line ' + i + ' of the client' });
              }
              const answer = await client.bulk({ %8$s: operations });
              const body = answer.body ?? answer;
              if (body.errors || body.items.length !== %6$d) throw new Error(JSON.stringify(body));
              const info = await client.info();
              console.log('sent to ' + (info.body ?? info).version.number);
            }
            main().catch(e => { console.error(e); process.exit(1); });
            """
                .formatted(
                    require.replaceAll("@[0-9.]+$", ""),
                    front.root(),
                    front.certificate(),
                    front.key(),
                    front.url(),
                    LINES,
                    index,
                    bulk));

    String said = Peer.run(directory.resolve("node.out"), "node", script.toString());

    assertTrue(said.contains("sent to "), said);
    assertAllOnce(front.await(index, LINES));
  }

  @Test
  void elasticsearchsNodeClient() throws Exception {
    nodeClient("@elastic/elasticsearch@8", "operations", "logs-dev-01-elastic");
  }

  @Test
  void openSearchsNodeClient() throws Exception {
    nodeClient("@opensearch-project/opensearch@3", "body", "logs-dev-01-opensearch");
  }
}
