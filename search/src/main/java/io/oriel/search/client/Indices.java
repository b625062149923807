package io.oriel.search.client;

import io.oriel.model.error.Kind;
import io.oriel.model.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Indices, aliases and data streams. Thread-safe.
public final class Indices {
  private static final byte[] NO_BODY = {};

  private final EngineCalls calls;

  Indices(EngineCalls calls) {
    this.calls = calls;
  }

  /// Whether a call made something.
  public enum Created {
    NOW,
    BEFORE
  }

  public boolean exists(String index) throws InterruptedException {
    return calls.exists("/" + EngineCalls.encoded(index));
  }

  /// Makes an index; one of the name that is there already stays as it is.
  ///
  /// @param definition the body of `PUT /index`: settings, mappings, aliases; may be empty
  public Created create(String index, String definition) throws InterruptedException {
    return once(
        () ->
            calls.put(
                "/" + EngineCalls.encoded(index), definition.getBytes(StandardCharsets.UTF_8)));
  }

  private interface Call {
    JsonNode run() throws InterruptedException;
  }

  private static Created once(Call call) throws InterruptedException {
    try {
      call.run();
      return Created.NOW;
    } catch (EngineException e) {
      boolean there =
          e.type().equals("resource_already_exists_exception")
              || e.getMessage() != null && e.getMessage().contains("already exists");
      if (there) {
        return Created.BEFORE;
      }
      throw e;
    }
  }

  /// Deletes indices; those that are not there are passed over.
  public void delete(List<String> indices) throws InterruptedException {
    calls.delete("/" + EngineCalls.encoded(indices) + "?ignore_unavailable=true");
  }

  /// Has what was written before be found.
  public void refresh(List<String> targets) throws InterruptedException {
    calls.ask("/" + EngineCalls.encoded(targets) + "/_refresh?ignore_unavailable=true", NO_BODY);
  }

  /// Documents and bytes of an index.
  ///
  /// @param bytes with replicas
  public record Stats(String index, long documents, long bytes, long primaryBytes) {}

  /// By name.
  public List<Stats> stats(List<String> targets) throws InterruptedException {
    JsonNode root =
        calls.get("/" + EngineCalls.encoded(targets) + "/_stats/docs,store?expand_wildcards=all");
    Map<String, Stats> stats = new TreeMap<>();
    for (Map.Entry<String, JsonNode> index : root.path("indices").properties()) {
      JsonNode primaries = index.getValue().path("primaries");
      stats.put(
          index.getKey(),
          new Stats(
              index.getKey(),
              primaries.at("/docs/count").asLong(0),
              index.getValue().at("/total/store/size_in_bytes").asLong(0),
              primaries.at("/store/size_in_bytes").asLong(0)));
    }
    return List.copyOf(stats.values());
  }

  /// What a rollover did.
  public record Rollover(String oldIndex, String newIndex, boolean rolledOver) {}

  /// Gives an alias or a data stream a new index to write to.
  ///
  /// @param conditions as in `max_age: 1d`; with none it is always done
  public Rollover rollover(String target, Map<String, String> conditions)
      throws InterruptedException {
    byte[] body =
        conditions.isEmpty()
            ? NO_BODY
            : Json.write(
                json -> {
                  json.beginObject().name("conditions").beginObject();
                  new TreeMap<>(conditions).forEach((name, value) -> json.name(name).string(value));
                  json.endObject().endObject();
                });
    JsonNode done = calls.act("/" + EngineCalls.encoded(target) + "/_rollover", body);
    return new Rollover(
        done.path("old_index").asString(""),
        done.path("new_index").asString(""),
        done.path("rolled_over").asBoolean(false));
  }

  /// A change of aliases.
  public sealed interface AliasChange {
    record Add(String index, String alias, boolean isWriteIndex) implements AliasChange {}

    record Remove(String index, String alias) implements AliasChange {}

    record RemoveIndex(String index) implements AliasChange {}
  }

  /// Makes all changes at once.
  public void changeAliases(List<AliasChange> changes) throws InterruptedException {
    byte[] body =
        Json.write(
            json -> {
              json.beginObject().name("actions").beginArray();
              changes.forEach(change -> write(change, json));
              json.endArray().endObject();
            });
    calls.json("POST", "/_aliases", body, EngineCalls.Repeat.SAFE);
  }

  private static void write(AliasChange change, JsonWriter json) {
    json.beginObject();
    switch (change) {
      case AliasChange.Add add -> {
        json.name("add").beginObject().name("index").string(add.index());
        json.name("alias").string(add.alias());
        json.name("is_write_index").bool(add.isWriteIndex()).endObject();
      }
      case AliasChange.Remove remove -> {
        json.name("remove").beginObject().name("index").string(remove.index());
        json.name("alias").string(remove.alias()).endObject();
      }
      case AliasChange.RemoveIndex remove ->
          json.name("remove_index").beginObject().name("index").string(remove.index()).endObject();
    }
    json.endObject();
  }

  /// An alias of an index.
  public record Alias(String index, String alias, boolean isWriteIndex) {}

  /// All that point to something named {@code pattern}; none when there is no such alias.
  public List<Alias> aliases(String pattern) throws InterruptedException {
    List<Alias> aliases = new ArrayList<>();
    try {
      JsonNode root = calls.get("/_alias/" + EngineCalls.encoded(pattern));
      for (Map.Entry<String, JsonNode> index : root.properties()) {
        for (Map.Entry<String, JsonNode> alias : index.getValue().path("aliases").properties()) {
          aliases.add(
              new Alias(
                  index.getKey(),
                  alias.getKey(),
                  alias.getValue().path("is_write_index").asBoolean(false)));
        }
      }
    } catch (EngineException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
    }
    return aliases;
  }

  /// Settings of indices, flat, as in `index.number_of_shards`.
  public Map<String, Map<String, String>> settings(List<String> targets)
      throws InterruptedException {
    JsonNode root =
        calls.get(
            "/"
                + EngineCalls.encoded(targets)
                + "/_settings?flat_settings=true&expand_wildcards=all");
    Map<String, Map<String, String>> settings = new TreeMap<>();
    for (Map.Entry<String, JsonNode> index : root.properties()) {
      Map<String, String> flat = new TreeMap<>();
      index
          .getValue()
          .path("settings")
          .properties()
          .forEach(setting -> flat.put(setting.getKey(), setting.getValue().asString("")));
      settings.put(index.getKey(), flat);
    }
    return settings;
  }

  /// Changes settings that may change while an index is open.
  public void changeSettings(List<String> targets, Map<String, String> settings)
      throws InterruptedException {
    byte[] body =
        Json.write(
            json -> {
              json.beginObject();
              settings.forEach((name, value) -> json.name(name).string(value));
              json.endObject();
            });
    calls.put("/" + EngineCalls.encoded(targets) + "/_settings", body);
  }

  /// A data stream.
  ///
  /// @param indices from the oldest to the one that is written
  public record DataStream(String name, List<String> indices, String template) {
    public DataStream {
      indices = List.copyOf(indices);
    }
  }

  /// Those whose names match {@code pattern}.
  public List<DataStream> dataStreams(String pattern) throws InterruptedException {
    List<DataStream> streams = new ArrayList<>();
    try {
      JsonNode root = calls.get("/_data_stream/" + EngineCalls.encoded(pattern));
      for (JsonNode stream : root.path("data_streams")) {
        List<String> indices = new ArrayList<>();
        stream.path("indices").forEach(index -> indices.add(index.path("index_name").asString("")));
        streams.add(
            new DataStream(
                stream.path("name").asString(""), indices, stream.path("template").asString("")));
      }
    } catch (EngineException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
    }
    return streams;
  }

  /// Makes a data stream, for which a template must be there; one that is there stays.
  public Created createDataStream(String name) throws InterruptedException {
    return once(() -> calls.put("/_data_stream/" + EngineCalls.encoded(name), NO_BODY));
  }

  /// Deletes a data stream with all its indices; one that is not there is no failure.
  public void deleteDataStream(String name) throws InterruptedException {
    try {
      calls.delete("/_data_stream/" + EngineCalls.encoded(name));
    } catch (EngineException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
    }
  }
}
