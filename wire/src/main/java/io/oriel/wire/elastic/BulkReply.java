package io.oriel.wire.elastic;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The answer to a bulk request, its items in the order in which they were sent. Immutable.
public final class BulkReply {
  private static final JsonFactory JSON = JsonFactory.builder().build();

  private final byte[] body;
  private final List<BulkItem> items = new ArrayList<>();
  private final List<Integer> bounds = new ArrayList<>();
  private long tookMillis;
  private boolean errors;

  private BulkReply(byte[] body) {
    this.body = body;
  }

  /// Reads a reply with status 200.
  ///
  /// @param body must not change afterwards
  /// @throws OrielException of kind UNAVAILABLE when it is no such reply: nothing is known about
  ///   the items then
  public static BulkReply parse(byte[] body) {
    BulkReply reply = new BulkReply(body);
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
      reply.read(json);
      return reply;
    } catch (JacksonException e) {
      throw malformed(String.valueOf(e.getOriginalMessage()));
    }
  }

  private static OrielException malformed(String why) {
    return new OrielException(Kind.UNAVAILABLE, "bulk reply is not one: " + why);
  }

  private void read(JsonParser json) {
    expect(json.nextToken(), JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      switch (name) {
        case "took" -> tookMillis = json.getValueAsLong();
        case "errors" -> errors = value == JsonToken.VALUE_TRUE;
        case "items" -> items(json, value);
        default -> json.skipChildren();
      }
    }
  }

  private static void expect(JsonToken got, JsonToken want) {
    if (got != want) {
      throw malformed("got " + got + ", want " + want);
    }
  }

  private void items(JsonParser json, JsonToken first) {
    expect(first, JsonToken.START_ARRAY);
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      expect(token, JsonToken.START_OBJECT);
      bounds.add((int) json.currentTokenLocation().getByteOffset());
      expect(json.nextToken(), JsonToken.PROPERTY_NAME);
      String word = json.currentName();
      BulkOp op = BulkOp.ofWord(word).orElseThrow(() -> malformed("unknown operation " + word));
      expect(json.nextToken(), JsonToken.START_OBJECT);
      items.add(item(json, op));
      expect(json.nextToken(), JsonToken.END_OBJECT);
      bounds.add((int) json.currentTokenLocation().getByteOffset() + 1);
    }
  }

  private static BulkItem item(JsonParser json, BulkOp op) {
    String index = "";
    String id = "";
    int status = 0;
    String[] error = {"", ""};
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      switch (name) {
        case "_index" -> index = json.getValueAsString("");
        case "_id" -> id = json.getValueAsString("");
        case "status" -> status = json.getValueAsInt();
        case "error" -> error(json, value, error);
        default -> json.skipChildren();
      }
    }
    if (status == 0) {
      throw malformed("an item without a status");
    }
    return new BulkItem(op, index, id, status, error[0], error[1]);
  }

  /// An error is an object; the engines of old sent a text.
  private static void error(JsonParser json, JsonToken value, String[] into) {
    if (value != JsonToken.START_OBJECT) {
      into[0] = "error";
      into[1] = json.getValueAsString("");
      return;
    }
    String cause = "";
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      JsonToken token = json.nextToken();
      switch (name) {
        case "type" -> into[0] = json.getValueAsString("");
        case "reason" -> into[1] = json.getValueAsString("");
        case "caused_by" -> {
          if (token == JsonToken.START_OBJECT) {
            String[] inner = {"", ""};
            error(json, token, inner);
            cause = inner[1];
          }
        }
        default -> json.skipChildren();
      }
    }
    if (!cause.isEmpty() && !into[1].contains(cause)) {
      into[1] = into[1] + ": " + cause;
    }
  }

  /// How long the engine says it took.
  public long tookMillis() {
    return tookMillis;
  }

  /// Whether any item failed, as the reply says.
  public boolean hasErrors() {
    return errors;
  }

  /// In the order of the request.
  public List<BulkItem> items() {
    return List.copyOf(items);
  }

  /// Writes item {@code i} as the engine wrote it.
  public void writeItem(int i, OutputStream out) throws IOException {
    int start = bounds.get(2 * i);
    out.write(body, start, bounds.get(2 * i + 1) - start);
  }

  @Override
  public String toString() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
