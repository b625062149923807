package io.oriel.traces.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.search.template.ShardPlan;
import io.oriel.search.template.StoreTemplate;
import io.oriel.testkit.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SpanIndicesTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Upstream's template with its placeholders filled in, and without its conditional parts.
  private static JsonNode upstream(String kind) throws IOException {
    String text =
        Files.readString(
                Conformance.require("traces/jaeger/es-index-templates/jaeger-" + kind + ".json"))
            .replaceAll("(?s)\\{\\{- if \\.UseILM ?}}\\s*\"aliases\".*?\\{\\{- end ?}}", "")
            .replaceAll("(?s)\\{\\{- if \\.UseILM }},.*?\\{\\{- end }}\\s*\\{\\{- end }}", "")
            .replaceAll("\\{\\{ \\.(Shards|Replicas) }}", "1");
    return JSON.readTree(text);
  }

  @Test
  void mappingsAndSettingsAreThoseOfJaegersTemplates() throws IOException {
    SpanIndices store = new SpanIndices(new IndexNames("", Rotation.PERIODIC), new ShardPlan(1, 1));
    for (StoreTemplate template : store.templates()) {
      JsonNode wanted = upstream(template.name().substring("jaeger-".length()));

      assertEquals(wanted.get("mappings"), JSON.readTree(template.mappings()), template.name());
      wanted
          .get("settings")
          .properties()
          .forEach(
              setting ->
                  assertEquals(
                      setting.getValue().asString(),
                      template.settings().get(setting.getKey()),
                      template.name() + " " + setting.getKey()));
    }
  }

  @Test
  void namesAreJaegers() {
    long now = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
    long start = now * 1_000_000;
    IndexNames plain = new IndexNames("", Rotation.PERIODIC);
    IndexNames prefixed = new IndexNames("jaeger-prod-", Rotation.ALIAS);
    IndexNames stream = new IndexNames("prod", Rotation.DATA_STREAM);

    assertEquals("jaeger-span-2026-03-01", plain.spans(start, now));
    assertEquals("jaeger-service-2026-02-28", plain.services(start - 86_400_000_000_000L, now));
    assertEquals("jaeger-span-2026-02-22", plain.spans(0, now), "not an index for every day");
    assertEquals("jaeger-span-2026-03-02", plain.spans(Long.MAX_VALUE, now));
    assertEquals("jaeger-prod-jaeger-span-write", prefixed.spans(start, now));
    assertEquals("jaeger-prod-jaeger-service-read", prefixed.reading("service"));
    assertEquals("prod.jaeger.spans", stream.spans(start, now));
    assertEquals("jaeger-span-*", plain.reading("span"));
  }
}
