package io.oriel.app.role.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jaegertracing.thrift.internal.senders.UdpSender;
import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.testkit.Peer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Senders of spans that are programs of their own. Each is skipped where its program is not on
/// PATH or in `-Doriel.peers`.
class TraceSendersPeerTest {
  @TempDir private Path directory;
  private TraceFront front;

  @BeforeEach
  void start() throws Exception {
    front = new TraceFront(directory.resolve("engine"));
  }

  @AfterEach
  void stop() {
    front.close();
  }

  /// Jaeger's agent takes what clients send and hands it on as `PostSpans`; it asks for sampling
  /// over the same connection.
  @Test
  void jaegersAgentOverGrpc() throws Exception {
    Peer.require("jaeger-agent");
    String compact = Peer.freeAddress();
    String binary = Peer.freeAddress();
    String http = Peer.freeAddress();
    try (Peer agent =
            Peer.start(
                directory.resolve("agent.log"),
                "jaeger-agent",
                "--reporter.grpc.host-port=" + front.address(CollectPort.JAEGER_GRPC),
                "--processor.jaeger-compact.server-host-port=" + compact,
                "--processor.jaeger-binary.server-host-port=" + binary,
                "--processor.zipkin-compact.server-host-port=" + Peer.freeAddress(),
                "--http-server.host-port=" + http,
                "--admin.http.host-port=" + Peer.freeAddress());
        HttpClient client = HttpClient.create(HttpClientConfig.standard(), "test")) {
      agent.awaitLog("Starting jaeger-agent HTTP server");
      JaegerClient.report(new UdpSender("127.0.0.1", port(compact), 0));

      JaegerClient.assertReported(front.await(2));

      JaegerClient.report(JaegerClient.binary(port(binary)));
      List<Span> spans = new ArrayList<>(front.await(4));
      assertEquals(4, spans.size(), agent.log());
      assertEquals(2, spans.stream().map(Span::traceId).distinct().count());

      String told =
          client
              .send(HttpRequest.get(URI.create("http://" + http + "/sampling?service=legacy")))
              .text();
      assertTrue(told.contains("\"samplingRate\":0.1"), told);
    }
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /// Installs {@code packages} into a directory of the test; skips it where npm cannot.
  private Path npm(String... packages) throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        System.getProperty("oriel.peers") != null, "asks a registry, only with -Doriel.peers");
    Path npm = Peer.require("npm");
    Peer.require("node");
    Path home = Files.createDirectories(directory.resolve("npm"));
    List<String> command = new ArrayList<>(List.of(npm.toString(), "install"));
    command.addAll(List.of("--no-audit", "--no-fund", "--ignore-scripts", "--prefix"));
    command.add(home.toString());
    command.addAll(List.of(packages));
    Process install =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("npm.out").toFile())
            .start();
    boolean ended = install.waitFor(5, TimeUnit.MINUTES);
    if (!ended) {
      install.destroyForcibly();
    }
    Assumptions.assumeTrue(
        ended && install.exitValue() == 0, () -> "npm cannot install " + List.of(packages));
    return home;
  }

  /// OpenTelemetry's exporter for Jaeger, which is made of Jaeger's client for Node: binary Thrift
  /// over UDP, or over HTTP.
  private void node(String exporter) throws Exception {
    Path home =
        npm(
            "@opentelemetry/exporter-jaeger@1.30.1",
            "@opentelemetry/sdk-trace-base@1.30.1",
            "@opentelemetry/resources@1.30.1",
            "@opentelemetry/api@1.9.0");
    Path script =
        Files.writeString(
            home.resolve("send.js"),
            """
            const { BasicTracerProvider, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');
            const { JaegerExporter } = require('@opentelemetry/exporter-jaeger');
            const { Resource } = require('@opentelemetry/resources');
            const { SpanKind, SpanStatusCode, trace, context } = require('@opentelemetry/api');
            async function main() {
              const exporter = new JaegerExporter(%s);
              const provider = new BasicTracerProvider({
                resource: new Resource({ 'service.name': 'node-shop', region: 'north' }),
                spanProcessors: [new SimpleSpanProcessor(exporter)],
              });
              const tracer = provider.getTracer('lib', '1.2');
              const parent = tracer.startSpan('parent', { kind: SpanKind.SERVER });
              const child = tracer.startSpan('child',
                { kind: SpanKind.CLIENT, attributes: { n: 7, ratio: 0.5, ok: true, text: 'käse' } },
                trace.setSpan(context.active(), parent));
              child.addEvent('cache miss', { key: 'k1' });
              child.setStatus({ code: SpanStatusCode.ERROR, message: 'broken' });
              child.end();
              parent.end();
              await provider.forceFlush();
              await new Promise(done => setTimeout(done, 500));
              await provider.shutdown();
              console.log('sent');
            }
            main().catch(e => { console.error(e); process.exit(1); });
            """
                .formatted(exporter));

    String said = Peer.run(directory.resolve("node.out"), "node", script.toString());

    assertTrue(said.contains("sent"), said);
    List<Span> spans = front.await(2);
    assertEquals(2, spans.size(), said);
    Span child = spans.stream().filter(s -> s.name().equals("child")).findFirst().orElseThrow();
    Span parent = spans.stream().filter(s -> s.name().equals("parent")).findFirst().orElseThrow();
    assertEquals(parent.spanId(), child.parentSpanId());
    assertEquals(parent.traceId(), child.traceId());
    assertEquals(SpanKind.SERVER, parent.kind());
    assertEquals(SpanKind.CLIENT, child.kind());
    assertEquals("node-shop", child.service());
    // this exporter says of each span what is of the resource
    assertEquals("north", child.attributes().text("region"));
    assertEquals("dev-01", child.resource().attributes().text("cluster"));
    assertEquals(7.0, number(child, "n"));
    assertEquals(0.5, number(child, "ratio"));
    assertEquals(AttributeValue.of(true), child.attributes().get("ok").orElseThrow());
    assertEquals("käse", child.attributes().text("text"));
    assertEquals(SpanStatus.Code.ERROR, child.status().code());
    assertEquals("cache miss", child.events().getFirst().name());
    assertEquals("k1", child.events().getFirst().attributes().text("key"));
  }

  /// JavaScript has one kind of number.
  private static double number(Span span, String name) {
    return switch (span.attributes().get(name).orElseThrow()) {
      case AttributeValue.Whole whole -> whole.value();
      case AttributeValue.Real real -> real.value();
      case AttributeValue other -> throw new AssertionError(name + ": " + other);
    };
  }

  @Test
  void openTelemetrysJaegerExporterForNodeOverUdp() throws Exception {
    int port = front.collector().port(CollectPort.AGENT_BINARY);
    node("{ host: '127.0.0.1', port: " + port + ", maxPacketSize: 65000 }");
  }

  @Test
  void openTelemetrysJaegerExporterForNodeOverHttp() throws Exception {
    node("{ endpoint: 'http://" + front.address(CollectPort.JAEGER_HTTP) + "/api/traces' }");
  }
}
