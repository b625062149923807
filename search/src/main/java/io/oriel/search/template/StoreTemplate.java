package io.oriel.search.template;

import java.util.List;
import java.util.Map;

/// What one kind of documents needs before the first one comes.
///
/// @param name of the index template
/// @param patterns of the names of indices or data streams that get it
/// @param priority above that of others that match; those of the engine's own begin at 100
/// @param version grows with each change, so that an old program does not write over a new one
/// @param mappings the `mappings` object in JSON
/// @param settings flat, as in `index.refresh_interval`
/// @param policy the lifecycle policy's name; empty for none
/// @param rolloverAlias through which documents are written; empty for data streams
/// @param readAlias through which they are found; empty for none
public record StoreTemplate(
    String name,
    List<String> patterns,
    int priority,
    long version,
    String mappings,
    Map<String, String> settings,
    String policy,
    String rolloverAlias,
    String readAlias) {
  public StoreTemplate {
    patterns = List.copyOf(patterns);
    settings = Map.copyOf(settings);
  }

  /// Whether documents go to a data stream, not through an alias.
  public boolean isDataStream() {
    return rolloverAlias.isEmpty();
  }
}
