package io.oriel.traces.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.testkit.Conformance;
import io.oriel.traces.assemble.Spans;
import io.oriel.traces.index.TagFields;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Upstream's recorded queries for one tag, put to the engine as they are, find what our search for
/// that tag finds: over tags of spans, of processes and of events.
class RecordedTagQueriesTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long NOW = Instant.parse("2026-11-27T12:00:00Z").toEpochMilli();
  private static final List<String> VALUES =
      List.of("spook", "spo", "spoon", "spo*", "xspook", "spook ", "Spook");

  /// Each value as a tag of a span, of its process and of an event, in traces of their own.
  private static List<Span> spans() {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < VALUES.size(); i++) {
      Attributes tag = Attributes.of("bat.foo", AttributeValue.of(VALUES.get(i)));
      Span plain = Spans.of(1, 0, "shop", NOW - 1_000, NOW - 900);
      spans.add(Spans.in(new TraceId(1, i + 1), plain, 1, 0).withAttributes(tag));
      spans.add(
          Spans.in(new TraceId(2, i + 1), plain, 1, 0)
              .withResource(
                  Resource.of(
                      Attributes.builder().add("service.name", "shop").addAll(tag).build())));
      SpanEvent event = new SpanEvent(plain.startNanos(), "", tag, 0);
      spans.add(Spans.in(new TraceId(3, i + 1), plain, 1, 0).withLists(List.of(event), List.of()));
    }
    return spans;
  }

  @ParameterizedTest
  @CsvSource({"query_01, spook, 3", "query_02, spo.*, 15", "query_03, spo\\*, 3"})
  void findsWhatTheRecordedQueryFinds(String file, String wanted, int traces) throws Exception {
    for (TagFields fields : List.of(TagFields.none(), TagFields.everything())) {
      String prefix = "tagquery-" + fields.equals(TagFields.none());
      SharedEngine engine = SharedEngine.get();
      engine.write(prefix, fields, spans());
      TraceStore store =
          new TraceStore(
              engine.client(),
              new SpanSources(List.of(prefix)),
              fields,
              InstantSource.fixed(Instant.ofEpochMilli(NOW)));

      Set<String> ours = new TreeSet<>();
      TimeWindow window = new TimeWindow((NOW - 60_000) * 1000, NOW * 1000);
      store
          .find(TraceQuery.during(window, 100).tagged(Map.of("bat.foo", wanted)))
          .forEach(found -> ours.add(found.id().hex()));

      assertEquals(recorded(file, engine.uri(), prefix), ours, prefix);
      assertEquals(traces, ours.size(), ours::toString);
    }
  }

  private static Set<String> recorded(String file, URI engine, String prefix) throws Exception {
    String query =
        Files.readString(Conformance.require("traces/jaeger/es-docs-core/" + file + ".json"));
    try (HttpClient http = HttpClient.create(HttpClientConfig.standard(), "test")) {
      HttpResult result =
          http.send(
              HttpRequest.post(
                  URI.create(engine + "/" + prefix + "-jaeger-span-*/_search?size=100"),
                  "application/json",
                  ("{\"query\":" + query + "}").getBytes(StandardCharsets.UTF_8)));
      assertEquals(200, result.status(), result::text);
      Set<String> ids = new TreeSet<>();
      for (JsonNode hit : JSON.readTree(result.text()).path("hits").path("hits")) {
        ids.add(TraceId.ofHex(hit.path("_source").path("traceID").asString()).hex());
      }
      return ids;
    }
  }
}
