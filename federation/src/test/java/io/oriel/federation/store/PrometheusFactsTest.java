package io.oriel.federation.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.series.ExemplarQueryable.SeriesExemplars;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.wire.storeapi.RuleGroup;
import io.oriel.wire.storeapi.RulesRequest;
import io.oriel.wire.storeapi.TargetDiscovery;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PrometheusFactsTest {
  private final Closer closer = new Closer();
  private PrometheusFacts facts;
  private volatile int status = 200;
  private volatile String body = "";
  private volatile String asked = "";

  @BeforeEach
  void start() throws IOException {
    Routes routes = new Routes();
    for (String path : List.of("rules", "targets", "metadata", "query_exemplars")) {
      routes.get(
          "/api/v1/" + path,
          call -> {
            asked = call.param("query");
            return HttpAnswer.text(status, body);
          });
    }
    HttpServer server =
        closer.push(
            HttpServer.start(
                HttpServerConfig.on("127.0.0.1:0"),
                routes,
                new HttpServerMetrics("test", new PrometheusRegistry())));
    HttpClient client = closer.push(HttpClient.create(HttpClientConfig.standard(), "test"));
    facts =
        new PrometheusFacts(
            new PrometheusClient(
                client, URI.create("http://127.0.0.1:" + server.port()), Duration.ofSeconds(20)));
  }

  @AfterEach
  void stop() {
    closer.close();
  }

  private void answers(String data) {
    body = "{\"status\":\"success\",\"data\":" + data + "}";
  }

  @Test
  void readsRulesWithMembersItDoesNotKnow() throws IOException {
    answers(
        """
        {"new":{"a":[1]},"groups":[{"name":"g","file":"f.yml","interval":30,"limit":7,
        "evaluationTime":0.25,"lastEvaluation":"2023-01-01T02:00:00.5+02:00","rules":[
        {"state":"pending","name":"A","query":"up == 0","duration":60,"labels":{"l":"v"},
        "annotations":{"s":"t"},"alerts":[{"labels":{"x":"y"},"annotations":{},"state":"pending",
        "activeAt":"2023-01-01T00:00:00Z","value":"1e+00","more":[]}],"health":"err",
        "lastError":"no","evaluationTime":0.5,"lastEvaluation":"0001-01-01T00:00:00Z",
        "type":"alerting"},
        {"name":"r","query":"up","health":"ok","evaluationTime":0,
        "lastEvaluation":"2023-01-01T00:00:00Z","type":"recording"}]}]}\
        """);

    RuleGroup group = facts.rules(RulesRequest.Type.ALL).getFirst();

    assertEquals(Instant.parse("2023-01-01T00:00:00.5Z"), group.lastEvaluation());
    assertEquals(7, group.limit());
    RuleGroup.Alert alert = (RuleGroup.Alert) group.rules().getFirst();
    assertEquals(RuleGroup.AlertState.PENDING, alert.state());
    assertEquals(60, alert.forSeconds());
    assertEquals(Labels.of("x", "y"), alert.alerts().getFirst().labels());
    assertEquals("no", alert.outcome().lastError());
    assertEquals("r", group.rules().getLast().name());
  }

  @Test
  void exemplarsKeepTheirMillisecondsAndAreAskedForOnce() throws IOException {
    answers(
        "[{\"seriesLabels\":{\"__name__\":\"m\"},\"exemplars\":[{\"labels\":{\"trace_id\":\"t\"},"
            + "\"value\":\"6\",\"timestamp\":1600096945.479}]}]");
    List<Matcher> selector = List.of(Matcher.of(Matcher.Type.EQUAL, "a", "b\"c"));

    List<SeriesExemplars> found = facts.exemplars(0, 1_000, List.of(selector, List.of(), selector));

    assertEquals(
        List.of(
            new SeriesExemplars(
                Labels.of("__name__", "m"),
                List.of(new Exemplar(Labels.of("trace_id", "t"), 6, 1_600_096_945_479L, true)))),
        found);
    assertEquals("{a=\"b\\\"c\"} or {__name__!=\"\"}", asked);
  }

  @Test
  void whatPrometheusRefusesOrGarblesIsUnavailableAndNotEmpty() {
    status = 503;
    body = "starting";
    refused("503");
    status = 200;
    for (String garbled :
        List.of(
            "",
            "{\"status\":\"success\"}",
            "{\"status\":\"success\",\"data\":{\"groups\":[{\"interval\":\"x\"",
            "{\"status\":\"success\",\"data\":{\"groups\":[{\"interval\":\"x\"}]}}",
            "{\"status\":\"success\",\"data\":{\"groups\":[{\"lastEvaluation\":\"now\"}]}}")) {
      body = garbled;
      refused("");
    }
    answers("{\"activeTargets\":[{\"lastScrape\":\"yesterday\"}]}");
    OrielException e =
        assertThrows(OrielException.class, () -> facts.targets(TargetDiscovery.State.ANY));
    assertEquals(Kind.UNAVAILABLE, e.kind());
  }

  private void refused(String reason) {
    OrielException e =
        assertThrows(OrielException.class, () -> facts.rules(RulesRequest.Type.ALL), () -> body);
    assertEquals(Kind.UNAVAILABLE, e.kind(), body);
    assertTrue(e.reason().contains(reason), e.reason());
  }
}
