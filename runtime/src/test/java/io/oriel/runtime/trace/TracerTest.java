package io.oriel.runtime.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracerTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final List<String> sent = Collections.synchronizedList(new ArrayList<>());

  private Tracer all() {
    return Tracer.start(
        "oriel-test", 1, json -> sent.add(new String(json, StandardCharsets.UTF_8)), registry);
  }

  private static Map<String, String> carried() {
    Map<String, String> headers = new TreeMap<>();
    ActiveSpan.current().ifPresent(span -> span.carry(headers::put));
    return headers;
  }

  private static String parent() {
    return carried().getOrDefault("traceparent", "");
  }

  private double count(String name) {
    return registry.scrape().stream()
        .filter(metric -> metric.getMetadata().getName().equals(name))
        .flatMap(metric -> ((CounterSnapshot) metric).getDataPoints().stream())
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  @Test
  void goesOnWithTheCallersTrace() {
    String header;
    try (Tracer tracer = all()) {
      header =
          tracer.serve(
              "GET /x",
              PARENT,
              "ot=th:8;rv:ffffffffffffff,other=1",
              span -> {
                span.set("k", "v");
                assertEquals("ot=th:8;rv:ffffffffffffff,other=1", carried().get("tracestate"));
                return parent();
              });
    }

    assertTrue(header.matches("00-" + TRACE + "-[0-9a-f]{16}-01"), header);
    assertTrue(!header.contains("00f067aa0ba902b7"), "the span is a new one");
    String json = sent.getFirst();
    assertTrue(json.contains("\"traceId\":\"" + TRACE + "\""), json);
    assertTrue(json.contains("\"spanId\":\"" + header.substring(36, 52) + "\""), json);
    assertTrue(json.contains("\"parentSpanId\":\"00f067aa0ba902b7\""), json);
    assertTrue(json.contains("\"stringValue\":\"oriel-test\""), json);
    assertEquals(1, count("oriel_tracing_spans_sent"));
    assertTrue(ActiveSpan.current().isEmpty());
  }

  @Test
  void whatTheCallerDidNotSampleIsCarriedOnAndNotRecorded() {
    try (Tracer tracer = all()) {
      String header = tracer.serve("x", PARENT.replaceAll("01$", "00"), "", _ -> parent());

      assertTrue(header.startsWith("00-" + TRACE) && header.endsWith("-00"), header);
    }
    assertEquals(List.of(), sent);
  }

  @Test
  void oneThatIsOffHandsContextsOn() {
    String header = Tracer.off().serve("x", PARENT, "", _ -> parent());

    assertTrue(header.startsWith("00-" + TRACE), header);
    assertTrue(
        Tracer.off().work("y", _ -> parent()).endsWith("-02"), "what begins here is not sampled");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
        "0000000000000000000000000000000000000000000000000000000"
      })
  void headersThatAreNoneBeginATraceOfTheirOwn(String header) {
    try (Tracer tracer = all()) {
      String own = tracer.serve("x", header, "", _ -> parent());

      assertTrue(own.matches("00-[0-9a-f]{32}-[0-9a-f]{16}-03"), own);
      assertTrue(!own.contains(TRACE), own);
    }
  }

  @Test
  void aLaterVersionIsReadAsFarAsItIsKnown() {
    String later = PARENT.replaceAll("^00", "01") + "-what-comes";
    String header = Tracer.off().serve("x", later, "", _ -> parent());

    assertTrue(header.startsWith("00-" + TRACE), header);
  }

  @Test
  void aQuarterOfTheTracesIsRecordedAndSaysWhatItStandsFor() {
    int recorded = 0;
    try (Tracer tracer = Tracer.start("s", 0.25, _ -> {}, registry)) {
      for (int i = 0; i < 4_000; i++) {
        Map<String, String> headers = tracer.work("w", _ -> carried());
        boolean sampled = headers.getOrDefault("traceparent", "").endsWith("-03");
        recorded += sampled ? 1 : 0;
        assertEquals(sampled ? "ot=th:c" : "", headers.getOrDefault("tracestate", ""));
      }
    }
    assertTrue(recorded > 800 && recorded < 1_200, "got " + recorded);
  }

  @Test
  void threadsMadeMeanwhileAndWorkInsideAreOfTheSameTrace() throws Exception {
    try (Tracer tracer = all();
        ExecutorService fanOut = Executors.newVirtualThreadPerTaskExecutor()) {
      String there = tracer.serve("x", PARENT, "", _ -> fanOut.submit(() -> parent()).get());
      assertTrue(there.startsWith("00-" + TRACE), there);
      String inside = tracer.serve("x", PARENT, "", _ -> tracer.work("y", _ -> parent()));
      assertTrue(inside.startsWith("00-" + TRACE), inside);
    }
  }

  @Test
  void failuresAreToldAndThrown() {
    try (Tracer tracer = all()) {
      IOException thrown =
          assertThrows(
              IOException.class,
              () ->
                  tracer.<Object, IOException>work(
                      "w",
                      _ -> {
                        throw new IOException("broken");
                      }));
      assertEquals("broken", thrown.getMessage());
    }
    assertTrue(
        sent.getFirst().contains("\"status\":{\"code\":2,\"message\":\"broken\"}"), sent::toString);
  }

  @Test
  void whatDoesNotFitOrIsNotTakenIsDroppedAndCounted() {
    try (Tracer tracer =
        Tracer.start(
            "s",
            1,
            _ -> {
              throw new IOException("away");
            },
            registry)) {
      for (int i = 0; i < 10_000; i++) {
        Object _ = tracer.work("w", span -> span);
      }
    }
    assertEquals(10_000, count("oriel_tracing_spans_dropped"));
    assertEquals(0, count("oriel_tracing_spans_sent"));
  }

  @Test
  void oneCallThroughTwoServersIsOneTrace() throws Exception {
    HttpServerMetrics metrics = new HttpServerMetrics("test", new PrometheusRegistry());
    try (Tracer tracer = all();
        HttpClient client = HttpClient.create(HttpClientConfig.standard(), "test");
        HttpServer back =
            HttpServer.start(
                HttpServerConfig.on("127.0.0.1:0"),
                new Routes()
                    .get("/leaf", _ -> HttpAnswer.text(503, "no\n"))
                    .get("/metrics", _ -> HttpAnswer.text(200, carried() + "\n"))
                    .traced(tracer),
                metrics);
        HttpServer front =
            HttpServer.start(
                HttpServerConfig.on("127.0.0.1:0"),
                new Routes()
                    .get("/root/{x}", _ -> HttpAnswer.text(200, get(client, back.port(), "/leaf")))
                    .traced(tracer),
                new HttpServerMetrics("front", new PrometheusRegistry()))) {
      assertEquals("no\n", get(client, front.port(), "/root/7"));
      assertEquals("{}\n", get(client, back.port(), "/metrics"), "scrapes are no traces");
    }
    String json = sent.toString();
    assertTrue(json.contains("\"name\":\"GET /root/{x}\""), json);
    assertTrue(json.contains("\"name\":\"GET /leaf\""), json);
    assertTrue(json.contains("\"message\":\"status 503\""), json);
    String traces = json.replaceAll("(?s).*?\"traceId\":\"([0-9a-f]{32})\"", "$1 ");
    assertEquals(traces.substring(0, 32), traces.substring(33, 65), json);
  }

  private static String get(HttpClient client, int port, String path) throws Exception {
    return client.send(HttpRequest.get(URI.create("http://127.0.0.1:" + port + path))).text();
  }

  @Test
  void ratiosOutOfRangeAreRefused() {
    for (double ratio : new double[] {0, -1, 1.5, Double.NaN}) {
      assertThrows(
          OrielException.class, () -> Tracer.start("s", ratio, _ -> {}, new PrometheusRegistry()));
    }
  }
}
