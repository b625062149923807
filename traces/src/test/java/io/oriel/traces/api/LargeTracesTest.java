package io.oriel.traces.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.http.HttpResult;
import io.oriel.traces.assemble.Spans;
import io.oriel.wire.jaegerquery.JaegerServices;
import io.oriel.wire.otlp.OtlpTraces;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// A trace of 10,008 spans and one of 100,000, over all APIs.
class LargeTracesTest {
  private static final TraceId LARGE = new TraceId(1, 2);
  private static final TraceId HUGE = new TraceId(3, 4);
  private static final int LARGE_SPANS = 10_008;
  private static final int HUGE_SPANS = 100_000;
  private static ApiRig api;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    api = ApiRig.over("api-large");
    long start = ApiRig.NOW - 60_000;
    api.write(many(LARGE, LARGE_SPANS, start));
    api.write(many(HUGE, HUGE_SPANS, start));
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  /// Spans with equal starts and doubled ids, so that a page's edge falls between twins.
  private static List<Span> many(TraceId id, int count, long start) {
    List<Span> spans = new ArrayList<>();
    Span model = Spans.of(1, 0, "loop", start, start + 5);
    for (int i = 0; i < count; i++) {
      spans.add(
          new Span(
              id,
              i / 2 + 1,
              i < 2 ? 0 : 1,
              "",
              0,
              "op-" + i % 3 + (i % 2 == 0 ? "" : "-twin-" + i),
              model.kind(),
              model.startNanos() + i / 1000 * 1000L,
              model.endNanos(),
              model.status(),
              model.attributes(),
              List.of(),
              List.of(),
              model.dropped(),
              model.resource(),
              model.scope()));
    }
    return spans;
  }

  @Test
  void largeTracesComeWholeAndHugeOnesRaw() throws Exception {
    JsonNode large = api.ok("/api/traces/" + LARGE.hex());
    assertEquals(LARGE_SPANS, large.path("data").path(0).path("spans").size());

    HttpResult refused = api.get("/api/traces/" + HUGE.hex());
    assertEquals(429, refused.status());
    assertTrue(refused.text().contains("want at most " + ApiRig.MOST_SPANS), refused::text);
    long seen = 0;
    Set<String> names = new HashSet<>();
    for (JsonNode resource :
        api.ok("/api/v3/traces/" + HUGE.hex(), "raw_traces", "true")
            .path("result")
            .path("resourceSpans")) {
      for (JsonNode span : resource.path("scopeSpans").path(0).path("spans")) {
        seen++;
        names.add(span.path("spanId").asString() + span.path("name").asString());
      }
    }
    assertEquals(HUGE_SPANS, seen);
    assertEquals(HUGE_SPANS, names.size());
  }

  @Test
  void theStorageStreamsAHugeTraceInPieces() throws Exception {
    byte[] id = ByteBuffer.allocate(16).putLong(HUGE.high()).putLong(HUGE.low()).array();
    byte[] params = ApiRig.message(out -> out.writeByteArray(1, id));
    byte[] request = ApiRig.message(out -> out.writeByteArray(1, params));
    long seen = 0;
    List<ByteBuffer> pieces =
        api.stream(JaegerServices.TRACE_READER, JaegerServices.GET_TRACES, request);
    for (ByteBuffer piece : pieces) {
      seen += OtlpTraces.read(piece).spans().size();
    }

    assertEquals(HUGE_SPANS, seen);
    assertEquals(HUGE_SPANS / 1000, pieces.size());
  }
}
