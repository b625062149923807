package io.oriel.search.node;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.opensearch.index.mapper.FlatObjectFieldMapper;
import org.opensearch.index.mapper.KeywordFieldMapper;
import org.opensearch.index.mapper.Mapper;

/// Field types that Elasticsearch has and OpenSearch calls otherwise.
///
/// A mapping that names one of them gets the nearest that there is, and `GET _mapping` shows that
/// one; a template is kept as it was sent.
final class ElasticFieldTypes {
  private static final Set<String> FLATTENED_ONLY =
      Set.of(
          "depth_limit",
          "ignore_above",
          "null_value",
          "eager_global_ordinals",
          "index_options",
          "similarity",
          "split_queries_on_whitespace",
          "doc_values",
          "index",
          "meta");

  private ElasticFieldTypes() {}

  static Map<String, Mapper.TypeParser> parsers() {
    return Map.of(
        "flattened", as("flat_object", FlatObjectFieldMapper.PARSER, FLATTENED_ONLY),
        "counted_keyword", as("keyword", KeywordFieldMapper.PARSER, Set.of("meta")));
  }

  private static Mapper.TypeParser as(String type, Mapper.TypeParser parser, Set<String> drop) {
    return (name, node, context) -> {
      Map<String, Object> known = new HashMap<>(node);
      known.keySet().removeAll(drop);
      known.put("type", type);
      Mapper.Builder<?> builder = parser.parse(name, known, context);
      node.keySet().retainAll(known.keySet());
      return builder;
    };
  }
}
