package io.oriel.traces.index;

import io.oriel.model.json.JsonWriter;
import java.nio.charset.StandardCharsets;

/// The mappings of Jaeger's index templates.
final class Mappings {
  private final JsonWriter json = new JsonWriter(4096);

  private Mappings() {}

  static String spans() {
    return new Mappings().spanMapping();
  }

  static String services() {
    return new Mappings().serviceMapping();
  }

  /// Nothing but what documents bring; so upstream.
  static String anything() {
    return "{}";
  }

  private String spanMapping() {
    json.beginObject().name("dynamic_templates").beginArray();
    keywords("span_tags_map", "tag.*");
    keywords("process_tags_map", "process.tag.*");
    keywords("scope_tags_map", "scopeTag.*");
    json.endArray().name("properties").beginObject();
    for (String name : new String[] {"traceID", "parentSpanID", "spanID", "operationName"}) {
      keyword(name);
    }
    type("startTime", "long");
    json.name("startTimeMillis").beginObject().name("type").string("date");
    json.name("format").string("epoch_millis").endObject();
    type("duration", "long");
    type("flags", "integer");
    nested("logs");
    type("timestamp", "long");
    tags("fields");
    endNested();
    json.name("process").beginObject().name("properties").beginObject();
    keyword("serviceName");
    type("tag", "object");
    tags("tags");
    json.endObject().endObject();
    nested("references");
    for (String name : new String[] {"refType", "traceID", "spanID", "traceState"}) {
      keyword(name);
    }
    type("flags", "integer");
    tags("tags");
    endNested();
    type("tag", "object");
    tags("tags");
    type("scopeTag", "object");
    tags("scopeTags");
    json.endObject().endObject();
    return text();
  }

  private String serviceMapping() {
    json.beginObject().name("dynamic_templates").beginArray();
    keywords("span_tags_map", "tag.*");
    keywords("process_tags_map", "process.tag.*");
    json.endArray().name("properties").beginObject();
    keyword("serviceName");
    keyword("operationName");
    json.endObject().endObject();
    return text();
  }

  private String text() {
    return new String(json.toBytes(), StandardCharsets.UTF_8);
  }

  private void keywords(String name, String path) {
    json.beginObject().name(name).beginObject();
    json.name("mapping");
    keywordType();
    json.name("path_match").string(path).endObject().endObject();
  }

  private void keyword(String name) {
    json.name(name);
    keywordType();
  }

  private void keywordType() {
    json.beginObject().name("type").string("keyword").name("ignore_above").number(256).endObject();
  }

  private void type(String name, String type) {
    json.name(name).beginObject().name("type").string(type).endObject();
  }

  private void nested(String name) {
    json.name(name).beginObject().name("type").string("nested").name("dynamic").bool(false);
    json.name("properties").beginObject();
  }

  private void endNested() {
    json.endObject().endObject();
  }

  private void tags(String name) {
    nested(name);
    keyword("key");
    keyword("value");
    keyword("type");
    endNested();
  }
}
