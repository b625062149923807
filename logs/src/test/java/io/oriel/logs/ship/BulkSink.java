package io.oriel.logs.ship;

import io.oriel.logs.parse.FieldTree;
import io.oriel.logs.parse.JsonTree;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.elastic.BulkReader;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A bulk endpoint in memory that keeps every document by its id, in the order of arrival, and can
/// lose answers, refuse items, refuse requests, and go away and come back on the same port.
final class BulkSink implements AutoCloseable {
  private final Map<String, Stored> documents = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final Map<String, Integer> deliveries = new LinkedHashMap<>();
  private Faults faults = Faults.none();
  private SplittableRandom random = new SplittableRandom(1);
  private @Nullable HttpServer server;
  private int port;
  private long requests;

  record Stored(String index, String id, String json) {
    Map<String, Object> fields() {
      return JsonTree.parse(json).object().orElseThrow();
    }

    String message() {
      return at("message");
    }

    /// The field at {@code path} as text; `null` when there is none.
    String at(String path) {
      return String.valueOf(FieldTree.get(fields(), path));
    }
  }

  /// In thousandths, how often something goes wrong.
  ///
  /// @param maxBytes larger requests are refused with 413
  record Faults(
      int lostAnswers, int busy, int failing, int itemBusy, int itemRefused, int maxBytes) {
    static Faults none() {
      return new Faults(0, 0, 0, 0, 0, Integer.MAX_VALUE);
    }
  }

  synchronized void faults(Faults now, SplittableRandom dice) {
    faults = now;
    random = dice;
  }

  synchronized void start() throws IOException {
    Routes routes = new Routes().post("/_bulk", this::bulk);
    server =
        HttpServer.start(
            HttpServerConfig.on("127.0.0.1:" + port),
            routes,
            new HttpServerMetrics("sink", new PrometheusRegistry()));
    port = server.port();
  }

  synchronized URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  void stop() {
    HttpServer running;
    synchronized (this) {
      running = server;
      server = null;
    }
    if (running != null) {
      running.close();
    }
  }

  private synchronized boolean happens(int thousandths) {
    return random.nextInt(1000) < thousandths;
  }

  private HttpAnswer bulk(HttpCall call) throws IOException {
    byte[] body =
        Compression.ofWord(call.header("content-encoding")).decompress(call.body(), 1 << 30);
    synchronized (this) {
      requests++;
      if (body.length > faults.maxBytes) {
        return HttpAnswer.text(413, "too large");
      }
      if (happens(faults.busy)) {
        return HttpAnswer.text(429, "busy").header("retry-after", "0");
      }
      if (happens(faults.failing)) {
        return HttpAnswer.text(503, "failing");
      }
      byte[] reply = store(body);
      if (happens(faults.lostAnswers)) {
        return HttpAnswer.text(502, "answer lost");
      }
      return HttpAnswer.json(200, reply);
    }
  }

  private byte[] store(byte[] body) throws IOException {
    StringBuilder items = new StringBuilder();
    boolean errors = false;
    BulkReader in = new BulkReader(new ByteArrayInputStream(body), 64 << 20);
    while (in.next()) {
      String json =
          new String(
              in.buffer(),
              in.sourceStart(),
              in.sourceEnd() - in.sourceStart(),
              StandardCharsets.UTF_8);
      String id = in.action().id();
      int status;
      if (happens(faults.itemBusy)) {
        status = 429;
      } else if (json.contains("POISON") || happens(faults.itemRefused)) {
        status = 400;
      } else if (documents.containsKey(id)) {
        status = 409;
      } else {
        documents.put(id, new Stored(in.action().index(), id, json));
        status = 201;
      }
      if (JsonTree.parse(json).object().isEmpty()) {
        problems.add("not JSON: " + json);
      }
      if (status != 429) {
        deliveries.merge(id, 1, Integer::sum);
      }
      errors |= status > 201;
      items.append(items.isEmpty() ? "" : ",").append("{\"create\":{\"status\":").append(status);
      if (status > 201) {
        items
            .append(",\"error\":{\"type\":\"")
            .append(status == 400 ? "mapper_parsing_exception" : "x")
            .append("\",\"reason\":\"r\"}");
      }
      items.append("}}");
    }
    return ("{\"errors\":" + errors + ",\"items\":[" + items + "]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  synchronized List<Stored> documents() {
    return new ArrayList<>(documents.values());
  }

  synchronized int count() {
    return documents.size();
  }

  synchronized List<String> problems() {
    return List.copyOf(problems);
  }

  synchronized long requests() {
    return requests;
  }

  /// Waits until so many documents are there.
  void await(int count, long seconds) throws InterruptedException {
    long deadline = System.nanoTime() + seconds * 1_000_000_000L;
    while (count() < count && System.nanoTime() < deadline) {
      Thread.onSpinWait();
      synchronized (this) {
        wait(5);
      }
    }
  }

  @Override
  public void close() {
    stop();
  }
}
