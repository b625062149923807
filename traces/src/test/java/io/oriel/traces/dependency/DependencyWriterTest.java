package io.oriel.traces.dependency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import io.oriel.model.trace.SpanKind;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.template.Retention;
import io.oriel.search.template.ShardPlan;
import io.oriel.traces.assemble.Spans;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.SpanIndices;
import io.oriel.traces.query.SharedEngine;
import io.oriel.traces.query.SpanSources;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DependencyWriterTest {
  private final DependencyTracker tracker = new DependencyTracker(1000);

  private void call(String parent, String child, int times) {
    for (int i = 0; i < times; i++) {
      int id = 2 * (tracker.remembered() + 1);
      tracker.add(Spans.of(id, 0, parent, 0, 10, SpanKind.CLIENT));
      tracker.add(Spans.of(id + 1, id, child, 0, 10, SpanKind.SERVER));
    }
  }

  @ParameterizedTest
  @EnumSource(Rotation.class)
  void incrementsAreSummedUpOverExactlyTheTimeAskedFor(Rotation rotation) throws Exception {
    SearchClient client = SharedEngine.get().client();
    String prefix = "dep-" + rotation.ordinal();
    IndexNames names = new IndexNames(prefix, rotation);
    new SpanIndices(names, new ShardPlan(1, 0)).prepare(client, Retention.spans());
    Instant noon = Instant.now().truncatedTo(java.time.temporal.ChronoUnit.HOURS);
    List<Instant> times = new ArrayList<>(List.of(noon.minusSeconds(86_400), noon));
    times.add(noon.plusSeconds(60));
    InstantSource clock = () -> times.removeFirst();
    DependencyWriter writer = new DependencyWriter(tracker, client.documents(), names, clock);
    call("a", "b", 100);
    assertEquals(100, writer.write());
    call("a", "b", 2);
    call("b", "c", 1);
    assertEquals(3, writer.write());
    call("a", "b", 3);
    assertEquals(3, writer.write());
    assertEquals(0, writer.write(), "nothing for nothing");
    List<String> reading = new SpanSources(List.of(prefix)).targets(SpanSources.Store.DEPENDENCIES);
    client.indices().refresh(reading);

    DependencyStore store = new DependencyStore(client, reading);
    assertEquals(
        List.of(new DependencyLink("a", "b", 5), new DependencyLink("b", "c", 1)),
        store.read(noon.minusSeconds(3600), noon.plusSeconds(60)));
    assertEquals(List.of(), store.read(noon.plusSeconds(61), noon.plusSeconds(90)));
  }

  /// Answers in turn: not there, too busy for the item, there already, never.
  private static final class Moody implements AutoCloseable {
    private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
    private final HttpServer server;

    Moody() throws Exception {
      server =
          HttpServer.start(
              HttpServerConfig.on("127.0.0.1:0"),
              new Routes().post("/_bulk", this::bulk),
              new HttpServerMetrics("test", new PrometheusRegistry()));
    }

    SearchClient client() throws IOException {
      return SearchClient.create(
          SearchClientConfig.of(URI.create("http://127.0.0.1:" + server.port())), "test");
    }

    private HttpAnswer bulk(HttpCall call) {
      bodies.add(new String(call.body(), StandardCharsets.UTF_8));
      if (bodies.size() == 1) {
        return HttpAnswer.text(503, "no");
      }
      int status = bodies.size() == 2 ? 429 : bodies.size() == 3 ? 409 : 400;
      String type = status == 409 ? "version_conflict_engine_exception" : "t";
      return HttpAnswer.json(
          200,
          ("{\"errors\":true,\"items\":[{\"create\":{\"_id\":\"x\",\"status\":"
                  + status
                  + ",\"error\":{\"type\":\""
                  + type
                  + "\",\"reason\":\"r\"}}}]}")
              .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
      server.close();
    }
  }

  private DependencyWriter writer(SearchClient client) {
    return new DependencyWriter(
        tracker,
        client.documents(),
        new IndexNames("p", Rotation.PERIODIC),
        InstantSource.system());
  }

  @Test
  void whatWasNotTakenIsSentAgainAsItWasAndNothingElseMeanwhile() throws Exception {
    try (Moody engine = new Moody();
        SearchClient client = engine.client()) {
      DependencyWriter writer = writer(client);
      call("a", "b", 7);
      assertThrows(OrielException.class, writer::write);
      call("a", "b", 4);
      assertThrows(OrielException.class, writer::write);
      assertEquals(7, writer.pendingCalls());
      assertEquals(7, writer.write(), "it was there already");
      assertEquals(0, writer.pendingCalls());

      assertEquals(engine.bodies.get(0), engine.bodies.get(1));
      assertEquals(engine.bodies.get(0), engine.bodies.get(2));
      assertTrue(engine.bodies.get(0).contains("\"callCount\":7"), engine.bodies::toString);

      OrielException never = assertThrows(OrielException.class, writer::write);
      assertEquals(io.oriel.model.error.Kind.INVALID, never.kind());
      assertTrue(engine.bodies.getLast().contains("\"callCount\":4"), engine.bodies::toString);
      assertEquals(0, writer.pendingCalls(), "it is given up");
    }
  }

  @Test
  void nothingIsWrittenBeforeTheEngineHasItsTemplates() throws Exception {
    CountDownLatch prepared = new CountDownLatch(1);
    PrometheusRegistry registry = new PrometheusRegistry();
    try (Moody engine = new Moody();
        SearchClient client = engine.client()) {
      DependencyWriter writer = writer(client);
      call("a", "b", 7);
      try (DependencyFeed _ =
          DependencyFeed.start(tracker, writer, Duration.ofMillis(10), prepared, registry)) {
        await(() -> failures(registry) > 2);
        assertEquals(List.of(), engine.bodies);
        prepared.countDown();
        await(() -> !engine.bodies.isEmpty());
        assertTrue(engine.bodies.getFirst().contains("\"callCount\":7"), engine.bodies::toString);
      }
    }
  }

  private static double failures(PrometheusRegistry registry) {
    return registry.scrape().stream()
        .filter(CounterSnapshot.class::isInstance)
        .map(CounterSnapshot.class::cast)
        .filter(one -> one.getMetadata().getName().endsWith("dependency_write_failures"))
        .flatMap(one -> one.getDataPoints().stream())
        .filter(point -> "unavailable".equals(point.getLabels().get("reason")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  private static void await(BooleanSupplier reached) throws InterruptedException {
    for (int i = 0; i < 1_000 && !reached.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
    assertTrue(reached.getAsBoolean(), "not within ten seconds");
  }
}
