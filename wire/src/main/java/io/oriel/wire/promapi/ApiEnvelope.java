package io.oriel.wire.promapi;

import io.oriel.model.json.JsonWriter;
import io.oriel.model.series.Warning;
import java.util.List;
import java.util.function.Consumer;

/// Encodes answers of the Prometheus HTTP API v1.
public final class ApiEnvelope {
  private ApiEnvelope() {}

  /// `{"status":"success","data":…}` with what {@code data} writes.
  public static byte[] success(Consumer<JsonWriter> data) {
    return success(data, List.of());
  }

  /// The same, with {@code notes} as `warnings` and `infos`.
  public static byte[] success(Consumer<JsonWriter> data, List<Warning> notes) {
    JsonWriter json = new JsonWriter(4 << 10);
    data.accept(json);
    return success(json, notes);
  }

  /// The same, around {@code data} that is written already.
  public static byte[] success(JsonWriter data, List<Warning> notes) {
    JsonWriter json = new JsonWriter(data.size() + 256);
    begin(json).raw(data);
    end(json, notes);
    return json.toBytes();
  }

  /// Writes everything in front of the data of an answer that is written piece by piece.
  public static JsonWriter begin(JsonWriter json) {
    return json.beginObject().name("status").string("success").name("data");
  }

  /// Writes everything behind the data.
  public static void end(JsonWriter json, List<Warning> notes) {
    notes(json, "warnings", notes, Warning.Level.WARNING);
    notes(json, "infos", notes, Warning.Level.INFO);
    json.endObject();
  }

  private static void notes(
      JsonWriter json, String name, List<Warning> notes, Warning.Level level) {
    List<String> texts =
        notes.stream().filter(note -> note.level() == level).map(Warning::text).distinct().toList();
    if (!texts.isEmpty()) {
      json.name(name).beginArray();
      texts.forEach(json::string);
      json.endArray();
    }
  }

  /// `{"status":"error","errorType":…,"error":…}`.
  public static byte[] error(ApiError type, String message) {
    return new JsonWriter()
        .beginObject()
        .name("status")
        .string("error")
        .name("errorType")
        .string(type.word())
        .name("error")
        .string(message)
        .endObject()
        .toBytes();
  }
}
