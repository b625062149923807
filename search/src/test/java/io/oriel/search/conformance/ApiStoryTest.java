package io.oriel.search.conformance;

import io.oriel.search.Rest;
import io.oriel.search.SharedNode;
import io.oriel.testkit.Conformance;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The stories of OpenSearch's API specification.
class ApiStoryTest {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([\\w.\\[\\]]+)\\}");

  private final Rest rest = SharedNode.rest();
  private final Map<String, Object> outputs = new HashMap<>();

  @TestFactory
  Stream<DynamicTest> stories() throws Exception {
    Path root = Conformance.require("logs/opensearch-rest");
    List<Path> files = Scoreboard.files(root, ".yaml");
    return new Scoreboard("logs/opensearch-rest", Exceptions.STORIES).tests(root, files, this::run);
  }

  private void run(Path file) {
    Documents.wipe(rest);
    Map<String, Object> story = Documents.map(Documents.all(file).getFirst());
    outputs.clear();
    for (String part : new String[] {"prologues", "chapters"}) {
      rest.get(
          "/_cluster/health?wait_for_status=yellow&wait_for_no_initializing_shards=true&timeout=5s");
      int number = 0;
      for (Object node : Documents.list(story.get(part))) {
        number++;
        Map<String, Object> chapter = Documents.map(node);
        if (isForUs(chapter)) {
          try {
            chapter(chapter, part.equals("prologues"));
          } catch (AssertionError e) {
            throw new AssertionError(part + " " + number + ": " + e.getMessage(), e);
          }
        }
      }
    }
    Documents.wipe(rest);
  }

  /// Chapters for versions before 2.0 or below 3 are of other engines.
  private static boolean isForUs(Map<String, Object> chapter) {
    String version = String.valueOf(chapter.get("version"));
    return !version.contains("< 2");
  }

  private void chapter(Map<String, Object> chapter, boolean lenient) {
    Map<String, Object> params =
        new LinkedHashMap<>(Documents.map(filled(chapter.get("parameters"))));
    String path = String.valueOf(filled(chapter.get("path")));
    path = path.startsWith("/") ? path : "/" + path;
    for (String name : List.copyOf(params.keySet())) {
      if (path.contains("{" + name + "}")) {
        path = path.replace("{" + name + "}", encode(params.remove(name)));
      }
    }
    StringBuilder target = new StringBuilder(path);
    char separator = '?';
    for (Map.Entry<String, Object> param : params.entrySet()) {
      target.append(separator).append(param.getKey()).append('=').append(encode(param.getValue()));
      separator = '&';
    }
    Map<String, Object> request = Documents.map(chapter.get("request"));
    String type = String.valueOf(request.getOrDefault("content_type", "application/json"));
    String body = Documents.text(filled(request.get("payload")), type.endsWith("ndjson"));
    String method = Documents.list(chapter.getOrDefault("method", "GET")).getFirst().toString();
    Rest.Answer answer = rest.send(method, target.toString(), body, type);
    Map<String, Object> response = Documents.map(chapter.get("response"));
    List<?> statuses =
        Documents.list(
            response.getOrDefault(
                "status", chapter.getOrDefault("status", lenient ? List.of(200, 201) : 200)));
    if (!statuses.contains(answer.status())) {
      throw new AssertionError(
          method
              + " "
              + target
              + ": got "
              + answer.status()
              + ", want "
              + statuses
              + ": "
              + answer.text());
    }
    Object parsed = Documents.parsed(answer.text());
    String answered = answer.headers().firstValue("content-type").orElse("");
    boolean binary = answered.contains("cbor") || answered.contains("smile");
    if (response.get("payload") != null && !binary) {
      Documents.compare("payload", filled(response.get("payload")), parsed);
    }
    Map<String, Object> output = Documents.map(chapter.get("output"));
    output.forEach(
        (name, where) -> {
          Object found = at(parsed, where.toString().replaceFirst("^payload\\.?", ""));
          if (found != null) {
            outputs.put(chapter.getOrDefault("id", "") + "." + name, found);
          }
        });
  }

  private static @Nullable Object at(Object root, String path) {
    Object node = root;
    for (String part : path.replace("[", ".").replace("]", "").split("\\.")) {
      if (part.isEmpty()) {
        continue;
      }
      if (node instanceof Map<?, ?> map) {
        node = map.get(part);
      } else if (node instanceof List<?> list && part.matches("\\d+")) {
        node = list.get(Integer.parseInt(part));
      } else {
        return null;
      }
      if (node == null) {
        return null;
      }
    }
    return node;
  }

  private @Nullable Object filled(@Nullable Object node) {
    if (node instanceof String text) {
      Matcher whole = VARIABLE.matcher(text);
      if (whole.matches()) {
        return outputs.getOrDefault(whole.group(1), text);
      }
      return VARIABLE
          .matcher(text)
          .replaceAll(m -> Matcher.quoteReplacement(String.valueOf(outputs.get(m.group(1)))));
    }
    if (node instanceof Map<?, ?> map) {
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> copy.put(String.valueOf(filled(key.toString())), filled(value)));
      return copy;
    }
    return node instanceof List<?> list ? list.stream().map(this::filled).toList() : node;
  }

  private static String encode(@Nullable Object value) {
    String text =
        value instanceof List<?> list
            ? String.join(",", list.stream().map(String::valueOf).toList())
            : String.valueOf(value);
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
