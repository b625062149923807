package io.oriel.wire.elastic;

import io.oriel.model.error.OrielException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// An action line, read with the checks that the engine makes.
final class ActionLine {
  private static final JsonFactory JSON = JsonFactory.builder().build();

  private final JsonParser json;
  private final long line;
  private String index = "";
  private String id = "";
  private String routing = "";
  private String pipeline = "";
  private boolean requireAlias;

  private ActionLine(JsonParser json, long line) {
    this.json = json;
    this.line = line;
  }

  /// @throws OrielException of kind INVALID that names the line
  static BulkAction parse(byte[] bytes, int offset, int length, long line) {
    BulkAction plain = PlainActionLine.parse(bytes, offset, offset + length);
    return plain != null ? plain : parseAny(bytes, offset, length, line);
  }

  /// As {@link #parse}, whatever it looks like.
  static BulkAction parseAny(byte[] bytes, int offset, int length, long line) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
      return new ActionLine(json, line).read();
    } catch (JacksonException e) {
      throw malformed(line, String.valueOf(e.getOriginalMessage()));
    }
  }

  private static OrielException malformed(long line, String why) {
    return OrielException.invalid("Malformed action/metadata line [" + line + "], " + why);
  }

  private OrielException expected(String want, JsonToken got) {
    return malformed(line, "expected " + want + " but found [" + got + "]");
  }

  private BulkAction read() {
    JsonToken token = json.nextToken();
    if (token != JsonToken.START_OBJECT) {
      throw expected("START_OBJECT", token);
    }
    token = json.nextToken();
    if (token != JsonToken.PROPERTY_NAME) {
      throw expected("a name", token);
    }
    String word = json.currentName();
    BulkOp op =
        BulkOp.ofWord(word)
            .orElseThrow(
                () ->
                    malformed(
                        line,
                        "expected field [create], [delete], [index] or [update] but found ["
                            + word
                            + "]"));
    token = json.nextToken();
    if (token != JsonToken.START_OBJECT) {
      throw expected("START_OBJECT", token);
    }
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      parameter(json.currentName(), json.nextToken());
    }
    token = json.nextToken();
    if (token != JsonToken.END_OBJECT) {
      throw expected("one operation", token);
    }
    if (json.nextToken() != null) {
      throw malformed(line, "expected nothing after the operation");
    }
    return new BulkAction(op, index, id, routing, pipeline, requireAlias);
  }

  private void parameter(String name, JsonToken value) {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (!value.isScalarValue()) {
      throw malformed(
          line, "expected a simple value for field [" + name + "] but found [" + value + "]");
    }
    switch (name) {
      case "_index" -> index = json.getString();
      case "_id" -> id = json.getString();
      case "routing", "_routing" -> routing = json.getString();
      case "pipeline" -> pipeline = json.getString();
      case "require_alias" ->
          requireAlias = value == JsonToken.VALUE_TRUE || "true".equals(json.getString());
      case "_type" -> {
        // what clients for version 6 sent; there are no types any more
      }
      default ->
          throw OrielException.invalid(
              "Action/metadata line [" + line + "] contains an unknown parameter [" + name + "]");
    }
  }
}
