package io.oriel.app.role.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.testkit.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// grpcurl knows nothing but an address: it finds our services, describes and calls them. Skipped
/// where it is not on PATH or in `-Doriel.peers`.
class GrpcurlPeerTest {
  private static final List<String> EVERYWHERE =
      List.of(
          "grpc.health.v1.Health",
          "grpc.reflection.v1.ServerReflection",
          "grpc.reflection.v1alpha.ServerReflection");
  private static final String OTLP = "opentelemetry.proto.collector.trace.v1.TraceService";
  private static final String METRICS = "jaeger.api_v2.metrics.MetricsQueryService";

  @TempDir private Path directory;
  private TraceFront front;

  @BeforeEach
  void start() throws Exception {
    Peer.require("grpcurl");
    front = new TraceFront(directory.resolve("engine"));
  }

  @AfterEach
  void stop() {
    if (front != null) {
      front.close();
    }
  }

  private String grpcurl(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("-plaintext", "-max-time", "30"));
    all.addAll(List.of(arguments));
    return Peer.run(
        Files.createTempFile(directory, "grpcurl", ".out"), "grpcurl", all.toArray(String[]::new));
  }

  private String call(String address, String method, String request) throws Exception {
    return grpcurl("-d", request, address, method).replaceAll("\\s+", "");
  }

  private String tools() {
    return "127.0.0.1:" + front.query().grpcPort();
  }

  private String storage() {
    return "127.0.0.1:" + front.query().storagePort();
  }

  private void assertListed(String address, String... services) throws Exception {
    TreeSet<String> want = new TreeSet<>(EVERYWHERE);
    want.addAll(List.of(services));
    List<String> listed = grpcurl(address, "list").lines().toList();
    assertEquals(List.copyOf(want), listed);
    for (String service : listed) {
      assertTrue(grpcurl(address, "list", service).startsWith(service + "."), service);
      assertTrue(
          grpcurl(address, "describe", service).startsWith(service + " is a service"), service);
    }
  }

  @Test
  void listsAndDescribesEveryServiceOfEveryPort() throws Exception {
    assertListed(front.address(CollectPort.OTLP_GRPC), OTLP);
    assertListed(
        front.address(CollectPort.JAEGER_GRPC),
        "jaeger.api_v2.CollectorService",
        "jaeger.api_v2.SamplingManager");
    assertListed(front.address(CollectPort.SAMPLING_GRPC), "jaeger.api_v2.SamplingManager");
    assertListed(tools(), "jaeger.api_v2.QueryService", METRICS, "jaeger.api_v3.QueryService");
    assertListed(
        storage(),
        "jaeger.storage.v2.Capabilities",
        "jaeger.storage.v2.DependencyReader",
        "jaeger.storage.v2.TraceReader");
  }

  @Test
  void describesMessagesAndMethods() throws Exception {
    String parameters = grpcurl(tools(), "describe", "jaeger.api_v3.TraceQueryParameters");
    assertTrue(parameters.contains("map<string, string> attributes = 3;"), parameters);
    assertTrue(parameters.contains(".google.protobuf.Timestamp start_time_min = 4;"), parameters);
    String method = grpcurl(tools(), "describe", "jaeger.api_v3.QueryService.GetTrace");
    assertTrue(
        method.contains("returns ( stream .opentelemetry.proto.trace.v1.TracesData )"), method);
    String template =
        grpcurl("-msg-template", storage(), "describe", "jaeger.storage.v2.FindTracesRequest");
    assertTrue(template.contains("\"searchDepth\": 0"), template);
  }

  @Test
  void callsEachService() throws Exception {
    String now = Long.toString(System.currentTimeMillis()) + "000000";
    String otlp =
        """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":
        "shop"}}]},"scopeSpans":[{"spans":[{"traceId":"AAAAAAAAAAAAAAAAAAAABw==","spanId":
        "AAAAAAAAAAI=","name":"buy","startTimeUnixNano":"%1$s","endTimeUnixNano":"%1$s"}]}]}]}"""
            .formatted(now);
    String seconds = java.time.Instant.now().toString();
    String jaeger =
        """
        {"batch":{"process":{"service_name":"legacy"},"spans":[{"trace_id":
        "AAAAAAAAAAAAAAAAAAAACA==","span_id":"AAAAAAAAAAM=","operation_name":"old",
        "start_time":"%s","duration":"0.5s"}]}}"""
            .formatted(seconds);

    call(front.address(CollectPort.OTLP_GRPC), OTLP + "/Export", otlp);
    assertEquals(
        "{}",
        call(
            front.address(CollectPort.JAEGER_GRPC),
            "jaeger.api_v2.CollectorService/PostSpans",
            jaeger));
    assertEquals(2, front.await(2).size());
    assertEquals(
        "{\"probabilisticSampling\":{\"samplingRate\":0.1}}",
        call(
            front.address(CollectPort.SAMPLING_GRPC),
            "jaeger.api_v2.SamplingManager/GetSamplingStrategy",
            "{\"serviceName\":\"shop\"}"));

    String names = "{\"services\":[\"legacy\",\"shop\"]}";
    assertEquals(names, call(tools(), "jaeger.api_v3.QueryService/GetServices", "{}"));
    assertEquals(names, call(tools(), "jaeger.api_v2.QueryService/GetServices", "{}"));
    assertEquals(names, call(storage(), "jaeger.storage.v2.TraceReader/GetServices", "{}"));
    String found =
        call(
            tools(),
            "jaeger.api_v3.QueryService/FindTraces",
            "{\"query\":{\"service_name\":\"shop\",\"start_time_min\":\"2020-01-01T00:00:00Z\","
                + "\"start_time_max\":\"2100-01-01T00:00:00Z\",\"search_depth\":5}}");
    assertTrue(found.contains("\"name\":\"buy\""), found);
    String trace = call(tools(), "jaeger.api_v3.QueryService/GetTrace", "{\"trace_id\":\"7\"}");
    assertTrue(trace.contains("\"spanId\":\"AAAAAAAAAAI=\""), trace);
    String old =
        call(
            tools(),
            "jaeger.api_v2.QueryService/GetTrace",
            "{\"trace_id\":\"AAAAAAAAAAAAAAAAAAAACA==\"}");
    assertTrue(old.contains("\"operationName\":\"old\",") && old.contains("\"0.500s\""), old);
    assertEquals("{\"minStep\":\"0.001s\"}", call(tools(), METRICS + "/GetMinStepDuration", "{}"));
    assertTrue(
        call(storage(), "jaeger.storage.v2.Capabilities/GetCapabilities", "{}")
            .startsWith("{\"search\":{\"withoutServiceName\":true"));
    assertEquals("{}", call(storage(), "jaeger.storage.v2.DependencyReader/GetDependencies", "{}"));
    assertEquals("{\"status\":\"SERVING\"}", call(tools(), "grpc.health.v1.Health/Check", "{}"));
  }
}
