package io.oriel.traces.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.model.error.Kind;
import io.oriel.model.error.RetryLater;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.traces.assemble.Spans;
import io.oriel.traces.batch.SpanBatch;
import io.oriel.traces.batch.SpanLedger;
import io.oriel.traces.batch.SpanSink;
import io.oriel.wire.otlp.OtlpTraces;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OtlpReceiverTest {
  /// A span of one byte that is no field: it can be counted and cannot be read.
  private static final byte[] UNREADABLE = {10, 5, 18, 3, 18, 1, 0x0f};

  private final SpanLedger ledger = new SpanLedger();
  private final Room room = new Room();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  /// Has room or none.
  private static final class Room implements SpanSink {
    private volatile boolean full;
    private final AtomicInteger taken = new AtomicInteger();

    @Override
    public void take(SpanBatch batch) {
      check(batch.size(), batch.bytes());
      taken.addAndGet(batch.size());
    }

    @Override
    public void check(int spans, long bytes) {
      if (full) {
        throw new RetryLater(Kind.LIMITED, Duration.ofSeconds(1), "no room for " + spans);
      }
    }
  }

  @BeforeEach
  void start() throws Exception {
    SpanIntake intake =
        new SpanIntake(
            new SpanIntake.Stamp("", ""), room, List.of(), ledger, new PrometheusRegistry());
    server =
        HttpServer.start(
            HttpServerConfig.on("127.0.0.1:0"),
            new OtlpReceiver(intake, new Bodies(1 << 20, 4)).routes(new Routes()),
            new HttpServerMetrics("test", new PrometheusRegistry()));
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private HttpResponse<String> post(byte[] body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/traces"))
            .header("content-type", "application/x-protobuf")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void spansForWhichThereIsNoRoomAreRefusedAndCountedUnread() throws Exception {
    assertEquals(400, post(UNREADABLE).statusCode());
    assertEquals(0, ledger.received());

    room.full = true;
    HttpResponse<String> refused = post(UNREADABLE);

    assertEquals(429, refused.statusCode());
    assertEquals("1", refused.headers().firstValue("retry-after").orElse(""));
    assertEquals(1, ledger.received());
    assertEquals(1, ledger.droppedFor(SpanLedger.Loss.QUEUE_FULL));
    assertEquals(0, ledger.owed());
  }

  @Test
  void spansAreCountedOnceWhetherRefusedOrTaken() throws Exception {
    byte[] body = OtlpTraces.write(List.of(Spans.of(1, 0, "a", 1, 2), Spans.of(2, 1, "b", 1, 2)));
    room.full = true;
    assertEquals(429, post(body).statusCode());
    room.full = false;
    assertEquals(200, post(body).statusCode());

    assertEquals(2, room.taken.get());
    assertEquals(4, ledger.received());
    assertEquals(2, ledger.droppedFor(SpanLedger.Loss.QUEUE_FULL));
  }
}
