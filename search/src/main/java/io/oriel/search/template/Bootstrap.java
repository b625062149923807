package io.oriel.search.template;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.search.client.EngineInfo;
import io.oriel.search.client.Indices;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.Templates;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/// Makes ready what documents are written to. Thread-safe, and safe to be run by several programs
/// at once: each step is the same done twice.
///
/// The order: policy, template without the policy, the write target and a look whether it is as it
/// should be, and only then the template with the policy and the policy on what is there.
public final class Bootstrap {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final SearchClient client;

  public Bootstrap(SearchClient client) {
    this.client = client;
  }

  /// What was found or done.
  public enum Result {
    /** Templates were written. */
    WRITTEN,
    /** The same or a newer version was there. */
    PRESENT
  }

  /// Writes the policy unless one of that name is there: people change retention, and a restart
  /// must not undo that.
  public Result policy(String name, Retention retention, List<String> patterns)
      throws InterruptedException {
    if (client.lifecycle().get(name).isPresent()) {
      return Result.PRESENT;
    }
    client.lifecycle().put(name, retention.policyJson(), patterns);
    return Result.WRITTEN;
  }

  /// Writes a template for data streams, which come into being with their first document.
  ///
  /// @throws OrielException of kind NOT_FOUND when its policy is not there
  public Result template(StoreTemplate template) throws InterruptedException {
    requirePolicy(template);
    if (isPresent(template)) {
      return Result.PRESENT;
    }
    client.templates().put(Templates.Kinds.INDEX, template.name(), body(template, true));
    return Result.WRITTEN;
  }

  /// Writes a template and makes the data stream {@code name} by it.
  public Result dataStream(StoreTemplate template, String name) throws InterruptedException {
    Result result = template(template);
    client.indices().createDataStream(name);
    List<Indices.DataStream> found = client.indices().dataStreams(name);
    if (found.size() != 1 || found.getFirst().indices().isEmpty()) {
      throw new OrielException(
          Kind.UNAVAILABLE, "data stream " + name + " was made and is not there");
    }
    return result;
  }

  /// Writes a template, makes the first index `<alias>-000001` with its aliases, looks that the
  /// write alias has exactly one write index, and only then hands new and present indices to the
  /// policy.
  ///
  /// @throws OrielException of kind CONFLICT when an index has the name of the alias, or the alias
  ///   has no write index
  public Result rolloverAlias(StoreTemplate template) throws InterruptedException {
    String alias = template.rolloverAlias();
    if (alias.isEmpty()) {
      throw OrielException.invalid("template " + template.name() + " has no rollover alias");
    }
    requirePolicy(template);
    boolean present = isPresent(template);
    if (!present) {
      client.templates().put(Templates.Kinds.INDEX, template.name(), body(template, false));
    }
    List<Indices.Alias> writing = client.indices().aliases(alias);
    if (writing.isEmpty()) {
      if (client.indices().exists(alias)) {
        throw new OrielException(
            Kind.CONFLICT,
            alias
                + " is an index, want an alias: documents came before it was made; reindex it under"
                + " another name and delete it");
      }
      client.indices().create(alias + "-000001", firstIndex(template));
      writing = client.indices().aliases(alias);
    }
    verify(alias, writing);
    if (!present) {
      client.templates().put(Templates.Kinds.INDEX, template.name(), body(template, true));
    }
    attach(template, writing);
    return present ? Result.PRESENT : Result.WRITTEN;
  }

  private static void verify(String alias, List<Indices.Alias> writing) {
    long writers = writing.stream().filter(Indices.Alias::isWriteIndex).count();
    if (writers != 1) {
      throw new OrielException(
          Kind.CONFLICT,
          "alias " + alias + " has " + writers + " write indices, want one: not rolled over");
    }
  }

  private void attach(StoreTemplate template, List<Indices.Alias> writing)
      throws InterruptedException {
    if (template.policy().isEmpty()) {
      return;
    }
    Map<String, String> wanted =
        client.lifecycle().indexSettings(template.policy(), template.rolloverAlias());
    Map<String, Map<String, String>> present =
        client.indices().settings(writing.stream().map(Indices.Alias::index).toList());
    for (Map.Entry<String, Map<String, String>> index : present.entrySet()) {
      if (!index.getValue().entrySet().containsAll(wanted.entrySet())) {
        client.indices().changeSettings(List.of(index.getKey()), wanted);
      }
    }
  }

  private void requirePolicy(StoreTemplate template) throws InterruptedException {
    if (!template.policy().isEmpty() && client.lifecycle().get(template.policy()).isEmpty()) {
      throw new OrielException(
          Kind.NOT_FOUND,
          "lifecycle policy "
              + template.policy()
              + " of template "
              + template.name()
              + " is not there; put it first");
    }
  }

  private boolean isPresent(StoreTemplate template) throws InterruptedException {
    Optional<Long> there = client.templates().version(Templates.Kinds.INDEX, template.name());
    return there.isPresent() && there.get() >= template.version();
  }

  private static String firstIndex(StoreTemplate template) {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("aliases").beginObject();
    json.name(template.rolloverAlias()).beginObject().name("is_write_index").bool(true);
    json.endObject();
    if (!template.readAlias().isEmpty()) {
      json.name(template.readAlias()).beginObject().endObject();
    }
    json.endObject().endObject();
    return new String(json.toBytes(), StandardCharsets.UTF_8);
  }

  private String body(StoreTemplate template, boolean withPolicy) throws InterruptedException {
    Map<String, String> settings = new TreeMap<>(template.settings());
    if (withPolicy && !template.policy().isEmpty()) {
      settings.putAll(
          client.lifecycle().indexSettings(template.policy(), template.rolloverAlias()));
    }
    var root = JSON.createObjectNode();
    var patterns = root.putArray("index_patterns");
    template.patterns().forEach(patterns::add);
    root.put("priority", template.priority());
    // a template without its policy is half made, so another bootstrap must not take it as done
    root.put("version", withPolicy ? template.version() : 0);
    root.putObject("_meta").put("managed_by", "oriel");
    if (template.isDataStream()) {
      root.putObject("data_stream");
    }
    var inner = root.putObject("template");
    var flat = inner.putObject("settings");
    settings.forEach(flat::put);
    inner.set("mappings", JSON.readTree(mappings(template)));
    if (!template.readAlias().isEmpty()) {
      inner.putObject("aliases").putObject(template.readAlias());
    }
    return root.toString();
  }

  /// Elasticsearch calls the flat field otherwise; our own node knows both.
  private String mappings(StoreTemplate template) throws InterruptedException {
    boolean openSearch = client.engine().distribution() == EngineInfo.Distribution.OPENSEARCH;
    return openSearch
        ? template.mappings()
        : template.mappings().replace("\"flat_object\"", "\"flattened\"");
  }
}
