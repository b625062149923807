package io.oriel.wire.elastic;

import io.oriel.model.error.Kind;
import io.oriel.model.json.JsonWriter;

/// A refusal as the engine would write it, so that its clients understand it.
///
/// @param status as of HTTP
/// @param type of the exception, in snake case
public record ElasticError(int status, String type, String reason) {
  /// The error for a failure of {@code kind}.
  public static ElasticError of(Kind kind, String reason) {
    String type =
        switch (kind) {
          case INVALID -> "illegal_argument_exception";
          case NOT_FOUND -> "resource_not_found_exception";
          case UNAUTHENTICATED, FORBIDDEN -> "security_exception";
          case CONFLICT -> "version_conflict_engine_exception";
          case LIMITED -> "es_rejected_execution_exception";
          case UNAVAILABLE, CANCELLED -> "no_shard_available_action_exception";
          case TIMEOUT -> "timeout_exception";
          case CORRUPT, BUG -> "exception";
        };
    return new ElasticError(kind.httpStatus(), type, reason);
  }

  /// The body of an answer that is this error.
  public byte[] toBytes() {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("error").beginObject().name("root_cause").beginArray().beginObject();
    fields(json);
    json.endObject().endArray();
    fields(json);
    json.endObject().name("status").number(status).endObject();
    return json.toBytes();
  }

  /// Writes the item of a bulk reply that says so.
  public void writeItem(BulkAction action, JsonWriter json) {
    json.beginObject().name(action.op().word()).beginObject();
    json.name("_index").string(action.index());
    json.name("_id");
    if (action.id().isEmpty()) {
      json.nothing();
    } else {
      json.string(action.id());
    }
    json.name("status").number(status).name("error").beginObject();
    fields(json);
    json.endObject().endObject().endObject();
  }

  private void fields(JsonWriter json) {
    json.name("type").string(type).name("reason").string(reason);
  }
}
