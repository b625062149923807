package io.oriel.search.conformance;

import java.util.Map;

/// Scripts that cannot apply to the embedded node, by the end of their path, with the reason.
final class Exceptions {
  private static final String FOR_QUICKWIT = "its set-up is written for Quickwit alone";
  private static final String MUSTACHE = "search templates (lang-mustache) are not built in";
  private static final String PIPELINES =
      "processors of search pipelines are a module that no registry has";

  static final Map<String, String> SCENARIOS =
      Map.of(
          "aggregations/0001-aggregations.yaml", FOR_QUICKWIT,
          "aggregations/0003-multi-terms.yaml", FOR_QUICKWIT,
          "search_after/0001-search_after_edge_case.yaml", FOR_QUICKWIT,
          "bulk/0005-document-parsing-exception.yaml",
              "OpenSearch says mapper_parsing_exception for document_parsing_exception",
          "0001-field-capabilities.yaml", "OpenSearch's _field_caps has no metadata_field",
          "multi-indices/0002-muti_indices_scroll.yaml",
              "OpenSearch gives no scroll id when no index matches",
          "0022-source.yaml", "OpenSearch refuses a field both in includes and in excludes");

  static final Map<String, String> STORIES =
      Map.ofEntries(
          Map.entry("_core/info.yaml", "GET / has Elasticsearch's shape, without a distribution"),
          Map.entry("_core/render/template.yaml", MUSTACHE),
          Map.entry("indices/search/template.yaml", MUSTACHE),
          Map.entry("request_processor/filter_query.yaml", PIPELINES),
          Map.entry("response_processor/split_and_sort.yaml", PIPELINES),
          Map.entry("pipeline/verbose_pipeline.yaml", PIPELINES),
          Map.entry(
              "terms_aggregate_unsigned_long.yaml",
              "3.9 counts a value that the story of 2.8 leaves out"),
          Map.entry("_core/validate/query.yaml", "counts on indices of another story"),
          Map.entry("cat/nodeattrs.yaml", "the node under test has attributes of its own"),
          Map.entry(
              "cluster/allocation/explain.yaml", "a cluster of one has no shard left unassigned"),
          Map.entry(
              "plugins/index_state_management.yaml", "there is _ilm here, not the ISM plugin"));

  private Exceptions() {}
}
