package io.oriel.app.role.gateway;

import io.oriel.model.json.JsonWriter;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkReader;
import io.oriel.wire.elastic.BulkReply;
import io.oriel.wire.elastic.BulkWriter;
import io.oriel.wire.elastic.ElasticError;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands before a search engine and at times refuses what it is sent, as a busy one does.
/// Thread-safe.
final class MoodyEngine implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 90;

  /// What becomes of bulks.
  enum Mood {
    /** They go on. */
    FINE,
    /** 429. */
    BUSY,
    /** 503. */
    AWAY,
    /** Every other item gets 429, the rest goes on. */
    PICKY
  }

  private final URI engine;
  private final HttpClient client = HttpClient.create(HttpClientConfig.standard(), "moody");
  private final HttpServer server;
  private final AtomicInteger refusals = new AtomicInteger();
  private volatile Mood mood = Mood.FINE;

  MoodyEngine(URI engine) throws IOException {
    this.engine = engine;
    this.server =
        HttpServer.start(
            HttpServerConfig.on("127.0.0.1:0"),
            new Routes().post("/_bulk", this::bulk).get("/_cluster/health", _ -> health()),
            new HttpServerMetrics("moody", new PrometheusRegistry()));
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  void turn(Mood next) {
    refusals.set(0);
    mood = next;
  }

  /// Waits until it has refused something so often in its present mood, then is fine.
  void awaitRefusals(int times) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (refusals.get() < times && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    Mood was = mood;
    mood = Mood.FINE;
    if (refusals.get() < times) {
      throw new AssertionError(was + ": refused " + refusals + " times, want " + times);
    }
  }

  private static HttpAnswer health() {
    return HttpAnswer.json(200, "{\"status\":\"green\"}".getBytes(StandardCharsets.UTF_8));
  }

  private HttpAnswer bulk(HttpCall call) throws IOException, InterruptedException {
    return switch (mood) {
      case FINE -> forward(call.body(), call.header("accept-encoding"));
      case BUSY -> refuse(429);
      case AWAY -> refuse(503);
      case PICKY -> half(call.body());
    };
  }

  private HttpAnswer refuse(int status) {
    refusals.incrementAndGet();
    return HttpAnswer.json(status, "{}".getBytes(StandardCharsets.UTF_8));
  }

  private HttpAnswer forward(byte[] body, String packing) throws IOException, InterruptedException {
    HttpResult result =
        client.send(
            HttpRequest.post(URI.create(engine + "/_bulk"), "application/x-ndjson", body)
                .withHeader("accept-encoding", packing)
                .withPackedAnswer());
    HttpAnswer answer = HttpAnswer.json(result.status(), result.body());
    String packed = result.header("content-encoding");
    return packed.isEmpty() ? answer : answer.header("content-encoding", packed);
  }

  private HttpAnswer half(byte[] body) throws IOException, InterruptedException {
    ByteArrayOutputStream taken = new ByteArrayOutputStream();
    BulkWriter writer = new BulkWriter(taken);
    List<BulkAction> refused = new ArrayList<>();
    BulkReader reader = new BulkReader(new ByteArrayInputStream(body), 1 << 24);
    int count = 0;
    while (reader.next()) {
      if (count++ % 2 == 0) {
        writer.action(reader.action());
        taken.write(
            reader.buffer(), reader.sourceStart(), reader.sourceEnd() - reader.sourceStart());
        taken.write('\n');
      } else {
        refused.add(reader.action());
      }
    }
    HttpResult result =
        client.send(
            HttpRequest.post(
                URI.create(engine + "/_bulk"), "application/x-ndjson", taken.toByteArray()));
    BulkReply reply = BulkReply.parse(result.body());
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    JsonWriter json = new JsonWriter();
    json.beginObject().name("errors").bool(!refused.isEmpty()).name("items").beginArray();
    json.finishTo(answer);
    for (int i = 0; i < count; i++) {
      answer.write(i == 0 ? ' ' : ',');
      if (i % 2 == 0) {
        reply.writeItem(i / 2, answer);
      } else {
        refusals.incrementAndGet();
        new ElasticError(429, "es_rejected_execution_exception", "busy")
            .writeItem(refused.get(i / 2), json);
        json.finishTo(answer);
      }
    }
    answer.write("]}".getBytes(StandardCharsets.UTF_8));
    return HttpAnswer.json(200, answer.toByteArray());
  }

  @Override
  public void close() {
    server.close();
    client.close();
  }
}
