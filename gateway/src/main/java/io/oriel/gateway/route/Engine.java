package io.oriel.gateway.route;

import io.oriel.gateway.quota.EnginePressure;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.elastic.FilterPath;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/// The search engine behind the gateway. Thread-safe.
///
/// A node that does not answer is passed over for a few seconds. Nothing is sent twice: whether a
/// bulk that was not answered was stored, only its sender's ids can tell.
final class Engine {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final long AVOID_NANOS = Duration.ofSeconds(5).toNanos();
  private static final String NDJSON = "application/x-ndjson";
  private static final String OUTCOMES_ONLY = "errors,items.*.error,items.*.status";

  /// What shippers want of a bulk's reply, Filebeat, Logstash and ours: as much as it takes to tell
  /// what became of each item.
  static final FilterPath OUTCOMES = FilterPath.of(OUTCOMES_ONLY);

  /// How the reply to a bulk may come.
  ///
  /// @param path of the request
  record ReplyForm(String path, Compression packing) {
    /// All of it, uncompressed.
    static final ReplyForm PLAIN = new ReplyForm("/_bulk", Compression.NONE);

    /// For a client that wants so much of it and takes it packed so; what the engine cannot leave
    /// out without the gateway missing it comes uncompressed, to be filtered here.
    static ReplyForm of(FilterPath wanted, Compression packing) {
      if (wanted.isAll()) {
        return new ReplyForm(PLAIN.path, packing);
      }
      return wanted.equals(OUTCOMES)
          ? new ReplyForm(PLAIN.path + "?filter_path=" + OUTCOMES_ONLY, packing)
          : PLAIN;
    }
  }

  private final List<URI> nodes;
  private final HttpClient client;
  private final EnginePressure pressure;
  private final LongSupplier nanoTime;
  private final GatewayMetrics metrics;

  /** Whose turn it is; guarded by this, as the two below. */
  private int turn;

  /** When a node may be asked again; one that never failed is below any time. */
  private final long[] avoidUntil;

  private final boolean[] avoided;

  Engine(
      List<URI> nodes,
      HttpClient client,
      EnginePressure pressure,
      LongSupplier nanoTime,
      GatewayMetrics metrics) {
    this.nodes = nodes;
    this.client = client;
    this.pressure = pressure;
    this.nanoTime = nanoTime;
    this.metrics = metrics;
    this.avoidUntil = new long[nodes.size()];
    this.avoided = new boolean[nodes.size()];
  }

  /// Sends the first {@code length} bytes of {@code body}, a bulk. The array must not change until
  /// it is answered.
  ///
  /// @throws OrielException UNAVAILABLE or TIMEOUT when there was no answer
  EngineReply bulk(byte[] body, int length, ReplyForm form)
      throws IOException, InterruptedException {
    int node = choose();
    long start = nanoTime.getAsLong();
    try {
      HttpResult result =
          client.send(
              HttpRequest.post(at(node, form.path()), NDJSON, body, length)
                  .withHeader("accept-encoding", form.packing().word())
                  .withPackedAnswer()
                  .withTimeout(TIMEOUT)
                  .withMaxBodyBytes(EngineReply.MAX_BYTES));
      note(result);
      return EngineReply.of(result);
    } catch (OrielException e) {
      avoid(node);
      if (nodes.size() == 1) {
        var _ = pressure.refused(Duration.ZERO);
      }
      throw e;
    } finally {
      metrics.engine(nanoTime.getAsLong() - start);
    }
  }

  private void note(HttpResult result) {
    if (result.status() == 429 || result.status() == 503) {
      var _ = pressure.refused(retryAfter(result));
    } else {
      pressure.took();
    }
  }

  private static Duration retryAfter(HttpResult result) {
    String text = result.header("retry-after");
    return text.matches("[0-9]{1,4}") ? Duration.ofSeconds(Long.parseLong(text)) : Duration.ZERO;
  }

  /// Whether it answers, and is not red.
  ///
  /// @throws OrielException when it does not
  String health() throws IOException, InterruptedException {
    HttpResult result =
        client.send(
            HttpRequest.get(at(choose(), "/_cluster/health?filter_path=status"))
                .withTimeout(Duration.ofSeconds(5)));
    return result.isSuccess() ? result.text() : "status " + result.status();
  }

  private URI at(int node, String path) {
    String base = nodes.get(node).toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }

  /// The next node that is not avoided; if all are, the next one.
  private synchronized int choose() {
    int first = Math.floorMod(turn++, nodes.size());
    long now = nanoTime.getAsLong();
    for (int i = 0; i < nodes.size(); i++) {
      int node = (first + i) % nodes.size();
      if (!avoided[node] || avoidUntil[node] - now <= 0) {
        return node;
      }
    }
    return first;
  }

  private synchronized void avoid(int node) {
    avoided[node] = true;
    avoidUntil[node] = nanoTime.getAsLong() + AVOID_NANOS;
  }
}
