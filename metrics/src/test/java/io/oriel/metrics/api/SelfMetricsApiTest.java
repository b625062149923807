package io.oriel.metrics.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.runtime.http.Routes;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.junit.jupiter.api.Test;

class SelfMetricsApiTest {
  private static PrometheusRegistry registry() {
    PrometheusRegistry registry = new PrometheusRegistry();
    Counter.builder()
        .name("a_total")
        .help("A's.")
        .labelNames("x")
        .register(registry)
        .labelValues("1")
        .inc(2);
    Gauge.builder().name("b").help("B.").register(registry).set(Double.NEGATIVE_INFINITY);
    Histogram classic =
        Histogram.builder()
            .name("c")
            .help("C.")
            .classicOnly()
            .classicUpperBounds(1, 2)
            .register(registry);
    classic.observe(1.5);
    classic.observe(9);
    Histogram sparse = Histogram.builder().name("d").help("D.").nativeOnly().register(registry);
    sparse.observe(1);
    sparse.observe(1);
    sparse.observe(16);
    Summary.builder().name("e").help("E.").register(registry).observe(3);
    Info.builder().name("f").help("F.").labelNames("v").register(registry).addLabelValues("1");
    return registry;
  }

  @Test
  void familiesAreProtobufsJson() throws Exception {
    Routes routes = new Routes();
    new SelfMetricsApi(registry()).addTo(routes);
    try (ApiServer server = new ApiServer(routes)) {
      String path = "status/self_metrics";
      assertEquals(
          """
          {"status":"success","data":[\
          {"name":"a_total","help":"A's.","type":"COUNTER","metric":[\
          {"label":[{"name":"x","value":"1"}],"counter":{"value":2}}]},\
          {"name":"b","help":"B.","type":"GAUGE","metric":[{"gauge":{"value":"-Infinity"}}]},\
          {"name":"c","help":"C.","type":"HISTOGRAM","metric":[{"histogram":{"sampleCount":"2",\
          "sampleSum":10.5,"bucket":[{"cumulativeCount":"0","upperBound":1},\
          {"cumulativeCount":"1","upperBound":2}]}}]}]}""",
          server.get(path, "metric_name_pattern", "a_.*|b|c"));
      String sparse = server.get(path, "metric_name_pattern", "d");
      assertTrue(sparse.contains("\"positiveSpan\":[{\"offset\":0,\"length\":1},"), () -> sparse);
      assertTrue(sparse.contains("\"positiveDelta\":[\"2\",\"-1\"]"), () -> sparse);
      assertTrue(server.get(path, "metric_name_pattern", "e").contains("\"sampleCount\":\"1\""));
      assertTrue(
          server
              .get(path, "metric_name_pattern", "f_info")
              .contains("\"type\":\"GAUGE\",\"metric\":[{\"label\""));
      assertTrue(server.get(path).contains("\"a_total\""));
      assertTrue(
          server
              .refusal(400, path, "metric_name_pattern", "(")
              .startsWith("invalid metric_name_pattern: "));
    }
  }
}
