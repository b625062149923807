package io.oriel.metrics.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.runtime.http.Routes;
import io.oriel.testkit.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class OpenApiTest {
  private static Map<?, ?> map(@Nullable Object value) {
    return (Map<?, ?>) Objects.requireNonNull(value);
  }

  private static Map<?, ?> load(String yaml) {
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(10 << 20).build();
    return map(new Load(settings).loadFromString(yaml));
  }

  /// The parameters of every operation, `get /query` → names.
  private static Map<String, TreeSet<String>> operations(Map<?, ?> document) {
    Map<String, TreeSet<String>> found = new TreeMap<>();
    map(document.get("paths"))
        .forEach(
            (path, methods) ->
                map(methods)
                    .forEach(
                        (method, operation) ->
                            found.put(method + " " + path, parameters(document, map(operation)))));
    return found;
  }

  private static TreeSet<String> parameters(Map<?, ?> document, Map<?, ?> operation) {
    TreeSet<String> names = new TreeSet<>();
    Object listed = operation.get("parameters");
    for (Object each : listed instanceof List<?> list ? list : List.of()) {
      names.add(String.valueOf(resolved(document, map(each)).get("name")));
    }
    Object body = operation.get("requestBody");
    if (body != null) {
      Object form = map(map(body).get("content")).get("application/x-www-form-urlencoded");
      if (form != null) {
        map(resolved(document, map(map(form).get("schema"))).get("properties"))
            .keySet()
            .forEach(name -> names.add(String.valueOf(name)));
      }
    }
    return names;
  }

  private static Map<?, ?> resolved(Map<?, ?> document, Map<?, ?> item) {
    Object reference = item.get("$ref");
    if (reference == null) {
      return item;
    }
    Map<?, ?> at = document;
    for (String step : String.valueOf(reference).substring(2).split("/", -1)) {
      at = map(at.get(step));
    }
    return at;
  }

  @Test
  void theDocumentIsServed() throws Exception {
    Routes routes = new Routes();
    new OpenApi().addTo(routes);
    try (ApiServer server = new ApiServer(routes)) {
      assertEquals(OpenApi.yaml(), server.get("openapi.yaml"));
    }
  }

  @Test
  void nothingThatUpstreamDocumentsIsMissing() throws IOException {
    Path golden = Conformance.require("metrics/http-api/prometheus-openapi_3.1_golden.yaml");
    Map<String, TreeSet<String>> ours = operations(load(OpenApi.yaml()));
    List<String> missing = new ArrayList<>();
    int parameters = 0;
    Map<String, TreeSet<String>> theirs = operations(load(Files.readString(golden)));
    for (Map.Entry<String, TreeSet<String>> operation : theirs.entrySet()) {
      TreeSet<String> known = ours.get(operation.getKey());
      if (known == null) {
        missing.add(operation.getKey());
        continue;
      }
      for (String name : operation.getValue()) {
        parameters++;
        if (!known.contains(name)) {
          missing.add(operation.getKey() + " " + name);
        }
      }
    }
    System.out.println("openapi: " + theirs.size() + " operations, " + parameters + " parameters");
    assertEquals(List.of(), missing);
    assertTrue(theirs.size() > 40);
  }
}
