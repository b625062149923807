package io.oriel.search.node;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.opensearch.rest.RestRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The body of a request that brings a mapping, without what only Elasticsearch knows.
///
/// Beats' and Elastic's own templates carry keys that OpenSearch refuses by name although nothing
/// is lost without them. Only those are dropped; anything else unknown is still refused. A body
/// that is not JSON passes as it is, for the engine to refuse.
final class TemplateBody {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Beside `index_patterns`. */
  private static final List<String> TEMPLATE_KEYS =
      List.of("allow_auto_create", "ignore_missing_component_templates", "deprecated");

  /** Within `data_stream`. */
  private static final List<String> STREAM_KEYS =
      List.of("hidden", "allow_custom_routing", "failure_store");

  /** Beside `properties`; the second is what a data stream's template always means. */
  private static final List<String> MAPPING_KEYS =
      List.of("_data_stream_timestamp", "subobjects", "_meta_field_names");

  /** Of a field. */
  private static final List<String> FIELD_KEYS =
      List.of(
          "time_series_dimension",
          "time_series_metric",
          "time_series_dimensions",
          "synthetic_source_keep",
          "subobjects",
          "script_stack_entries");

  private TemplateBody() {}

  static boolean isTemplate(RestRequest.Method method, String path) {
    if (method != RestRequest.Method.PUT && method != RestRequest.Method.POST) {
      return false;
    }
    return path.startsWith("/_index_template/")
        || path.startsWith("/_component_template/")
        || path.startsWith("/_template/")
        || path.endsWith("/_mapping")
        || path.endsWith("/_mappings");
  }

  /// The body as OpenSearch takes it; empty when there is nothing to change.
  static Optional<byte[]> translate(byte[] body) {
    JsonNode root;
    try {
      root = JSON.readTree(body);
    } catch (JacksonException _) {
      return Optional.empty();
    }
    if (!(root instanceof ObjectNode object)) {
      return Optional.empty();
    }
    boolean changed = drop(object, TEMPLATE_KEYS);
    changed |= drop(object.get("data_stream"), STREAM_KEYS);
    JsonNode template = object.get("template");
    if (template instanceof ObjectNode inner) {
      changed |= drop(inner, List.of("lifecycle", "data_stream_options"));
      changed |= mapping(inner.get("mappings"));
    }
    changed |= mapping(object.get("mappings"));
    if (object.has("properties") || object.has("dynamic_templates")) {
      changed |= mapping(object);
    }
    return changed ? Optional.of(JSON.writeValueAsBytes(object)) : Optional.empty();
  }

  private static boolean mapping(JsonNode node) {
    if (!(node instanceof ObjectNode mapping)) {
      return false;
    }
    boolean changed = drop(mapping, MAPPING_KEYS);
    changed |= fields(mapping.get("properties"));
    JsonNode templates = mapping.get("dynamic_templates");
    if (templates != null) {
      for (JsonNode named : templates) {
        for (JsonNode template : named) {
          changed |= drop(template.get("mapping"), FIELD_KEYS);
        }
      }
    }
    return changed;
  }

  private static boolean fields(JsonNode node) {
    if (!(node instanceof ObjectNode fields)) {
      return false;
    }
    boolean changed = false;
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      changed |= drop(field.getValue(), FIELD_KEYS);
      changed |= openConstant(field.getValue());
      changed |= fields(field.getValue().get("properties"));
      changed |= fields(field.getValue().get("fields"));
    }
    return changed;
  }

  /// A constant that the first document shall set is any keyword here, where constants are set by
  /// the mapping only.
  private static boolean openConstant(JsonNode node) {
    if (node instanceof ObjectNode field
        && field.path("type").asString("").equals("constant_keyword")
        && !field.has("value")) {
      field.put("type", "keyword");
      return true;
    }
    return false;
  }

  private static boolean drop(JsonNode node, List<String> keys) {
    if (!(node instanceof ObjectNode object)) {
      return false;
    }
    boolean changed = false;
    for (String key : keys) {
      changed |= object.remove(key) != null;
    }
    return changed;
  }
}
