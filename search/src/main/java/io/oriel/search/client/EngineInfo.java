package io.oriel.search.client;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import tools.jackson.databind.JsonNode;

/// Which engine answers.
///
/// @param version as in `9.5.0`
public record EngineInfo(
    Distribution distribution, String version, String clusterName, String clusterUuid) {
  /// The two families, which differ in a few calls.
  public enum Distribution {
    /** Elasticsearch, or our embedded node, which speaks as it does. */
    ELASTICSEARCH,
    OPENSEARCH
  }

  /// Reads the answer to `GET /`.
  static EngineInfo of(JsonNode root) {
    JsonNode version = root.path("version");
    String number = version.path("number").asString("");
    if (number.isEmpty()) {
      throw new OrielException(
          Kind.UNAVAILABLE, "the answer to GET / names no version: it is from no search engine");
    }
    boolean openSearch =
        version.path("distribution").asString("").equals("opensearch")
            || root.path("tagline").asString("").contains("OpenSearch");
    return new EngineInfo(
        openSearch ? Distribution.OPENSEARCH : Distribution.ELASTICSEARCH,
        number,
        root.path("cluster_name").asString(""),
        root.path("cluster_uuid").asString(""));
  }

  /// The first number of the version; 0 when it has none.
  public int major() {
    String first = version.split("\\.", 2)[0];
    return first.chars().allMatch(Character::isDigit) && !first.isEmpty()
        ? Integer.parseInt(first)
        : 0;
  }
}
