package io.oriel.gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Logs over OTLP.
class GatewayOtlpTest {
  @TempDir private Path directory;
  private GatewayRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new GatewayRig(directory);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void logsOverOtlpBecomeDocumentsOnce() throws Exception {
    byte[] logs =
        """
        {"resourceLogs":[{"resource":{"attributes":[
          {"key":"service.name","value":{"stringValue":"shop"}},
          {"key":"cluster","value":{"stringValue":"prod-01"}}]},
         "scopeLogs":[{"logRecords":[
          {"timeUnixNano":"1544712660300000000","severityNumber":9,"severityText":"INFO",
           "traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174",
           "body":{"stringValue":"paid"},
           "attributes":[{"key":"http.status","value":{"intValue":"200"}}]}]}]}]}
        """
            .getBytes(StandardCharsets.UTF_8);
    HttpRequest request = HttpRequest.post(rig.uri("/v1/logs"), "application/json", logs);

    HttpResult first = rig.dev.send(request);
    HttpResult again = rig.dev.send(request);

    assertEquals("{}", first.text());
    assertEquals("{}", again.text());
    assertEquals(1, rig.engine.documents.size());
    String document = rig.engine.documents.values().iterator().next();
    assertEquals(
        "{\"cluster\":\"dev-01\",\"environment\":\"dev\",\"event.ingested\":\"1970-01-01T00:00:00Z\",\"@timestamp\":\"2018-12-13T14:51:00.300Z\","
            + "\"message\":\"paid\",\"log.level\":\"INFO\",\"severity_number\":9,"
            + "\"trace_id\":\"5b8efff798038103d269b633813fc60c\",\"span_id\":\"eee19b7ec3c1b174\","
            + "\"service.name\":\"shop\",\"attributes\":{\"http.status\":200},"
            + "\"resource.attributes\":{\"service.name\":\"shop\",\"cluster\":\"prod-01\"}}",
        document);
    assertEquals(
        400,
        rig.dev
            .send(
                HttpRequest.post(
                    rig.uri("/v1/logs"), "application/x-protobuf", new byte[] {1, 2, 3}))
            .status());
    assertEquals(
        415, rig.dev.send(HttpRequest.post(rig.uri("/v1/logs"), "text/plain", logs)).status());
  }
}
