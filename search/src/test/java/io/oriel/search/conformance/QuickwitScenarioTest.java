package io.oriel.search.conformance;

import io.oriel.search.Rest;
import io.oriel.search.SharedNode;
import io.oriel.testkit.Conformance;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Quickwit's scenarios of Elasticsearch compatibility, those steps that are for `elasticsearch`.
class QuickwitScenarioTest {
  private final Rest rest = SharedNode.rest();
  private Object previous = Map.of();

  @TestFactory
  Stream<DynamicTest> scenarios() throws Exception {
    Path root = Conformance.require("logs/es-compat-quickwit");
    List<Path> files = Scoreboard.files(root, ".yaml");
    return new Scoreboard("logs/es-compat-quickwit", Exceptions.SCENARIOS)
        .tests(root, files, this::run);
  }

  private void run(Path file) throws IOException {
    Documents.wipe(rest);
    Path directory = file.getParent();
    List<Path> parents = new ArrayList<>();
    for (Path at = directory;
        at != null && !at.endsWith("es-compat-quickwit");
        at = at.getParent()) {
      parents.addFirst(at);
    }
    Map<String, Object> context = new LinkedHashMap<>();
    for (Path parent : parents) {
      context(parent, context);
      script(parent.resolve("_setup.elasticsearch.yaml"), context);
    }
    script(file, context);
    Documents.wipe(rest);
  }

  private static void context(Path directory, Map<String, Object> into) {
    for (String name : new String[] {"_ctx.yaml", "_ctx.elasticsearch.yaml"}) {
      Path file = directory.resolve(name);
      if (Files.exists(file)) {
        Documents.all(file).forEach(document -> into.putAll(Documents.map(document)));
      }
    }
  }

  private void script(Path file, Map<String, Object> context) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    int number = 0;
    for (Object document : Documents.all(file)) {
      number++;
      Map<String, Object> step = new LinkedHashMap<>(context);
      step.putAll(Documents.map(document));
      List<?> engines = Documents.list(step.get("engines"));
      if (document != null && (engines.isEmpty() || engines.contains("elasticsearch"))) {
        for (Object method : Documents.list(step.getOrDefault("method", "GET"))) {
          try {
            once(file.getParent(), method.toString(), step);
          } catch (AssertionError e) {
            throw new AssertionError(
                file.getFileName() + " step " + number + " " + method + ": " + e.getMessage(), e);
          }
        }
      }
    }
  }

  private void once(Path directory, String method, Map<String, Object> step) throws IOException {
    String base = URI.create(String.valueOf(step.getOrDefault("api_root", ""))).getPath();
    StringBuilder path =
        new StringBuilder(("/" + base + "/").replaceAll("/+", "/"))
            .append(String.valueOf(step.getOrDefault("endpoint", "")).replaceFirst("^/", ""));
    char separator = path.indexOf("?") < 0 ? '?' : '&';
    for (Map.Entry<String, Object> param : Documents.map(step.get("params")).entrySet()) {
      Object value = substituted(param.getValue());
      for (Object each : Documents.list(value)) {
        path.append(separator)
            .append(param.getKey())
            .append('=')
            .append(URLEncoder.encode(String.valueOf(each), StandardCharsets.UTF_8));
        separator = '&';
      }
    }
    String body = Documents.text(substituted(step.get("json")), false);
    if (step.get("ndjson") != null) {
      body = Documents.text(step.get("ndjson"), true);
    }
    Object name = step.get("body_from_file");
    if (name != null) {
      byte[] packed = Files.readAllBytes(directory.resolve(name.toString()));
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
        body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
    Rest.Answer answer = rest.send(method, path.toString(), body);
    Object wanted = step.getOrDefault("status_code", 200);
    if (wanted != null && answer.status() != ((Number) wanted).intValue()) {
      throw new AssertionError(
          "got " + answer.status() + ", want " + wanted + ": " + answer.text());
    }
    previous = Documents.parsed(answer.text());
    if (step.get("expected") != null) {
      Documents.compare("", step.get("expected"), previous);
    }
  }

  /// `$previous` takes one member of the last answer.
  private @Nullable Object substituted(@Nullable Object body) {
    if (body instanceof Map<?, ?> map) {
      Object rule = map.get("$previous");
      if (rule != null) {
        String member = rule.toString().replaceAll("val\\[\"(.*)\"\\]", "$1");
        return Documents.map(previous).get(member);
      }
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> copy.put(key.toString(), substituted(value)));
      return copy;
    }
    return body;
  }
}
