package io.oriel.metrics.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.promql.script.MemoryStorage;
import io.oriel.promql.script.SequenceValue;
import io.oriel.runtime.http.Routes;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SearchApiTest {
  private static final String END = "{\"status\":\"success\",\"has_more\":false}\n";

  private static ApiServer server(SearchApi.Options options) throws IOException {
    MemoryStorage storage = new MemoryStorage();
    for (String name : new String[] {"go_goroutines", "http_requests_total", "up", "Uptime"}) {
      Labels labels = Labels.of("__name__", name, "job", "j", "instance", name + ":1");
      storage.add(labels, 60_000, new SequenceValue(false, 1, null, false), 0);
    }
    Routes routes = new Routes();
    new SearchApi(
            storage,
            () -> Map.of("up", new MetricMetadata(MetricType.GAUGE, "", "Whether it is up.")),
            InstantSource.fixed(Instant.ofEpochSecond(90)),
            options)
        .addTo(routes);
    return new ApiServer(routes);
  }

  private static ApiServer server() throws IOException {
    return server(new SearchApi.Options(true, 10));
  }

  @Test
  void whatResemblesComesInBatchesWithAnEnd() throws Exception {
    try (ApiServer server = server()) {
      assertEquals(
          "{\"results\":[{\"name\":\"Uptime\"},{\"name\":\"go_goroutines\"}]}\n"
              + "{\"results\":[{\"name\":\"http_requests_total\"},{\"name\":\"up\"}]}\n"
              + END,
          server.get("search/metric_names", "batch_size", "2"));
      assertEquals(
          "{\"results\":[{\"name\":\"Uptime\"}]}\n{\"status\":\"success\",\"has_more\":true}\n",
          server.get("search/metric_names", "limit", "1"));
      assertEquals(
          "{\"results\":[{\"name\":\"up\",\"score\":1,\"type\":\"gauge\","
              + "\"help\":\"Whether it is up.\"},"
              + "{\"name\":\"Uptime\",\"score\":1}]}\n"
              + END,
          server.get(
              "search/metric_names",
              "search[]",
              "UP",
              "case_sensitive",
              "false",
              "sort_by",
              "alpha",
              "sort_dir",
              "dsc",
              "include_score",
              "1",
              "include_metadata",
              "t"));
      assertEquals(
          "{\"results\":[{\"name\":\"http_requests_total\"}]}\n" + END,
          server.get("search/metric_names", "search[]", "hrt", "match[]", "{job=\"j\"}"));
      assertEquals(
          "{\"results\":[]}\n" + END, server.get("search/metric_names", "search[]", "xyz"));
      assertEquals(
          "{\"results\":[{\"name\":\"instance\"}]}\n" + END,
          server.get("search/label_names", "search[]", "inst"));
      assertEquals(
          "{\"results\":[{\"value\":\"up:1\"},{\"value\":\"Uptime:1\"}]}\n" + END,
          server.get(
              "search/label_values",
              "label",
              "instance",
              "search[]",
              "up:1",
              "fuzz_alg",
              "jarowinkler",
              "fuzz_threshold",
              "40",
              "sort_by",
              "score"));
    }
  }

  @Test
  void mistakesAreNamed() throws Exception {
    try (ApiServer server = server()) {
      String names = "search/metric_names";
      assertEquals("search API disabled", refusalWhenOff());
      assertEquals(
          "missing required parameter \"label\"", server.refusal(400, "search/label_values"));
      assertEquals(
          "invalid fuzz_threshold \"101\": must be 0-100",
          server.refusal(400, names, "fuzz_threshold", "101"));
      assertEquals(
          "unsupported fuzz_alg \"soundex\": must be one of [subsequence jarowinkler]",
          server.refusal(400, names, "fuzz_alg", "soundex"));
      assertEquals(
          "invalid sort_by \"size\" for metric_names: must be \"alpha\" or \"score\"",
          server.refusal(400, names, "sort_by", "size"));
      assertEquals(
          "sort_dir is only valid when sort_by is set",
          server.refusal(400, names, "sort_dir", "asc"));
      assertEquals(
          "sort_by=score requires search[] to be set",
          server.refusal(400, names, "sort_by", "score"));
      assertEquals(
          "limit 11 exceeds the configured maximum (10, see --web.search.max-limit)",
          server.refusal(400, names, "limit", "11"));
      assertEquals(
          "invalid batch_size \"0\": must be a positive integer",
          server.refusal(400, names, "batch_size", "0"));
      assertEquals(
          "invalid case_sensitive \"yes\": must be boolean",
          server.refusal(400, names, "case_sensitive", "yes"));
      assertEquals(
          "end timestamp must not be before start timestamp",
          server.refusal(400, names, "start", "2", "end", "1"));
    }
  }

  private static String refusalWhenOff() throws Exception {
    try (ApiServer server = server(new SearchApi.Options(false, 0))) {
      return server.refusal(503, "search/label_names");
    }
  }

  /// Hand-computed by the definitions.
  @Test
  void similarityIsUpstreams() {
    assertEquals(1, TextSimilarity.subsequence("up", "up"));
    assertEquals(0, TextSimilarity.subsequence("pu", "up"));
    // One run of two at 0, six characters left over of eight.
    assertEquals(
        (4 - 0.5 * 6 / 8) / 4 * 0.999, TextSimilarity.subsequence("ab", "abxxxxxx"), 1e-12);
    // Two runs of one, one character before, one between, none behind, of four.
    assertEquals(
        (1 - 0.25 + 1 - 0.25) / 4 * 0.999, TextSimilarity.subsequence("ab", "xaxb"), 1e-12);
    // The later start is better.
    assertEquals((4 - 2 / 4.0) / 4 * 0.999, TextSimilarity.subsequence("ab", "axab"), 1e-12);
    assertEquals(1 - 0.9 * 1 / 2, TextSimilarity.part("b", "üba"), 1e-12);
    // The textbook's examples.
    assertEquals(0.961, TextSimilarity.jaroWinkler("MARTHA", "MARHTA"), 0.001);
    assertEquals(0.813, TextSimilarity.jaroWinkler("DICKSONX", "DIXON"), 0.001);
    assertEquals(0, TextSimilarity.jaroWinkler("abc", "xyz"));
    assertTrue(TextSimilarity.jaroWinkler("ü", "üb") > 0.8);
  }
}
