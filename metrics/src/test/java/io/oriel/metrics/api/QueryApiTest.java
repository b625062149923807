package io.oriel.metrics.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.labels.Labels;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.eval.Execution;
import io.oriel.promql.script.MemoryStorage;
import io.oriel.promql.script.SequenceValue;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.promapi.ApiParams;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QueryApiTest {
  private HttpServer server;
  private HttpClient client;

  private static MemoryStorage storage() {
    MemoryStorage storage = new MemoryStorage();
    double[] a = {1, 1, 0, Double.NaN};
    NativeHistogram histogram =
        NativeHistogram.builder()
            .count(4)
            .sum(5)
            .positive(Buckets.of(new int[] {0}, new int[] {3}, new double[] {1, 2, 1}))
            .build();
    for (int i = 0; i < 4; i++) {
      long time = 60_000L * i;
      storage.add(
          Labels.of("__name__", "up", "job", "a"),
          time,
          new SequenceValue(false, a[i], null, false),
          0);
      storage.add(
          Labels.of("__name__", "up", "job", "b"),
          time,
          new SequenceValue(false, 0.5 * i, null, false),
          0);
      storage.add(
          Labels.of("__name__", "hist"), time, new SequenceValue(false, 0, histogram, false), 0);
    }
    return storage;
  }

  @BeforeEach
  void start() throws Exception {
    MemoryStorage storage = storage();
    QueryEngine engine =
        new QueryEngine(EngineOptions.DEFAULT, new Execution.Workers(Runnable::run, 1), () -> 0);
    Routes routes = new Routes();
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(60));
    new QueryApi(engine, storage, (_, _, _) -> List.of(), clock).addTo(routes);
    new SeriesApi(storage).addTo(routes);
    server =
        HttpServer.start(
            HttpServerConfig.on("127.0.0.1:0"),
            routes,
            new HttpServerMetrics("test", new PrometheusRegistry()));
    client = HttpClient.create(HttpClientConfig.standard(), "test");
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private HttpResult get(String path, String... params) throws Exception {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < params.length; i += 2) {
      query.append(i == 0 ? '?' : '&').append(params[i]).append('=');
      query.append(URLEncoder.encode(params[i + 1], StandardCharsets.UTF_8));
    }
    return client.send(
        HttpRequest.get(
            URI.create("http://127.0.0.1:" + server.port() + "/api/v1/" + path + query)));
  }

  @Test
  void instantVector() throws Exception {
    assertEquals(
        """
        {"status":"success","data":{"resultType":"vector","result":[\
        {"metric":{"__name__":"up","job":"a"},"value":[60,"1"]}]}}""",
        get("query", "query", "up{job=\"a\"}").text());
  }

  @Test
  void rangeMatrixWithGapsNaNsAndFractions() throws Exception {
    assertEquals(
        """
        {"status":"success","data":{"resultType":"matrix","result":[\
        {"metric":{"__name__":"up","job":"a"},"values":[[120.500,"0"],[180.500,"NaN"]]},\
        {"metric":{"__name__":"up","job":"b"},"values":[[120.500,"1"],[180.500,"1.5"]]}]}}""",
        get("query_range", "query", "up", "start", "120.5", "end", "200", "step", "1m").text());
  }

  @Test
  void histogramsScalarsAndStrings() throws Exception {
    assertEquals(
        """
        {"status":"success","data":{"resultType":"vector","result":[\
        {"metric":{"__name__":"hist"},"histogram":[60,{"count":"4","sum":"5","buckets":[\
        [0,"0.5","1","1"],[0,"1","2","2"],[0,"2","4","1"]]}]}]}}""",
        get("query", "query", "hist").text());
    assertEquals(
        "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1.500,\"7\"]}}",
        get("query", "query", "7", "time", "1970-01-01T00:00:01.5Z").text());
    assertEquals(
        "{\"status\":\"success\",\"data\":{\"resultType\":\"string\",\"result\":[60,\"x\"]}}",
        get("query", "query", "\"x\"").text());
    assertTrue(
        get("query", "query", "up[5m]").text().contains("\"values\":[[0,\"1\"],[60,\"1\"]]"));
  }

  @Test
  void badParametersAreNamed() throws Exception {
    HttpResult parse = get("query", "query", "up{");
    assertEquals(400, parse.status());
    assertTrue(
        parse
            .text()
            .startsWith(
                "{\"status\":\"error\",\"errorType\":\"bad_data\","
                    + "\"error\":\"invalid parameter \\\"query\\\": 1:4"),
        parse::text);
    assertEquals(
        "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"invalid parameter"
            + " \\\"time\\\": cannot parse \\\"x\\\" to a valid timestamp\"}",
        get("query", "query", "up", "time", "x").text());
    assertEquals(
        400, get("query_range", "query", "up", "start", "0", "end", "9e9", "step", "1").status());
    assertEquals(
        400, get("query_range", "query", "up", "start", "9", "end", "1", "step", "1").status());
    assertEquals(400, get("series").status());
    assertEquals(400, get("series", "match[]", "{a=\"\"}").status());
    assertEquals(422, get("query", "query", "up * on() up").status());
  }

  @Test
  void seriesAndLabels() throws Exception {
    assertEquals("{\"status\":\"success\",\"data\":[\"__name__\",\"job\"]}", get("labels").text());
    assertEquals("{\"status\":\"success\",\"data\":[\"a\",\"b\"]}", get("label/job/values").text());
    assertEquals(
        "{\"status\":\"success\",\"data\":[\"a\"],"
            + "\"warnings\":[\"results truncated due to limit\"]}",
        get("label/job/values", "limit", "1").text());
    assertEquals(
        "{\"status\":\"success\",\"data\":[{\"__name__\":\"up\",\"job\":\"b\"}]}",
        get("series", "match[]", "up{job=\"b\"}").text());
    assertEquals("a.b_c", ApiParams.unescaped("U__a_2e_b__c"));
  }

  @Test
  void formatsQueriesAndListsRunningOnes() throws Exception {
    assertEquals(
        "{\"status\":\"success\",\"data\":\"sum by (job) (up)\"}",
        get("format_query", "query", "sum  by(job)(up)").text());
    assertEquals("{\"status\":\"success\",\"data\":[]}", get("queries").text());
  }
}
