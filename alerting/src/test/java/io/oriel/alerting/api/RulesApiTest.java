package io.oriel.alerting.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.alerting.rule.Alert;
import io.oriel.alerting.rule.RuleConfig;
import io.oriel.alerting.rule.RuleGroupStatus;
import io.oriel.alerting.rule.RuleStatus;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RulesApiTest {
  private static final Alert FIRING =
      new Alert(
          Alert.State.FIRING,
          Labels.of("alertname", "Down", "job", "a"),
          Map.of("summary", "it is"),
          1,
          1_000,
          2_000,
          0,
          0,
          0,
          0);
  private static final RuleGroupStatus ONE =
      new RuleGroupStatus(
          "one",
          "r.yml",
          30_000,
          0,
          3_000,
          0.25,
          List.of(
              new RuleStatus(
                  new RuleConfig.Recording("a:b", "sum(x)", Labels.of("l", "v"), 1),
                  RuleStatus.Health.OK,
                  "",
                  3_000,
                  0.5,
                  Alert.State.INACTIVE,
                  List.of()),
              new RuleStatus(
                  new RuleConfig.Alerting(
                      "Down", "up == 0", 60_000, 0, Labels.empty(), Map.of(), 2),
                  RuleStatus.Health.ERROR,
                  "boom",
                  0,
                  0,
                  Alert.State.FIRING,
                  List.of(FIRING))));
  private static final RuleGroupStatus TWO =
      new RuleGroupStatus("two", "r.yml", 60_000, 0, 0, 0, List.of());

  private HttpServer server;
  private HttpClient client;

  @BeforeEach
  void start() throws Exception {
    Routes routes = new Routes();
    new RulesApi(() -> List.of(ONE, TWO), _ -> List.of(Matcher.of(Matcher.Type.EQUAL, "l", "v")))
        .addTo(routes);
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

  private String get(String path) throws Exception {
    return client
        .send(HttpRequest.get(URI.create("http://127.0.0.1:" + server.port() + path)))
        .text();
  }

  @Test
  void rulesAsPrometheusShapesThem() throws Exception {
    assertEquals(
        """
        {"status":"success","data":{"groups":[\
        {"name":"one","file":"r.yml","rules":[\
        {"name":"a:b","query":"sum(x)","labels":{"l":"v"},"health":"ok","evaluationTime":0.5,\
        "lastEvaluation":"1970-01-01T00:00:03Z","type":"recording"},\
        {"state":"firing","name":"Down","query":"up == 0","duration":60,"keepFiringFor":0,\
        "labels":{},"annotations":{},"alerts":[{"labels":{"alertname":"Down","job":"a"},\
        "annotations":{"summary":"it is"},"state":"firing","activeAt":"1970-01-01T00:00:01Z",\
        "value":"1e+00"}],"health":"err","lastError":"boom","evaluationTime":0,\
        "lastEvaluation":"0001-01-01T00:00:00Z","type":"alerting"}],\
        "interval":30,"limit":0,"evaluationTime":0.25,"lastEvaluation":"1970-01-01T00:00:03Z"},\
        {"name":"two","file":"r.yml","rules":[],"interval":60,"limit":0,"evaluationTime":0,\
        "lastEvaluation":"0001-01-01T00:00:00Z"}]}}""",
        get("/api/v1/rules"));
  }

  @Test
  void filtersAndPages() throws Exception {
    assertTrue(get("/api/v1/rules?type=alert&exclude_alerts=true").contains("\"alerts\":[]"));
    assertTrue(!get("/api/v1/rules?type=alert").contains("a:b"));
    assertTrue(!get("/api/v1/rules?match[]=%7Bl%3D%22v%22%7D").contains("Down"));
    assertTrue(!get("/api/v1/rules?rule_group[]=two").contains("\"one\""));
    String first = get("/api/v1/rules?group_limit=1");
    String token = first.replaceAll(".*groupNextToken\":\"([0-9a-f]+)\".*", "$1");
    assertEquals(64, token.length());
    String second = get("/api/v1/rules?group_limit=1&group_next_token=" + token);
    assertTrue(second.contains("\"two\"") && !second.contains("groupNextToken"), second);
    assertTrue(get("/api/v1/rules?type=x").contains("bad_data"));
    assertTrue(get("/api/v1/rules?group_next_token=x").contains("bad_data"));
  }

  @Test
  void alertsOfAllGroups() throws Exception {
    assertTrue(get("/api/v1/alerts").startsWith("{\"status\":\"success\",\"data\":{\"alerts\":[{"));
  }
}
