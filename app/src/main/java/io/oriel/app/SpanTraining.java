package io.oriel.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.oriel.app.role.collect.CollectOptions;
import io.oriel.app.role.collect.CollectPort;
import io.oriel.app.role.collect.CollectRole;
import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.traces.receive.SpanIntake;
import io.oriel.wire.otlp.OtlpTraces;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;

/// A collector that takes made-up spans over OTLP and delivers them to an engine that says that all
/// of them are stored: what the virtual machine learns there makes the first seconds of a collector
/// cheaper.
final class SpanTraining {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int REQUESTS = 400;
  private static final int TRACES = 50;
  private static final int PER_TRACE = 10;
  private static final String STORED = "{\"index\":{\"status\":201}}";

  private final SplittableRandom random = new SplittableRandom(1);

  void run() throws IOException, InterruptedException {
    HttpServer engine =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    engine.createContext("/_bulk", SpanTraining::store);
    engine.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    engine.start();
    URI at = URI.create("http://127.0.0.1:" + engine.getAddress().getPort());
    CollectOptions options =
        CollectOptions.to(SearchClientConfig.of(at), new SpanIntake.Stamp("warmup", "dev"))
            .listen(CollectPort.OTLP_HTTP, "127.0.0.1:0")
            .listen(CollectPort.OTLP_GRPC, "127.0.0.1:0")
            .operations(HttpServerConfig.on("127.0.0.1:0"))
            .build();
    try (CollectRole role = CollectRole.start(options, "warmup");
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (int i = 0; i < REQUESTS; i++) {
        send(client, role.port(CollectPort.OTLP_HTTP));
      }
    } finally {
      engine.stop(0);
    }
  }

  private void send(HttpClient client, int port) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
            .header("content-type", "application/x-protobuf")
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofByteArray(OtlpTraces.write(spans())))
            .build();
    while (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 429) {
      Thread.sleep(20);
    }
  }

  private List<Span> spans() {
    long now = System.currentTimeMillis() * 1_000_000;
    List<Span> spans = new ArrayList<>();
    for (int trace = 0; trace < TRACES; trace++) {
      TraceId id = new TraceId(random.nextLong(), random.nextLong() | 1);
      for (int i = 1; i <= PER_TRACE; i++) {
        spans.add(span(id, i, i == 1 ? 0 : random.nextInt(1, i), now + random.nextInt(1_000_000)));
      }
    }
    return spans;
  }

  private Span span(TraceId trace, long id, long parent, long at) {
    boolean failed = random.nextInt(50) == 0;
    List<SpanEvent> events =
        failed
            ? List.of(
                new SpanEvent(
                    at, "exception", Attributes.of("type", AttributeValue.of("timeout")), 0))
            : List.of();
    return new Span(
        trace,
        id,
        parent,
        "",
        1,
        "GET /cart/" + random.nextInt(50),
        id % 2 == 0 ? SpanKind.CLIENT : SpanKind.SERVER,
        at,
        at + random.nextInt(100_000_000),
        failed ? new SpanStatus(SpanStatus.Code.ERROR, "") : SpanStatus.UNSET,
        Attributes.builder()
            .add("http.request.method", "GET")
            .add("http.route", "/cart/{id}")
            .add("url.path", "/cart/" + random.nextInt(1_000_000))
            .add("http.response.status_code", AttributeValue.of(200L))
            .add("network.peer.port", AttributeValue.of(random.nextLong(65_536)))
            .add("retry", AttributeValue.of(failed))
            .add("customer", "c" + random.nextInt(10_000))
            .build(),
        events,
        List.of(),
        Span.Dropped.NOTHING,
        Resource.of(
            Attributes.builder()
                .add("service.name", "shop-" + random.nextInt(20))
                .add("k8s.pod.name", "shop-7d9f-" + random.nextInt(100))
                .build()),
        new Scope("io.opentelemetry.tomcat", "2.1.0", Attributes.empty(), 0, ""));
  }

  private static void store(HttpExchange exchange) throws IOException {
    int lines = 0;
    try (InputStream in = exchange.getRequestBody()) {
      for (byte b : in.readAllBytes()) {
        lines += b == '\n' ? 1 : 0;
      }
    }
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    String items = String.join(",", Collections.nCopies(lines / 2, STORED));
    exchange
        .getResponseBody()
        .write(
            ("{\"took\":1,\"errors\":false,\"items\":[" + items + "]}")
                .getBytes(StandardCharsets.US_ASCII));
    exchange.close();
  }
}
