package io.oriel.wire.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.testkit.Conformance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OtlpLogsTest {
  private final List<String> ids = new ArrayList<>();
  private final List<String> documents = new ArrayList<>();

  private void take(String id, byte[] document) {
    ids.add(id);
    documents.add(new String(document, StandardCharsets.UTF_8));
  }

  private void read(LogRecord... records) throws IOException {
    ScopeLogs.Builder scope = ScopeLogs.newBuilder();
    for (LogRecord record : records) {
      scope.addLogRecords(record);
    }
    OtlpLogs.read(
        ExportLogsServiceRequest.newBuilder()
            .addResourceLogs(ResourceLogs.newBuilder().addScopeLogs(scope))
            .build()
            .toByteArray(),
        this::take);
  }

  private static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }

  @Test
  void theSpecificationsExampleIsRead() throws IOException {
    byte[] example = Files.readAllBytes(Conformance.require("logs/otlp-examples/logs.json"));

    OtlpLogs.readJson(example, this::take);

    assertEquals(1, documents.size());
    assertTrue(
        documents.getFirst().contains("\"message\":\"Example log record\""), documents::toString);
    assertTrue(
        documents.getFirst().contains("\"trace_id\":\"5b8efff798038103d269b633813fc60c\""),
        documents::toString);
  }

  @Test
  void idsAreTheSameWhenARecordIsSentAgainAndDifferOtherwise() throws IOException {
    LogRecord timed = LogRecord.newBuilder().setTimeUnixNano(5).setBody(text("a")).build();
    LogRecord observed = LogRecord.newBuilder().setObservedTimeUnixNano(5).build();
    LogRecord untimed = LogRecord.newBuilder().setBody(text("a")).build();
    read(timed, timed, timed.toBuilder().setTimeUnixNano(6).build(), observed, untimed);
    List<String> first = List.copyOf(ids);
    ids.clear();
    read(timed, timed);
    read(observed);

    assertEquals(List.of(first.get(0), first.get(1), first.get(3)), ids);
    assertEquals(first.get(0) + "-1", first.get(1));
    assertEquals(5, List.copyOf(new java.util.HashSet<>(first)).size());
    assertEquals("", first.get(4));
  }

  @Test
  void valuesOfEveryKindAreWritten() throws IOException {
    AnyValue map =
        AnyValue.newBuilder()
            .setKvlistValue(
                KeyValueList.newBuilder()
                    .addValues(KeyValue.newBuilder().setKey("k").setValue(text("old")))
                    .addValues(KeyValue.newBuilder().setKey("k").setValue(text("v\n"))))
            .build();
    read(
        LogRecord.newBuilder()
            .setTimeUnixNano(-1)
            .setBody(map)
            .addAttributes(
                KeyValue.newBuilder()
                    .setKey("nan")
                    .setValue(AnyValue.newBuilder().setDoubleValue(Double.NaN)))
            .addAttributes(KeyValue.newBuilder().setKey("none"))
            .build());

    assertEquals(
        "{\"@timestamp\":\"2554-07-21T23:34:33.709551615Z\",\"message\":\"{\\\"k\\\":\\\"v\\\\n"
            + "\\\"}\",\"body.structured\":{\"k\":\"v\\n"
            + "\"},\"attributes\":{\"nan\":\"NaN\",\"none\":null}}",
        documents.getFirst());
  }

  @Test
  void valuesNestedWithoutEndAreRefused() {
    AnyValue deep = text("x");
    for (int i = 0; i < 80; i++) {
      deep =
          AnyValue.newBuilder()
              .setKvlistValue(
                  KeyValueList.newBuilder()
                      .addValues(KeyValue.newBuilder().setKey("k").setValue(deep)))
              .build();
    }
    LogRecord record = LogRecord.newBuilder().setBody(deep).build();

    OrielException refused = assertThrows(OrielException.class, () -> read(record));

    assertEquals(Kind.INVALID, refused.kind());
  }

  @Test
  void aRefusalIsAStatus() {
    assertEquals(
        "{\"code\":8,\"message\":\"later\"}",
        new String(new OtlpStatus(8, "later").toJson(), StandardCharsets.UTF_8));
    assertEquals(
        "080812056c61746572",
        java.util.HexFormat.of().formatHex(new OtlpStatus(8, "later").toBytes()));
  }
}
