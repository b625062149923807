package io.oriel.logs.api;

import io.oriel.logs.search.LogLine;
import io.oriel.model.json.JsonWriter;

/// A line as the API shows it.
final class LineJson {
  private LineJson() {}

  static void write(LogLine line, JsonWriter json) {
    json.beginObject().name("index").string(line.index()).name("id").string(line.id());
    json.name("document").rawText(line.document());
    if (!line.marked().isEmpty()) {
      json.name("marked").beginObject();
      line.marked()
          .forEach(
              (field, texts) -> {
                json.name(field).beginArray();
                texts.forEach(json::string);
                json.endArray();
              });
      json.endObject();
    }
    json.endObject();
  }
}
