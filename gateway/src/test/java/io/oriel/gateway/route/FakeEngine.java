package io.oriel.gateway.route;

import io.oriel.model.json.JsonWriter;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkOp;
import io.oriel.wire.elastic.BulkReader;
import io.oriel.wire.elastic.FilterPath;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// An engine that keeps documents in a map; a document whose text contains `"refuse":NNN` gets
/// status NNN. Compresses its replies when it may. Thread-safe.
final class FakeEngine implements AutoCloseable {
  private final HttpServer server;

  /** By index and id, in the order in which they came. */
  final Map<String, String> documents = new LinkedHashMap<>();

  /** What the last request wanted to see of the reply. */
  volatile FilterPath lastWanted = FilterPath.ALL;

  /** Headers of the last request. */
  volatile Map<String, String> lastHeaders = Map.of();

  /** The last request's body. */
  volatile String lastBody = "";

  /** The status of whole answers; 200 for real ones. */
  final AtomicInteger status = new AtomicInteger(200);

  /** Whether compressed replies are broken. */
  volatile boolean scrambles;

  final AtomicInteger requests = new AtomicInteger();
  private int made;

  FakeEngine() throws IOException {
    server =
        HttpServer.start(
            HttpServerConfig.on("127.0.0.1:0"),
            new Routes().post("/_bulk", this::bulk),
            new HttpServerMetrics("fake", new PrometheusRegistry()));
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  private synchronized HttpAnswer bulk(HttpCall call) throws IOException {
    requests.incrementAndGet();
    lastHeaders = call.headers();
    lastWanted = FilterPath.of(call.param("filter_path"));
    lastBody = new String(call.body(), StandardCharsets.UTF_8);
    if (status.get() != 200) {
      return HttpAnswer.json(status.get(), "{}".getBytes(StandardCharsets.UTF_8))
          .header("retry-after", "3");
    }
    BulkReader reader = new BulkReader(new ByteArrayInputStream(call.body()), 1 << 24);
    JsonWriter items = new JsonWriter();
    boolean errors = false;
    while (reader.next()) {
      String source =
          new String(
              reader.buffer(),
              reader.sourceStart(),
              reader.sourceEnd() - reader.sourceStart(),
              StandardCharsets.UTF_8);
      int result = store(reader.action(), source);
      errors |= result >= 300;
      item(items, reader.action(), result);
    }
    JsonWriter json = new JsonWriter();
    json.beginObject().name("took").number(1).name("errors").bool(errors);
    json.name("items").beginArray().raw(items).endArray().endObject();
    byte[] reply = lastWanted.apply(json.toBytes());
    if (!call.header("accept-encoding").equals("gzip")) {
      return HttpAnswer.json(200, reply);
    }
    byte[] packed = Compression.GZIP.compress(reply);
    if (scrambles) {
      packed[0]++;
    }
    return HttpAnswer.json(200, packed).header("content-encoding", "gzip");
  }

  private int store(BulkAction action, String source) {
    int wish = source.indexOf("\"refuse\":");
    if (wish >= 0) {
      return Integer.parseInt(source.substring(wish + 9, wish + 12));
    }
    String id = action.id().isEmpty() ? "made-" + made++ : action.id();
    String key = action.index() + "/" + id;
    if (action.op() == BulkOp.CREATE && documents.containsKey(key)) {
      return 409;
    }
    documents.put(key, source);
    return 201;
  }

  private static void item(JsonWriter json, BulkAction action, int result) {
    json.beginObject().name(action.op().word()).beginObject();
    json.name("_index").string(action.index()).name("_id").string(action.id());
    json.name("status").number(result);
    if (result >= 300) {
      json.name("error").beginObject().name("type").string("fake");
      json.name("reason").string("told to").endObject();
    }
    json.endObject().endObject();
  }

  @Override
  public void close() {
    server.close();
  }
}
