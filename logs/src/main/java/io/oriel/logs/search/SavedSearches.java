package io.oriel.logs.search;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.search.client.Documents;
import io.oriel.search.client.Hit;
import io.oriel.search.client.SearchClient;
import io.oriel.search.query.SearchRequest;
import io.oriel.search.query.Sort;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Searches that were kept, in an index of the engine. Thread-safe; the last writer of a name wins.
public final class SavedSearches {
  private static final String INDEX = "oriel-saved-searches";
  private static final int MAX = 10_000;
  private static final String DEFINITION =
      """
      {"settings":{"number_of_shards":1,"auto_expand_replicas":"0-1"},
       "mappings":{"dynamic":false,"properties":{"name":{"type":"keyword"}}}}
      """;

  private final SearchClient client;

  public SavedSearches(SearchClient client) {
    this.client = client;
  }

  /// All of them, by name.
  public List<SavedSearch> all() throws InterruptedException {
    List<SavedSearch> all = new ArrayList<>();
    for (Hit hit :
        client
            .documents()
            .search(
                SearchRequest.of(INDEX)
                    .withSize(MAX)
                    .withSorts(List.of(Sort.asc("name").withUnmappedType("keyword"))))
            .hits()) {
      all.add(read(hit.source()));
    }
    return all;
  }

  /// The one called {@code name}.
  ///
  /// @throws OrielException of kind NOT_FOUND when there is none
  public SavedSearch get(String name) throws InterruptedException {
    Optional<Hit> hit =
        client.indices().exists(INDEX) ? client.documents().get(INDEX, name) : Optional.empty();
    return read(
        hit.orElseThrow(() -> new OrielException(Kind.NOT_FOUND, "no saved search called " + name))
            .source());
  }

  /// Keeps one, in place of another of its name.
  public void put(SavedSearch search) throws InterruptedException {
    var _ = client.indices().create(INDEX, DEFINITION);
    JsonWriter json = new JsonWriter();
    json.beginObject().name("name").string(search.name());
    json.name("query").string(search.query());
    json.name("language").string(search.language().name().toLowerCase(Locale.ROOT));
    json.name("columns").beginArray();
    search.columns().forEach(json::string);
    json.endArray().name("description").string(search.description()).endObject();
    String _ =
        client
            .documents()
            .index(
                INDEX,
                search.name(),
                new String(json.toBytes(), StandardCharsets.UTF_8),
                Documents.Refresh.WAIT);
  }

  /// Forgets one; one that is not there is no failure.
  public void delete(String name) throws InterruptedException {
    if (client.indices().exists(INDEX)) {
      client.documents().delete(INDEX, name);
    }
  }

  private static SavedSearch read(JsonNode document) {
    List<String> columns = new ArrayList<>();
    document.path("columns").forEach(column -> columns.add(column.asString("")));
    return new SavedSearch(
        document.path("name").asString(""),
        document.path("query").asString(""),
        LogSyntax.ofWord(document.path("language").asString("")),
        columns,
        document.path("description").asString(""));
  }
}
