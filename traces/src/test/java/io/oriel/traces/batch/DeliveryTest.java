package io.oriel.traces.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.RetryLater;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.trace.Tracer;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.KnownServices;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.SpanItemMaker;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.receive.Protocol;
import io.oriel.traces.receive.SpanIntake;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class DeliveryTest {
  private static final int CAPACITY = 1000;

  /// How the engine is just now.
  private enum Mood {
    WELL,
    BUSY,
    GONE,
    SILENT,
    HALF_BUSY,
    PICKY
  }

  private static final String UNPREPARED = "unprepared";

  private final AtomicReference<Mood> mood = new AtomicReference<>(Mood.WELL);
  private final CountDownLatch answering = new CountDownLatch(1);
  private final CountDownLatch prepared = new CountDownLatch(1);
  private final Set<String> stored = ConcurrentHashMap.newKeySet();
  private final SpanLedger ledger = new SpanLedger();
  private final SpanItemMaker maker =
      new SpanItemMaker(
          new IndexNames("", Rotation.ALIAS),
          TagFields.none(),
          new KnownServices(Duration.ofHours(1)),
          InstantSource.system());
  private final SpanQueue queue =
      new SpanQueue(new SpanQueue.Bounds(CAPACITY, 1 << 20), maker, System::nanoTime);
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final SpanIntake intake =
      new SpanIntake(new SpanIntake.Stamp("", ""), queue, List.of(), ledger, registry);
  private HttpServer server;
  private SearchClient client;
  private Delivery delivery;
  private int made;

  @BeforeEach
  void start(TestInfo test) throws Exception {
    server =
        HttpServer.start(
            HttpServerConfig.on("127.0.0.1:0"),
            new Routes().post("/_bulk", this::bulk),
            new HttpServerMetrics("test", new PrometheusRegistry()));
    client =
        SearchClient.create(
            SearchClientConfig.of(URI.create("http://127.0.0.1:" + server.port())), "test");
    delivery =
        Delivery.start(
            queue,
            client.documents(),
            maker,
            new DeliveryOptions(
                2,
                100,
                100_000,
                Duration.ofMillis(1),
                Duration.ofMillis(1),
                Duration.ofMillis(5),
                Duration.ofMillis(300)),
            new Delivery.Surroundings(
                ledger,
                new DeliveryMetrics(registry, queue, ledger),
                System::nanoTime,
                new SplittableRandom(1),
                Tracer.off(),
                prepared));
    if (!test.getTags().contains(UNPREPARED)) {
      prepared.countDown();
    }
  }

  @AfterEach
  void stop() {
    mood.set(Mood.WELL);
    answering.countDown();
    delivery.close();
    client.close();
    server.close();
  }

  private HttpAnswer bulk(HttpCall call) throws InterruptedException {
    Mood now = mood.get();
    if (now == Mood.BUSY) {
      return HttpAnswer.json(
          429, "{\"error\":{\"type\":\"busy\"}}".getBytes(StandardCharsets.UTF_8));
    }
    if (now == Mood.GONE) {
      return HttpAnswer.text(503, "no");
    }
    if (now == Mood.SILENT) {
      answering.await();
    }
    StringBuilder items = new StringBuilder();
    String[] lines = new String(call.body(), StandardCharsets.UTF_8).split("\n", -1);
    for (int i = 0; i + 1 < lines.length; i += 2) {
      String id = lines[i].replaceAll(".*\"_id\":\"([^\"]*)\".*", "$1");
      boolean busy = now == Mood.HALF_BUSY && i % 4 == 0 && mood.compareAndSet(now, Mood.WELL);
      boolean bad = now == Mood.PICKY && lines[i + 1].contains("\"bad\"");
      int status = busy ? 429 : bad ? 400 : stored.add(id) ? 201 : 200;
      items.append(items.isEmpty() ? "" : ",");
      items.append("{\"index\":{\"_id\":\"").append(id).append("\",\"status\":").append(status);
      items.append(status > 201 ? ",\"error\":{\"type\":\"t\",\"reason\":\"r\"}}}" : "}}");
    }
    return HttpAnswer.json(
        200,
        ("{\"took\":1,\"errors\":false,\"items\":[" + items + "]}")
            .getBytes(StandardCharsets.UTF_8));
  }

  private List<Span> spans(int count, String name) {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      spans.add(
          new Span(
              new TraceId(1, ++made),
              made,
              0,
              "",
              0,
              name,
              SpanKind.SERVER,
              1_700_000_000_000_000_000L,
              1_700_000_000_000_001_000L,
              SpanStatus.UNSET,
              Attributes.empty(),
              List.of(),
              List.of(),
              Span.Dropped.NOTHING,
              Resource.of(Attributes.of("service.name", AttributeValue.of("s"))),
              Scope.NONE));
    }
    return spans;
  }

  private int offer(int count, String name) {
    try {
      intake.take(Protocol.OTLP_GRPC, spans(count, name), 10L * count, 0);
      return count;
    } catch (RetryLater _) {
      return 0;
    }
  }

  private void awaitSettled() {
    while (queue.heldSpans() > 0) {
      Thread.onSpinWait();
    }
  }

  private long storedSpans() {
    return stored.stream().filter(id -> id.contains("_")).count();
  }

  /// What is received is stored, dropped for a reason, or held.
  private void assertBalanced() {
    assertEquals(
        ledger.received(), ledger.stored() + ledger.dropped() + queue.heldSpans(), "identity");
  }

  /// An index that the engine makes by itself has no nested tags and refuses spans for good.
  @Test
  @Tag(UNPREPARED)
  void nothingIsDeliveredBeforeTheEngineHasItsTemplates() throws Exception {
    assertEquals(50, offer(50, "op"));
    Thread.sleep(200);
    assertEquals(Set.of(), stored);
    assertEquals(50, queue.heldSpans());

    prepared.countDown();
    awaitSettled();
    assertEquals(50, storedSpans());
  }

  @Test
  @Tag(UNPREPARED)
  void aStopBeforeThatDropsAndCounts() {
    assertEquals(50, offer(50, "op"));
    delivery.close();
    assertEquals(50, ledger.droppedFor(SpanLedger.Loss.SHUTDOWN));
    assertBalanced();
  }

  @Test
  void underTenTimesItsCapacityItRefusesAndStaysBounded() {
    mood.set(Mood.BUSY);
    int taken = 0;
    for (int i = 0; i < 10 * CAPACITY / 50; i++) {
      taken += offer(50, "op");
      assertTrue(queue.heldSpans() <= CAPACITY);
    }

    assertEquals(CAPACITY, taken);
    assertEquals(9L * CAPACITY, ledger.droppedFor(SpanLedger.Loss.QUEUE_FULL));
    assertBalanced();
    mood.set(Mood.WELL);
    awaitSettled();
    assertEquals(taken, storedSpans());
    assertEquals(50, offer(50, "op"), "takes again without a restart");
    awaitSettled();
    assertBalanced();
  }

  @Test
  void nothingTakenIsLostWhileTheEngineIsGone() {
    mood.set(Mood.GONE);
    int taken = offer(300, "op");
    RetryLater refused =
        assertThrows(
            RetryLater.class, () -> intake.take(Protocol.OTLP_GRPC, spans(800, "op"), 10, 0));
    assertTrue(refused.reason().contains("span queue is full"), refused::reason);
    mood.set(Mood.WELL);
    awaitSettled();

    assertEquals(300, taken);
    assertEquals(300, storedSpans());
    assertEquals(300, ledger.stored());
    assertBalanced();
  }

  @Test
  void onlyItemsThatWereNotTakenAreSentAgain() {
    mood.set(Mood.HALF_BUSY);
    offer(90, "op");
    awaitSettled();

    assertEquals(90, storedSpans());
    assertEquals(90, ledger.stored());
    assertBalanced();
  }

  @Test
  void whatTheEngineWillNeverTakeIsDroppedAndCounted() {
    mood.set(Mood.PICKY);
    offer(5, "bad");
    offer(5, "good");
    awaitSettled();

    assertEquals(5, ledger.droppedFor(SpanLedger.Loss.REFUSED_BY_ENGINE));
    assertEquals(5, ledger.stored());
    assertBalanced();
  }

  @Test
  void aStopDrainsWhatIsHeldAndCountsWhatItCannot() {
    offer(100, "op");
    delivery.close();
    assertEquals(100, ledger.stored());
    assertEquals(0, offer(1, "op"), "refuses while stopping");
    assertBalanced();
  }

  @Test
  void aStopWithoutAnEngineGivesUpInTheEnd() {
    mood.set(Mood.GONE);
    offer(100, "op");
    delivery.close();

    assertEquals(100, ledger.droppedFor(SpanLedger.Loss.SHUTDOWN));
    assertBalanced();
  }

  /// The engine has taken the requests and says nothing; only its answer would end the test.
  @Test
  void aStopDoesNotWaitForAnAnswerThatDoesNotCome() {
    mood.set(Mood.SILENT);
    for (int i = 0; i < 9; i++) {
      offer(100, "op");
    }
    delivery.close();

    assertEquals(900, ledger.droppedFor(SpanLedger.Loss.SHUTDOWN));
    assertEquals(0, queue.heldSpans());
    assertBalanced();
  }
}
