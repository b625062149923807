package io.oriel.logs.enrich;

import io.oriel.logs.parse.FieldTree;
import io.oriel.logs.parse.JsonTree;
import io.oriel.logs.parse.LogEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `decode_json_fields`: objects in place of texts that hold one.
///
/// @param fields that hold a text
/// @param target where the decoded fields go: empty for the top, none for the field itself
/// @param depth how many times texts within texts are decoded, the outermost included
/// @param expand whether dots in keys make objects
/// @param documentId the key whose text becomes the document's id; empty for none
/// @param overwrite whether fields that are there give way at the top
/// @param errorKey whether what cannot be decoded says so in `error`
public record DecodeJson(
    List<String> fields,
    Optional<String> target,
    int depth,
    boolean expand,
    String documentId,
    boolean overwrite,
    boolean errorKey) {
  public DecodeJson {
    fields = List.copyOf(fields);
  }

  /// The processor that does it.
  public Processor processor() {
    return Processor.of(
        "decode_json_fields",
        false,
        event -> {
          for (String field : fields) {
            if (event.field(field) instanceof String text) {
              decode(event, field, text);
            }
          }
          return true;
        });
  }

  private void decode(LogEvent event, String field, String text) {
    JsonTree.Parsed parsed = JsonTree.parse(text);
    if (parsed.object().isEmpty()) {
      if (errorKey) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", "parsing input as JSON: " + parsed.error());
        error.put("type", "json");
        error.put("data", text);
        error.put("field", field);
        event.merge(Map.of("error", error), true);
      }
      return;
    }
    Map<String, Object> object = inner(parsed.object().get(), depth);
    if (expand) {
      object = FieldTree.expand(object);
    }
    if (!documentId.isEmpty() && FieldTree.get(object, documentId) instanceof String id) {
      FieldTree.remove(object, documentId);
      event.id(id);
    }
    if (target.isPresent() && target.get().isEmpty()) {
      event.merge(object, overwrite);
    } else {
      event.field(target.orElse(field), object);
    }
  }

  private static Map<String, Object> inner(Map<String, Object> object, int depth) {
    if (depth > 1) {
      object.replaceAll(
          (_, value) -> value instanceof String text ? inner(text, depth - 1) : value);
    }
    return object;
  }

  private static Object inner(String text, int depth) {
    String stripped = text.strip();
    boolean mayBe = stripped.startsWith("{") && stripped.endsWith("}");
    Optional<Map<String, Object>> object = mayBe ? JsonTree.parse(text).object() : Optional.empty();
    return object.isPresent() ? inner(object.get(), depth) : text;
  }
}
