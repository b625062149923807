package io.oriel.traces.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.model.json.JsonWriter;
import io.oriel.model.trace.Span;
import io.oriel.testkit.Conformance;
import io.oriel.traces.assemble.Trace;
import io.oriel.traces.index.SpanDecoder;
import io.oriel.traces.index.TagFields;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// Upstream's trace in its own model, and what the UI gets of it. The order of references is not
/// kept: OTLP tells the parent apart from the links.
class UiModelTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void writesWhatUpstreamWrites() throws Exception {
    JsonNode domain = read("domain_01.json");
    List<Span> spans = new ArrayList<>();
    domain.path("spans").forEach(span -> spans.add(DomainSpans.span(span)));
    List<String> warnings = new ArrayList<>();
    domain.path("warnings").forEach(warning -> warnings.add(warning.asString()));
    JsonWriter json = new JsonWriter();
    new UiJson(json).trace(new Trace(spans.getFirst().traceId(), spans), warnings);

    assertEquals(sorted(read("ui_01.json")), sorted(JSON.readTree(json.toBytes())));
  }

  private static JsonNode read(String name) throws IOException {
    return JSON.readTree(Files.readString(Conformance.require("traces/jaeger/ui-model/" + name)));
  }

  private static JsonNode sorted(JsonNode trace) {
    for (JsonNode span : trace.path("spans")) {
      ArrayNode references = (ArrayNode) span.path("references");
      List<JsonNode> all = new ArrayList<>();
      references.forEach(all::add);
      all.sort(Comparator.comparing(JsonNode::toString));
      references.removeAll().addAll(all);
    }
    return trace;
  }

  /// Documents as older versions wrote them, numbers as text, and as newer ones do: read from the
  /// engine they say the same to the UI as upstream's model of them. Tags are in another order, and
  /// an error is a status of OTLP's beside.
  @Test
  void documentsSayWhatTheirModelSays() throws Exception {
    for (String[] pair :
        new String[][] {
          {"es-docs-core/es_01.json", "es-docs-core/domain_01.json"},
          {"ui-model/es_01.json", "ui-model/domain_es_01.json"}
        }) {
      byte[] document = Files.readAllBytes(Conformance.require("traces/jaeger/" + pair[0]));
      Span read = new SpanDecoder(TagFields.none()).decode(document);
      JsonNode model =
          JSON.readTree(Files.readString(Conformance.require("traces/jaeger/" + pair[1])));

      assertEquals(ui(DomainSpans.span(model)), ui(read), pair[0]);
    }
  }

  private static JsonNode ui(Span span) {
    JsonWriter json = new JsonWriter();
    new UiJson(json).trace(new Trace(span.traceId(), List.of(span)), List.of());
    JsonNode trace = sorted(JSON.readTree(json.toBytes()));
    ArrayNode tags = (ArrayNode) trace.at("/spans/0/tags");
    List<JsonNode> all = new ArrayList<>();
    tags.forEach(all::add);
    all.removeIf(tag -> tag.path("key").asString().equals("otel.status_code"));
    all.sort(Comparator.comparing(JsonNode::toString));
    tags.removeAll().addAll(all);
    return trace;
  }
}
