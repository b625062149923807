package io.oriel.search.client;

import io.oriel.model.json.JsonWriter;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the engine's answers.
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  static JsonNode read(byte[] body) {
    return MAPPER.readTree(body);
  }

  static byte[] bytes(JsonNode node) {
    return MAPPER.writeValueAsBytes(node);
  }

  static byte[] write(Consumer<JsonWriter> content) {
    JsonWriter json = new JsonWriter();
    content.accept(json);
    return json.toBytes();
  }

  /// Writes a tree through a writer of ours.
  static void copy(JsonNode node, JsonWriter json) {
    if (node.isObject()) {
      json.beginObject();
      node.properties()
          .forEach(
              property -> {
                json.name(property.getKey());
                copy(property.getValue(), json);
              });
      json.endObject();
    } else if (node.isArray()) {
      json.beginArray();
      node.forEach(element -> copy(element, json));
      json.endArray();
    } else if (node.isString()) {
      json.string(node.asString());
    } else if (node.isBoolean()) {
      json.bool(node.asBoolean());
    } else if (node.isIntegralNumber()) {
      json.number(node.asLong());
    } else if (node.isNumber()) {
      json.number(node.asDouble());
    } else {
      json.nothing();
    }
  }
}
