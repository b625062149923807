package io.oriel.search.client;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.search.query.Query;
import io.oriel.search.query.SearchRequest;
import io.oriel.search.query.Sort;
import io.oriel.wire.elastic.BulkReply;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// Writes documents and finds them. Thread-safe.
public final class Documents {
  private static final byte[] NO_BODY = {};

  /** All that is read of a bulk reply; the rest is several times as much. */
  private static final String BULK = "/_bulk?filter_path=took,errors,items.*.status,items.*.error";

  private final EngineCalls calls;
  private final EngineQuestion engine;

  Documents(EngineCalls calls, EngineQuestion engine) {
    this.calls = calls;
    this.engine = engine;
  }

  /// When a written document is found.
  public enum Refresh {
    /** Some time later, as the index is set. */
    LATER,
    /** When the call returns. */
    WAIT
  }

  /// Sends a bulk request once. Each item has an outcome of its own, without its index and id; the
  /// call fails only when nothing is known about any.
  ///
  /// @throws EngineException with status 413 when the body is larger than the engine takes, 429
  ///   when it takes no more now
  public BulkReply bulk(BulkBody body, Refresh refresh) throws InterruptedException {
    if (body.items() == 0) {
      throw OrielException.invalid("bulk: got no item, want at least one");
    }
    String path = BULK + (refresh == Refresh.WAIT ? "&refresh=wait_for" : "");
    BulkReply reply =
        BulkReply.parse(
            calls.linesRaw(
                path, body.toBytes(), EngineCalls.Repeat.UNSENT_ONLY, Duration.ofSeconds(90)));
    if (reply.items().size() != body.items()) {
      throw new OrielException(
          Kind.UNAVAILABLE,
          "bulk reply has "
              + reply.items().size()
              + " items, want "
              + body.items()
              + ": nothing is known about them");
    }
    return reply;
  }

  /// The document with {@code id}; empty when there is none.
  public Optional<Hit> get(String index, String id) throws InterruptedException {
    try {
      JsonNode found =
          calls.get("/" + EngineCalls.encoded(index) + "/_doc/" + EngineCalls.encoded(id));
      return Optional.of(
          new Hit(
              found.path("_index").asString(index),
              found.path("_id").asString(id),
              found.path("_source"),
              found.path("fields"),
              List.of(),
              Map.of()));
    } catch (EngineException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Asks one question.
  public SearchAnswer search(SearchRequest request) throws InterruptedException {
    byte[] body = Json.write(request::writeTo);
    return new SearchAnswer(calls.ask(searchPath(request), body), request.isLimited());
  }

  private static String searchPath(SearchRequest request) {
    boolean point = !request.pointInTime().isEmpty();
    String target = point ? "" : "/" + target(request.targets());
    StringBuilder path = new StringBuilder(target).append("/_search");
    char separator = '?';
    if (!point) {
      path.append(separator).append("ignore_unavailable=true&allow_no_indices=true");
      separator = '&';
    }
    if (!request.routing().isEmpty()) {
      path.append(separator).append("routing=").append(EngineCalls.encoded(request.routing()));
    }
    return path.toString();
  }

  private static String target(List<String> targets) {
    return targets.isEmpty() ? "_all" : EngineCalls.encoded(targets);
  }

  /// An answer of several: what was found, or why not.
  public sealed interface Outcome {
    record Found(SearchAnswer answer) implements Outcome {}

    record Refused(EngineException why) implements Outcome {}
  }

  /// Asks several questions at once; answers come in their order.
  public List<Outcome> searchAll(List<SearchRequest> requests) throws InterruptedException {
    if (requests.isEmpty()) {
      return List.of();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (SearchRequest request : requests) {
      body.writeBytes(Json.write(json -> header(request, json)));
      body.write('\n');
      body.writeBytes(Json.write(request::writeTo));
      body.write('\n');
    }
    JsonNode responses =
        calls.lines("/_msearch", body.toByteArray(), EngineCalls.Repeat.SAFE).path("responses");
    List<Outcome> outcomes = new ArrayList<>();
    for (JsonNode response : responses) {
      JsonNode error = response.path("error");
      outcomes.add(
          error.isMissingNode()
              ? new Outcome.Found(
                  new SearchAnswer(response, requests.get(outcomes.size()).isLimited()))
              : new Outcome.Refused(
                  EngineException.of(
                      "search " + (outcomes.size() + 1) + " of " + requests.size(),
                      response.path("status").asInt(500),
                      error.path("type").asString(""),
                      error.path("reason").asString(error.asString("")),
                      "")));
    }
    if (outcomes.size() != requests.size()) {
      throw new OrielException(
          Kind.UNAVAILABLE,
          "got " + outcomes.size() + " answers, want " + requests.size() + ", one for each search");
    }
    return outcomes;
  }

  private static void header(SearchRequest request, JsonWriter json) {
    json.beginObject();
    if (request.pointInTime().isEmpty()) {
      json.name("index").beginArray();
      request.targets().forEach(json::string);
      json.endArray();
      json.name("ignore_unavailable").bool(true).name("allow_no_indices").bool(true);
    }
    if (!request.routing().isEmpty()) {
      json.name("routing").string(request.routing());
    }
    json.endObject();
  }

  /// How many documents match.
  public long count(List<String> targets, Query query) throws InterruptedException {
    byte[] body =
        Json.write(
            json -> {
              json.beginObject().name("query");
              query.writeTo(json);
              json.endObject();
            });
    return calls
        .ask("/" + target(targets) + "/_count?ignore_unavailable=true&allow_no_indices=true", body)
        .path("count")
        .asLong(0);
  }

  /// Deletes what matches; conflicts with writers are passed over.
  ///
  /// @return how many were deleted
  public long deleteByQuery(List<String> targets, Query query) throws InterruptedException {
    byte[] body =
        Json.write(
            json -> {
              json.beginObject().name("query");
              query.writeTo(json);
              json.endObject();
            });
    return calls
        .act("/" + target(targets) + "/_delete_by_query?conflicts=proceed&refresh=true", body)
        .path("deleted")
        .asLong(0);
  }

  /// Keeps the present state of {@code targets} to page through; close it when done.
  public String openPointInTime(List<String> targets, Duration keepAlive)
      throws InterruptedException {
    String alive = "?ignore_unavailable=true&keep_alive=" + keepAlive.toMillis() + "ms";
    boolean openSearch = engine.ask().distribution() == EngineInfo.Distribution.OPENSEARCH;
    JsonNode opened =
        calls.ask(
            "/" + target(targets) + (openSearch ? "/_search/point_in_time" : "/_pit") + alive,
            NO_BODY);
    return opened.path(openSearch ? "pit_id" : "id").asString("");
  }

  /// Lets a point in time go; one that is gone already is no failure.
  public void closePointInTime(String id) throws InterruptedException {
    boolean openSearch = engine.ask().distribution() == EngineInfo.Distribution.OPENSEARCH;
    byte[] body =
        Json.write(
            json -> {
              json.beginObject();
              if (openSearch) {
                json.name("pit_id").beginArray().string(id).endArray();
              } else {
                json.name("id").string(id);
              }
              json.endObject();
            });
    try {
      calls.delete(openSearch ? "/_search/point_in_time" : "/_pit", body);
    } catch (EngineException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
    }
  }

  /// Goes through all documents that match, in pages of the request's size, over one state of the
  /// indices; however many there are, one page is held. Stops when {@code each} says false.
  ///
  /// @param request whose sorts may be empty, for any order
  /// @return how many documents were given to {@code each}
  public long scan(SearchRequest request, Predicate<Hit> each) throws InterruptedException {
    Duration keep = Duration.ofMinutes(2);
    String point = openPointInTime(request.targets(), keep);
    long seen = 0;
    try {
      List<Sort> sorts = new ArrayList<>(request.sorts());
      if (sorts.isEmpty() || !sorts.getLast().field().equals("_shard_doc")) {
        // OpenSearch numbers a shard's documents within its index, so the index counts too
        sorts.add(Sort.asc("_index").withUnmappedType("keyword"));
        sorts.add(Sort.asc("_shard_doc"));
      }
      SearchRequest page = request.withSorts(sorts).at(point, keep).countingUpTo(0);
      while (true) {
        SearchAnswer answer = search(page);
        if (answer.isPartial()) {
          throw new OrielException(
              Kind.UNAVAILABLE, "cannot go on paging: " + String.join("; ", answer.warnings()));
        }
        for (Hit hit : answer.hits()) {
          seen++;
          if (!each.test(hit)) {
            return seen;
          }
        }
        if (answer.hits().size() < request.size()) {
          return seen;
        }
        if (!answer.pointInTime().isEmpty()) {
          point = answer.pointInTime();
        }
        page = page.at(point, keep).after(answer.hits().getLast().sort());
      }
    } finally {
      closePointInTime(point);
    }
  }

  /// A field of some indices.
  ///
  /// @param types the types that it has, more than one when indices differ
  public record Field(String name, List<String> types, boolean searchable, boolean aggregatable) {
    public Field {
      types = List.copyOf(types);
    }
  }

  /// The fields whose names match {@code pattern}, by name; the engine's own are left out, and
  /// objects, which hold fields and no values.
  public List<Field> fields(List<String> targets, String pattern) throws InterruptedException {
    JsonNode root =
        calls.get(
            "/"
                + target(targets)
                + "/_field_caps?ignore_unavailable=true&allow_no_indices=true&fields="
                + EngineCalls.encoded(pattern));
    Map<String, Field> fields = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : root.path("fields").properties()) {
      List<String> types = new ArrayList<>();
      boolean searchable = true;
      boolean aggregatable = true;
      boolean own = false;
      for (Map.Entry<String, JsonNode> type : field.getValue().properties()) {
        types.add(type.getKey());
        own |= type.getValue().path("metadata_field").asBoolean(false);
        searchable &= type.getValue().path("searchable").asBoolean(false);
        aggregatable &= type.getValue().path("aggregatable").asBoolean(false);
      }
      boolean holdsValues = !types.equals(List.of("object")) && !types.equals(List.of("nested"));
      if (!own && holdsValues && !field.getKey().startsWith("_")) {
        fields.put(field.getKey(), new Field(field.getKey(), types, searchable, aggregatable));
      }
    }
    return List.copyOf(fields.values());
  }

  /// Writes one document; one with the same id is replaced.
  ///
  /// @return the id, which the engine makes up when {@code id} is empty
  public String index(String index, String id, String document, Refresh refresh)
      throws InterruptedException {
    String path =
        "/"
            + EngineCalls.encoded(index)
            + "/_doc"
            + (id.isEmpty() ? "" : "/" + EngineCalls.encoded(id))
            + (refresh == Refresh.WAIT ? "?refresh=wait_for" : "");
    byte[] body = document.getBytes(StandardCharsets.UTF_8);
    JsonNode done = id.isEmpty() ? calls.act(path, body) : calls.put(path, body);
    return done.path("_id").asString(id);
  }

  /// Deletes one document; one that is not there is no failure.
  public void delete(String index, String id) throws InterruptedException {
    try {
      calls.delete("/" + EngineCalls.encoded(index) + "/_doc/" + EngineCalls.encoded(id));
    } catch (EngineException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
    }
  }
}
