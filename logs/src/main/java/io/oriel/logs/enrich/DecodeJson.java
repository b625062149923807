package io.oriel.logs.enrich;

import io.oriel.logs.parse.FieldTree;
import io.oriel.logs.parse.JsonTree;
import io.oriel.logs.parse.LogEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `decode_json_fields`: objects and arrays in place of texts that hold one.
///
/// @param fields that hold a text
/// @param target where the decoded fields go: empty for the top, none for the field itself
/// @param depth how many times texts within texts are decoded, the outermost included
/// @param arrays whether texts within an array in a text are decoded, too; without, an array that
///   is not the deepest stays a text
/// @param expand whether dots in keys make objects
/// @param documentId the key whose text becomes the document's id; empty for none
/// @param overwrite whether fields that are there give way at the top
/// @param errorKey whether what cannot be decoded says so in `error`
public record DecodeJson(
    List<String> fields,
    Optional<String> target,
    int depth,
    boolean arrays,
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
    JsonTree.Structure structure = JsonTree.structure(text);
    Optional<Object> decoded = structure.value().flatMap(value -> within(value, depth));
    if (decoded.isEmpty()) {
      String why = structure.error().isEmpty() ? "an array, want process_array" : structure.error();
      complain(event, field, text, why);
      return;
    }
    if (decoded.get() instanceof Map<?, ?> object) {
      put(event, field, named(object));
    } else if (target.isEmpty() || !target.get().isEmpty()) {
      event.field(target.orElse(field), decoded.get());
    } else {
      complain(event, field, text, "an array, want a target for it");
    }
  }

  private void complain(LogEvent event, String field, String text, String why) {
    if (errorKey) {
      Map<String, Object> error = new LinkedHashMap<>();
      error.put("message", "parsing input as JSON: " + why);
      error.put("type", "json");
      error.put("data", text);
      error.put("field", field);
      event.merge(Map.of("error", error), true);
    }
  }

  private void put(LogEvent event, String field, Map<String, Object> decoded) {
    Map<String, Object> object = expand ? FieldTree.expand(decoded) : decoded;
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

  private static Map<String, Object> named(Map<?, ?> object) {
    Map<String, Object> named = new LinkedHashMap<>();
    object.forEach((name, value) -> named.put(String.valueOf(name), value));
    return named;
  }

  /// Decodes the texts that a value holds, as deep as is left.
  ///
  /// @return empty for an array that is not to be looked into
  private Optional<Object> within(Object value, int left) {
    if (left <= 1) {
      return Optional.of(value);
    }
    if (value instanceof Map<?, ?> object) {
      Map<String, Object> decoded = named(object);
      decoded.replaceAll((_, member) -> deeper(member, left - 1));
      return Optional.of(decoded);
    }
    return arrays && value instanceof List<?> list
        ? Optional.of(list.stream().map(item -> deeper(item, left - 1)).toList())
        : Optional.empty();
  }

  private Object deeper(Object value, int left) {
    if (value instanceof String text && looksStructured(text.strip())) {
      return JsonTree.structure(text).value().flatMap(inner -> within(inner, left)).orElse(value);
    }
    return value;
  }

  private static boolean looksStructured(String text) {
    return text.startsWith("{") && text.endsWith("}") || text.startsWith("[") && text.endsWith("]");
  }
}
