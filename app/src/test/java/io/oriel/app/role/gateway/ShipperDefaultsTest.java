package io.oriel.app.role.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.runtime.config.Secret;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.oriel.search.client.SearchClientConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What shippers send whose output says no more than where to: the engine takes it, with its own
/// template.
class ShipperDefaultsTest {
  @TempDir private Path directory;
  private LogFront front;
  private HttpClient sender;

  @BeforeEach
  void start() throws Exception {
    front = new LogFront(directory.resolve("front"));
    sender =
        HttpClient.create(
            SearchClientConfig.of(URI.create(front.url()))
                .withTls(
                    new TlsConfig(
                        "",
                        front.root().toString(),
                        "",
                        front.certificate().toString(),
                        Secret.none(),
                        front.key().toString(),
                        "",
                        false,
                        TlsVersion.TLS13,
                        TlsVersion.TLS13))
                .http(),
            "Fluent-Bit");
  }

  @AfterEach
  void stop() {
    sender.close();
    front.close();
  }

  private HttpResult bulk(String body) throws Exception {
    return sender.send(
        HttpRequest.post(
            URI.create(front.url() + "/_bulk"),
            "application/x-ndjson",
            body.getBytes(StandardCharsets.UTF_8)));
  }

  /// As its `es` output writes a line of `tail`, and one of JSON that the Kubernetes filter merged.
  @Test
  void fluentBitsKeyIsTheMessage() throws Exception {
    HttpResult result =
        bulk(
            """
            {"create":{"_index":"logs-dev-01-fluent","_type":"_doc"}}
            {"@timestamp":"2026-11-27T10:00:00.000Z","log":"first line\\n","stream":"stdout"}
            {"create":{"_index":"logs-dev-01-fluent","_type":"_doc"}}
            {"@timestamp":"2026-11-27T10:00:01.000Z","log":"{\\"message\\":\\"paid\\"}","message":"paid"}
            {"create":{"_index":"logs-dev-01-fluent","_type":"_doc"}}
            {"@timestamp":"2026-11-27T10:00:02.000Z","log":"one","log":"two"}
            """);

    List<JsonNode> documents = front.await("logs-dev-01-fluent", 2);
    assertEquals(2, documents.size(), result::text);
    assertEquals("first line\n", documents.get(0).path("message").asString(""));
    assertEquals("paid", documents.get(1).path("message").asString(""));
    assertEquals("{\"message\":\"paid\"}", documents.get(1).path("event.original").asString(""));
    assertTrue(result.text().contains("tried to parse field [log] as object"), result::text);
  }

  @Test
  void theNamesThatShippersHaveByThemselvesAreTheClustersOwn() throws Exception {
    HttpResult result =
        bulk(
            """
            {"create":{"_index":"filebeat-9.0.0"}}
            {"@timestamp":"2026-11-27T10:00:00.000Z","message":"nine","log":{"offset":1}}
            {"index":{"_index":"filebeat-7.17.29","require_alias":true}}
            {"@timestamp":"2026-11-27T10:00:01.000Z","message":"seven"}
            {"create":{"_index":"fluent-bit"}}
            {"@timestamp":"2026-11-27T10:00:02.000Z","log":"bit"}
            {"index":{"_index":"logstash-2026.11.27","_type":"_doc"}}
            {"@timestamp":"2026-11-27T10:00:03.000Z","log":"a day's"}
            {"create":{"_index":"logs-generic-default"}}
            {"@timestamp":"2026-11-27T10:00:04.000Z","message":"a stream's","@version":"1",\
            "data_stream":{"type":"logs","dataset":"generic","namespace":"default"},\
            "event":{"original":"a stream's"},"host":{"name":"node-1"}}
            {"create":{"_index":"filebeat-prod-01"}}
            {"message":"nobody's"}
            """);

    assertEquals(2, front.await("logs-dev-01-filebeat", 2).size(), result::text);
    assertEquals(
        "bit", front.await("logs-dev-01-fluent-bit", 1).getFirst().path("message").asString(""));
    assertEquals(
        "a day's", front.await("logs-dev-01-logstash", 1).getFirst().path("message").asString(""));
    assertEquals(
        "a stream's",
        front.await("logs-dev-01-generic", 1).getFirst().path("message").asString(""));
    assertTrue(result.text().contains("may not write index [filebeat-prod-01]"), result::text);
  }
}
