package io.oriel.search.client;

import io.oriel.search.query.Scalar;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A document found.
///
/// @param source the document; a missing node when it was not asked for
/// @param fields values by field, where they were asked for
/// @param sort its keys, to go on behind it
/// @param highlights marked texts by field
public record Hit(
    String index,
    String id,
    JsonNode source,
    JsonNode fields,
    List<Scalar> sort,
    Map<String, List<String>> highlights) {
  public Hit {
    sort = List.copyOf(sort);
    highlights = Map.copyOf(highlights);
  }
}
