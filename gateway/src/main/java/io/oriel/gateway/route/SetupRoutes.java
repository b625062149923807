package io.oriel.gateway.route;

import io.oriel.gateway.audit.AuditEvent;
import io.oriel.gateway.audit.AuditLog;
import io.oriel.gateway.identity.ClusterIdentity;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.Routes;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What shippers ask and set up before they send: answered so that they go on, and changing
/// nothing, since templates, lifecycle and data streams are the platform's. Thread-safe.
///
/// Who asks whether something is there is told that it is; who puts something is told that it is
/// acknowledged, and the audit log remembers it. A pipeline is refused: documents that name one
/// would be refused later, one by one.
final class SetupRoutes {
  static final String NAME = "setup";

  private static final Set<String> ASK = Set.of("GET");
  private static final Set<String> PUT = Set.of("PUT", "POST");

  /** `Elastic-filebeat/9.1.2 (linux; …)`, `elasticsearch-js/8.15.0`, `Filebeat/8.1.0`. */
  private static final Pattern CLIENT =
      Pattern.compile("^[A-Za-z-]+/([0-9]+)\\.([0-9]+)\\.([0-9]+)");

  private final Reception reception;
  private final IndexRules rules;
  private final AuditLog audit;
  private final String version;

  SetupRoutes(Reception reception, IndexRules rules, AuditLog audit, String version) {
    this.reception = reception;
    this.rules = rules;
    this.audit = audit;
    this.version = version;
  }

  void addTo(Routes routes) {
    ask(routes, "/", (call, json) -> root(json, atLeast(call.header("user-agent"))));
    ask(routes, "/_license", (_, json) -> license(json));
    ask(routes, "/_xpack", (_, json) -> features(json));
    ask(routes, "/_nodes/*", (_, json) -> nodes(json));
    ask(routes, "/_cluster/health", (_, json) -> health(json));
    ask(routes, "/_ilm/status", (_, json) -> json.name("operation_mode").string("RUNNING"));
    for (String path :
        new String[] {"/_ilm/policy", "/_index_template", "/_template", "/_component_template"}) {
      ask(routes, path + "/{name}", (call, json) -> there(path, call.pathParam("name"), json));
      put(routes, path + "/{name}");
    }
    ask(routes, "/_data_stream/{name}", (call, json) -> stream(call.pathParam("name"), json));
    put(routes, "/_data_stream/{name}");
    ask(routes, "/_alias/{name}", (call, json) -> alias(call.pathParam("name"), json));
    routes.on(ASK, "/{index}", reception.receive(NAME, this::index));
    routes.on(Set.of("PUT"), "/{index}", reception.receive(NAME, this::firstIndex));
    ask(routes, "/_ingest/pipeline/*", (_, _) -> {});
    routes.on(
        PUT,
        "/_ingest/pipeline/{name}",
        reception.receive(
            NAME,
            (call, _) -> {
              throw new OrielException(
                  Kind.FORBIDDEN, "pipelines are the platform's, got " + call.pathParam("name"));
            }));
  }

  private interface Answer {
    void write(HttpCall call, JsonWriter json);
  }

  private void ask(Routes routes, String path, Answer answer) {
    routes.on(
        ASK,
        path,
        reception.receive(NAME, (call, _) -> object(call, json -> answer.write(call, json))));
  }

  private static HttpAnswer object(HttpCall call, Consumer<JsonWriter> fields) {
    JsonWriter json = new JsonWriter(512);
    json.beginObject();
    fields.accept(json);
    json.endObject();
    return Reception.json(200, json.toBytes(), Reception.wanted(call));
  }

  private void put(Routes routes, String path) {
    routes.on(PUT, path, reception.receive(NAME, this::acknowledge));
  }

  /// Logstash asks whether its alias is there: what a client may write to is.
  private HttpAnswer index(HttpCall call, ClusterIdentity client) {
    String name = call.pathParam("index");
    if (name.startsWith("_")) {
      throw Reception.notForShippers(call);
    }
    if (rules.target(client, name).isEmpty()) {
      throw new OrielException(Kind.NOT_FOUND, "no such index [" + name + "]");
    }
    return object(call, json -> index(name, json));
  }

  /// What Filebeat 7 and Logstash make for their alias, by date: `<NAME-{now/d}-000001>`. Whole
  /// indices are not for shippers to make.
  private HttpAnswer firstIndex(HttpCall call, ClusterIdentity client) {
    if (!call.pathParam("index").startsWith("<")) {
      throw Reception.notForShippers(call);
    }
    return acknowledge(call, client);
  }

  private HttpAnswer acknowledge(HttpCall call, ClusterIdentity client) {
    audit.write(
        new AuditEvent(
            NAME,
            AuditEvent.Outcome.SUCCESS,
            Optional.of(client),
            call.remote(),
            call.method() + " " + call.path(),
            "acknowledged, not applied"));
    return object(call, json -> json.name("acknowledged").bool(true));
  }

  /// The configured version, or the client's own if that is newer: they refuse older servers.
  private String atLeast(String userAgent) {
    Matcher client = CLIENT.matcher(userAgent);
    if (!client.find()) {
      return version;
    }
    String[] ours = version.split("\\.", -1);
    for (int i = 0; i < 3; i++) {
      String theirs = client.group(i + 1);
      if (theirs.length() > 4) {
        return version;
      }
      int order = Integer.compare(Integer.parseInt(theirs), Integer.parseInt(ours[i]));
      if (order != 0) {
        return order < 0
            ? version
            : client.group(1) + "." + client.group(2) + "." + client.group(3);
      }
    }
    return version;
  }

  private static void root(JsonWriter json, String version) {
    json.name("name").string("oriel-gateway").name("cluster_name").string("oriel");
    json.name("cluster_uuid").string("oriel");
    json.name("version").beginObject();
    json.name("number").string(version).name("build_flavor").string("default");
    json.name("build_type").string("oriel").name("build_snapshot").bool(false);
    json.name("lucene_version").string("10.0.0");
    json.name("minimum_wire_compatibility_version").string("7.17.0");
    json.name("minimum_index_compatibility_version").string("7.0.0");
    json.endObject().name("tagline").string("You Know, for Search");
  }

  private static void license(JsonWriter json) {
    json.name("license").beginObject();
    json.name("status").string("active").name("uid").string("oriel");
    json.name("type").string("basic").name("issued_to").string("oriel");
    json.name("issuer").string("oriel").endObject();
  }

  private static void features(JsonWriter json) {
    license(json);
    json.name("features").beginObject().name("ilm").beginObject();
    json.name("available").bool(true).name("enabled").bool(true).endObject().endObject();
  }

  private static void nodes(JsonWriter json) {
    json.name("cluster_name").string("oriel").name("nodes").beginObject().endObject();
  }

  private static void health(JsonWriter json) {
    json.name("cluster_name").string("oriel").name("status").string("green");
    json.name("timed_out").bool(false);
  }

  private static void there(String path, String name, JsonWriter json) {
    switch (path) {
      case "/_ilm/policy" -> {
        json.name(name).beginObject().name("version").number(1);
        json.name("policy").beginObject().name("phases").beginObject().endObject();
        json.endObject().endObject();
      }
      case "/_index_template" -> {
        json.name("index_templates").beginArray().beginObject().name("name").string(name);
        json.name("index_template").beginObject().name("index_patterns").beginArray().endArray();
        json.endObject().endObject().endArray();
      }
      case "/_component_template" -> {
        json.name("component_templates").beginArray().beginObject().name("name").string(name);
        json.name("component_template").beginObject().name("template").beginObject().endObject();
        json.endObject().endObject().endArray();
      }
      default ->
          json.name(name).beginObject().name("index_patterns").beginArray().endArray().endObject();
    }
  }

  /// To Filebeat 7, which would make the first index of an alias that is not there.
  private static void alias(String name, JsonWriter json) {
    json.name(name + "-000001").beginObject().name("aliases").beginObject();
    json.name(name).beginObject().name("is_write_index").bool(true).endObject();
    json.endObject().endObject();
  }

  private static void index(String name, JsonWriter json) {
    json.name(name).beginObject();
    for (String part : new String[] {"aliases", "mappings", "settings"}) {
      json.name(part).beginObject().endObject();
    }
    json.endObject();
  }

  private static void stream(String name, JsonWriter json) {
    json.name("data_streams").beginArray().beginObject().name("name").string(name);
    json.name("status").string("GREEN").endObject().endArray();
  }
}
