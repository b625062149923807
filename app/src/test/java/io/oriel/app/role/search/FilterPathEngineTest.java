package io.oriel.app.role.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.search.node.SearchNodeConfig;
import io.oriel.testkit.Seed;
import io.oriel.wire.elastic.FilterPath;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `filter_path` as we read it against the engine's own, over random documents and paths.
class FilterPathEngineTest {
  private static final String[] NAMES = {"a", "b", "ab", "abc", "c"};
  private static final String[] WANTED = {
    "a", "b", "ab", "abc", "*", "a*", "*b", "*b*", "**", "c", "_source", "_source"
  };
  private static final int DOCUMENTS = 40;
  private static final int PATHS = 25;

  @TempDir private Path directory;

  private static void value(SplittableRandom random, int depth, StringBuilder json) {
    int kind = depth > 4 ? 0 : random.nextInt(4);
    switch (kind) {
      case 1, 2 -> object(random, depth + 1, json);
      case 3 -> {
        json.append('[');
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
          json.append(i > 0 ? "," : "");
          value(random, depth + 1, json);
        }
        json.append(']');
      }
      default ->
          json.append(
              switch (random.nextInt(4)) {
                case 0 -> "null";
                case 1 -> "\"text\"";
                case 2 -> "true";
                default -> "-12.5";
              });
    }
  }

  private static void object(SplittableRandom random, int depth, StringBuilder json) {
    json.append('{');
    boolean first = true;
    for (String name : NAMES) {
      if (random.nextInt(2) == 0) {
        json.append(first ? "" : ",").append('"').append(name).append("\":");
        value(random, depth, json);
        first = false;
      }
    }
    json.append('}');
  }

  private static String paths(SplittableRandom random) {
    StringBuilder paths = new StringBuilder();
    int count = random.nextInt(1, 4);
    for (int i = 0; i < count; i++) {
      paths.append(i > 0 ? "," : "").append(random.nextInt(4) == 0 ? "-" : "");
      paths.append(random.nextInt(5) > 0 ? "_source" : WANTED[random.nextInt(WANTED.length)]);
      for (int more = random.nextInt(4); more > 0; more--) {
        paths.append('.').append(WANTED[random.nextInt(WANTED.length)]);
      }
    }
    return paths.toString();
  }

  @Test
  void leavesWhatTheEngineLeaves() throws Exception {
    SplittableRandom random = Seed.random("filter-path");
    try (SearchRole search =
            SearchRole.start(
                new SearchRole.Options(
                    SearchNodeConfig.in(directory), HttpServerConfig.on("127.0.0.1:0"), true),
                "test");
        HttpClient client = HttpClient.create(HttpClientConfig.standard(), "test")) {
      String index = search.engine() + "/filtered";
      send(client, "PUT", index, "{\"mappings\":{\"enabled\":false}}");
      for (int i = 0; i < DOCUMENTS; i++) {
        StringBuilder json = new StringBuilder();
        object(random, 0, json);
        String document = index + "/_doc/" + i;
        send(client, "PUT", document, json.toString());
        byte[] whole = client.send(HttpRequest.get(URI.create(document))).body();

        for (int j = 0; j < PATHS; j++) {
          String paths = paths(random);
          HttpResult theirs =
              client.send(
                  HttpRequest.get(
                      URI.create(
                          document
                              + "?filter_path="
                              + URLEncoder.encode(paths, StandardCharsets.UTF_8))));

          assertEquals(
              theirs.text(),
              new String(FilterPath.of(paths).apply(whole), StandardCharsets.UTF_8),
              () -> paths + " of " + new String(whole, StandardCharsets.UTF_8));
        }
      }
    }
  }

  private static void send(HttpClient client, String method, String url, String body)
      throws Exception {
    HttpResult result =
        client.send(
            HttpRequest.of(method, URI.create(url), body.getBytes(StandardCharsets.UTF_8))
                .withHeader("content-type", "application/json"));
    assertEquals(2, result.status() / 100, result::text);
  }
}
