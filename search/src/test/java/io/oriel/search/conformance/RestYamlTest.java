package io.oriel.search.conformance;

import io.oriel.search.Rest;
import io.oriel.search.SharedNode;
import io.oriel.testkit.Conformance;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The YAML REST tests of Elasticsearch's clients and of OpenSearch's server.
class RestYamlTest {
  /** Method and path by API; `{x}` is taken from the parameters. */
  private static final Map<String, String> APIS =
      Map.ofEntries(
          Map.entry("bulk", "POST /_bulk"),
          Map.entry("count", "POST /{index}/_count"),
          Map.entry("get", "GET /{index}/_doc/{id}"),
          Map.entry("index", "PUT /{index}/_doc/{id}"),
          Map.entry("search", "POST /{index}/_search"),
          Map.entry("msearch", "POST /{index}/_msearch"),
          Map.entry("info", "GET /"),
          Map.entry("xpack.info", "GET /_xpack"),
          Map.entry("cat.indices", "GET /_cat/indices/{index}"),
          Map.entry("cluster.put_component_template", "PUT /_component_template/{name}"),
          Map.entry("cluster.get_component_template", "GET /_component_template/{name}"),
          Map.entry("cluster.delete_component_template", "DELETE /_component_template/{name}"),
          Map.entry("cluster.exists_component_template", "HEAD /_component_template/{name}"),
          Map.entry("indices.create", "PUT /{index}"),
          Map.entry("indices.delete", "DELETE /{index}"),
          Map.entry("indices.get", "GET /{index}"),
          Map.entry("indices.exists", "HEAD /{index}"),
          Map.entry("indices.refresh", "POST /_refresh"),
          Map.entry("indices.rollover", "POST /{alias}/_rollover/{new_index}"),
          Map.entry("indices.put_alias", "PUT /{index}/_alias/{name}"),
          Map.entry("indices.get_alias", "GET /_alias/{name}"),
          Map.entry("indices.exists_alias", "HEAD /_alias/{name}"),
          Map.entry("indices.delete_alias", "DELETE /{index}/_alias/{name}"),
          Map.entry("indices.update_aliases", "POST /_aliases"),
          Map.entry("indices.put_index_template", "PUT /_index_template/{name}"),
          Map.entry("indices.get_index_template", "GET /_index_template/{name}"),
          Map.entry("indices.exists_index_template", "HEAD /_index_template/{name}"),
          Map.entry("indices.delete_index_template", "DELETE /_index_template/{name}"),
          Map.entry("indices.create_data_stream", "PUT /_data_stream/{name}"),
          Map.entry("indices.delete_data_stream", "DELETE /_data_stream/{name}"),
          Map.entry("ilm.put_lifecycle", "PUT /_ilm/policy/{policy}"),
          Map.entry("ilm.get_lifecycle", "GET /_ilm/policy/{policy}"),
          Map.entry("ilm.delete_lifecycle", "DELETE /_ilm/policy/{policy}"),
          Map.entry("ilm.explain_lifecycle", "GET /{index}/_ilm/explain"),
          Map.entry("ilm.get_status", "GET /_ilm/status"),
          Map.entry("ilm.start", "POST /_ilm/start"),
          Map.entry("ilm.stop", "POST /_ilm/stop"),
          Map.entry("ilm.remove_policy", "POST /{index}/_ilm/remove"));

  /** Of the ILM script: a call of another subject, which the engine does not have. */
  private static final String NOT_HERE = "indices.reload_search_analyzers";

  private final Rest rest = SharedNode.rest();
  private final Map<String, Object> stash = new HashMap<>();
  private Object last = "";

  @TestFactory
  Stream<DynamicTest> elasticsearchClientsTests() throws Exception {
    return tests("logs/elasticsearch-rest");
  }

  @TestFactory
  Stream<DynamicTest> openSearchServerTests() throws Exception {
    return tests("logs/opensearch-rest/server-yaml");
  }

  private Stream<DynamicTest> tests(String data) throws Exception {
    Path root = Conformance.require(data);
    return new Scoreboard(data, Map.of()).tests(root, Scoreboard.files(root, ".yml"), this::run);
  }

  private void run(Path file) {
    Map<String, Object> setup = new LinkedHashMap<>();
    Map<String, Object> bodies = new LinkedHashMap<>();
    for (Object document : Documents.all(file)) {
      Documents.map(document)
          .forEach(
              (name, steps) -> {
                if (name.equals("setup") || name.equals("teardown") || name.equals("requires")) {
                  setup.put(name, steps);
                } else {
                  bodies.put(name, steps);
                }
              });
    }
    bodies.forEach(
        (name, steps) -> {
          Documents.wipe(rest);
          try {
            steps(setup.get("setup"));
            steps(steps);
          } catch (AssertionError e) {
            throw new AssertionError(name + ": " + e.getMessage(), e);
          }
        });
    rest.post("/_ilm/start", "").expect(200);
    Documents.wipe(rest);
  }

  private void steps(@Nullable Object steps) {
    boolean passOver = false;
    for (Object step : Documents.list(steps)) {
      for (Map.Entry<String, Object> entry : Documents.map(step).entrySet()) {
        if (entry.getKey().equals("do")) {
          passOver = Documents.map(entry.getValue()).containsKey(NOT_HERE);
        }
        if (!passOver) {
          step(entry.getKey(), entry.getValue());
        }
      }
    }
  }

  private void step(String kind, Object what) {
    switch (kind) {
      case "do" -> call(Documents.map(what));
      case "skip" -> {
        // conditions of versions long before and features that this runner has
      }
      case "match" -> each(what, (path, want) -> Documents.compare(path, want, at(path)));
      case "length" ->
          each(
              what,
              (path, want) ->
                  Documents.compare(
                      path,
                      want,
                      at(path) instanceof Map<?, ?> m
                          ? m.size()
                          : Documents.list(at(path)).size()));
      case "is_true" -> check(what, true);
      case "is_false" -> check(what, false);
      case "set" -> each(what, (path, name) -> stash.put("$" + name, at(path)));
      default -> throw new AssertionError("step not understood: " + kind);
    }
  }

  private interface Check {
    void run(String path, Object want);
  }

  private static void each(Object what, Check check) {
    Documents.map(what).forEach(check::run);
  }

  private void check(Object path, boolean wanted) {
    Object got = at(String.valueOf(path));
    boolean truth =
        got != null
            && !got.equals(false)
            && !got.equals("")
            && !got.equals(0)
            && !got.equals("false");
    if (truth != wanted) {
      throw new AssertionError(path + ": got " + got + ", want " + wanted);
    }
  }

  private @Nullable Object at(String path) {
    Object node = last;
    if (path.isEmpty() || path.equals("$body")) {
      return node;
    }
    for (String part : path.split("(?<!\\\\)\\.")) {
      String name = part.replace("\\.", ".");
      Object known = stash.get(name);
      String key = known == null ? name : known.toString();
      if (node instanceof Map<?, ?> map) {
        node = map.get(key);
      } else if (node instanceof List<?> list && key.matches("\\d+")) {
        node = Integer.parseInt(key) < list.size() ? list.get(Integer.parseInt(key)) : null;
      } else {
        return null;
      }
      if (node == null) {
        return null;
      }
    }
    return node;
  }

  private void call(Map<String, Object> step) {
    String expected = "";
    for (Map.Entry<String, Object> entry : step.entrySet()) {
      switch (entry.getKey()) {
        case "catch" -> expected = entry.getValue().toString();
        case "headers", "warnings", "allowed_warnings", "node_selector" -> {
          // ours answers alike whatever they say
        }
        default -> {
          Map<String, Object> params = new LinkedHashMap<>(Documents.map(entry.getValue()));
          Rest.Answer answer = send(entry.getKey(), params);
          verify(entry.getKey(), answer, expected, params);
        }
      }
    }
  }

  private Rest.Answer send(String api, Map<String, Object> params) {
    String call = APIS.get(api);
    if (call == null) {
      throw new AssertionError("no such API here: " + api);
    }
    Object body = params.get("body");
    String method = call.substring(0, call.indexOf(' '));
    List<String> parts = new ArrayList<>();
    for (String part : call.substring(call.indexOf(' ') + 2).split("/")) {
      if (part.startsWith("{")) {
        Object value = params.remove(part.substring(1, part.length() - 1));
        if (value != null) {
          parts.add(encode(value));
        }
      } else {
        parts.add(part);
      }
    }
    StringBuilder query = new StringBuilder();
    params.forEach(
        (name, value) -> {
          if (!name.equals("body") && !name.equals("ignore")) {
            query
                .append(query.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(encode(value));
          }
        });
    boolean lines = api.equals("bulk") || api.equals("msearch");
    if (api.equals("index") && call.contains("{id}") && parts.size() < 3) {
      method = "POST";
    }
    return rest.send(
        method,
        "/" + String.join("/", parts) + query,
        Documents.text(body, lines),
        lines ? "application/x-ndjson" : "application/json");
  }

  private static String encode(Object value) {
    String text =
        value instanceof List<?> list
            ? String.join(",", list.stream().map(String::valueOf).toList())
            : value.toString();
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private void verify(String api, Rest.Answer answer, String expected, Map<String, Object> params) {
    last =
        api.contains("exists")
            ? (Object) (answer.status() == 200)
            : Documents.parsed(answer.text());
    if (!expected.isEmpty()) {
      if (answer.status() < 400) {
        throw new AssertionError(
            api + ": got " + answer.status() + ", want a refusal: " + expected);
      }
      if (expected.startsWith("/")
          && !Pattern.compile(expected.substring(1, expected.length() - 1))
              .matcher(answer.text())
              .find()) {
        throw new AssertionError(api + ": got " + answer.text() + ", want " + expected);
      }
      return;
    }
    boolean ignored =
        String.valueOf(params.get("ignore")).equals(Integer.toString(answer.status()));
    if (answer.status() >= 400 && !ignored && !api.contains("exists")) {
      throw new AssertionError(api + ": got " + answer.status() + ": " + answer.text());
    }
  }
}
