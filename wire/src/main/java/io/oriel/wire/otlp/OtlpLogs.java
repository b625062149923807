package io.oriel.wire.otlp;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes documents of the log records of one export request. Single use.
///
/// A document has `@timestamp`, `message`, `log.level`, `severity_number`, `trace_id`, `span_id`,
/// `event.name`, `service.name`, `attributes`, `resource.attributes`, `scope.name` and
/// `scope.version`; attributes keep their names, dots included, as one level. A body that is not
/// text is `body.structured` beside its JSON as `message`.
public final class OtlpLogs {
  private static final int MAX_DEPTH = 64;
  private static final long BILLION = 1_000_000_000;

  private final Sink sink;
  private final MessageDigest digest;

  /** How often the same record has come in this request. */
  private final Map<String, Integer> alike = new HashMap<>();

  private final JsonWriter json = new JsonWriter(1024);

  /// Takes documents one by one.
  @FunctionalInterface
  public interface Sink {
    /// @param id the same for the same record sent again, and for no other; empty for a record
    ///   without any time, which two records may share; that it was observed at some time will do
    /// @param document JSON without a line break
    void take(String id, byte[] document) throws IOException;
  }

  private OtlpLogs(Sink sink) {
    this.sink = sink;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Reads an uncompressed `ExportLogsServiceRequest` in protobuf.
  ///
  /// @throws OrielException of kind INVALID when the bytes are none
  /// @throws IOException from the sink
  public static void read(byte[] body, Sink sink) throws IOException {
    ExportLogsServiceRequest request;
    try {
      request = ExportLogsServiceRequest.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new OrielException(
          Kind.INVALID, "not an ExportLogsServiceRequest: " + e.getMessage(), e);
    }
    new OtlpLogs(sink).read(request);
  }

  /// Reads an uncompressed `ExportLogsServiceRequest` in OTLP's JSON.
  ///
  /// @throws OrielException of kind INVALID when the bytes are none
  /// @throws IOException from the sink
  public static void readJson(byte[] body, Sink sink) throws IOException {
    ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
    OtlpJson.merge(body, request);
    new OtlpLogs(sink).read(request.build());
  }

  private void read(ExportLogsServiceRequest request) throws IOException {
    for (ResourceLogs logs : request.getResourceLogsList()) {
      for (ScopeLogs scoped : logs.getScopeLogsList()) {
        for (LogRecord record : scoped.getLogRecordsList()) {
          document(logs.getResource(), scoped.getScope(), record);
          sink.take(id(logs.getResource(), scoped.getScope(), record), json.toBytes());
        }
      }
    }
  }

  private String id(Resource resource, InstrumentationScope scope, LogRecord record) {
    if (record.getTimeUnixNano() == 0 && record.getObservedTimeUnixNano() == 0) {
      return "";
    }
    digest.update(resource.toByteArray());
    digest.update(scope.toByteArray());
    byte[] hash = digest.digest(record.toByteArray());
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 22);
    int before = alike.merge(id, 1, Integer::sum) - 1;
    return before == 0 ? id : id + "-" + before;
  }

  private void document(Resource resource, InstrumentationScope scope, LogRecord record)
      throws IOException {
    json.finishTo(OutputStream.nullOutputStream());
    json.beginObject();
    long nanos =
        record.getTimeUnixNano() == 0 ? record.getObservedTimeUnixNano() : record.getTimeUnixNano();
    json.name("@timestamp").string(instant(nanos));
    body(record.getBody());
    text("log.level", record.getSeverityText());
    if (record.getSeverityNumberValue() != 0) {
      json.name("severity_number").number(record.getSeverityNumberValue());
    }
    text("trace_id", hex(record.getTraceId()));
    text("span_id", hex(record.getSpanId()));
    text("event.name", record.getEventName());
    for (KeyValue attribute : resource.getAttributesList()) {
      if (attribute.getKey().equals("service.name")) {
        text("service.name", attribute.getValue().getStringValue());
      }
    }
    attributes("attributes", record.getAttributesList());
    attributes("resource.attributes", resource.getAttributesList());
    text("scope.name", scope.getName());
    text("scope.version", scope.getVersion());
    json.endObject();
  }

  private static String instant(long nanos) {
    return Instant.ofEpochSecond(
            Long.divideUnsigned(nanos, BILLION), Long.remainderUnsigned(nanos, BILLION))
        .toString();
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  private void text(String name, String value) {
    if (!value.isEmpty()) {
      json.name(name).string(value);
    }
  }

  private void body(AnyValue body) {
    switch (body.getValueCase()) {
      case STRING_VALUE -> json.name("message").string(body.getStringValue());
      case VALUE_NOT_SET -> {
        // a record without a body is an event: its attributes say it
      }
      default -> {
        JsonWriter structured = new JsonWriter(256);
        value(structured, body, 0);
        json.name("message").string(new String(structured.toBytes(), StandardCharsets.UTF_8));
        if (body.getValueCase() == AnyValue.ValueCase.KVLIST_VALUE) {
          json.name("body.structured").raw(structured);
        }
      }
    }
  }

  private void attributes(String name, List<KeyValue> attributes) {
    if (!attributes.isEmpty()) {
      json.name(name);
      object(json, attributes, 0);
    }
  }

  /// The last of several attributes of one name counts, since JSON allows one.
  private static void object(JsonWriter json, List<KeyValue> members, int depth) {
    Map<String, AnyValue> byName = new LinkedHashMap<>();
    for (KeyValue member : members) {
      byName.put(member.getKey(), member.getValue());
    }
    json.beginObject();
    byName.forEach(
        (name, value) -> {
          json.name(name);
          value(json, value, depth + 1);
        });
    json.endObject();
  }

  private static void value(JsonWriter json, AnyValue value, int depth) {
    if (depth > MAX_DEPTH) {
      throw OrielException.invalid("OTLP logs: a value nested deeper than " + MAX_DEPTH);
    }
    switch (value.getValueCase()) {
      case STRING_VALUE -> json.string(value.getStringValue());
      case BOOL_VALUE -> json.bool(value.getBoolValue());
      case INT_VALUE -> json.number(value.getIntValue());
      case DOUBLE_VALUE -> {
        double number = value.getDoubleValue();
        if (Double.isFinite(number)) {
          json.number(number);
        } else {
          json.string(Double.toString(number));
        }
      }
      case ARRAY_VALUE -> {
        json.beginArray();
        value.getArrayValue().getValuesList().forEach(item -> value(json, item, depth + 1));
        json.endArray();
      }
      case KVLIST_VALUE -> object(json, value.getKvlistValue().getValuesList(), depth + 1);
      case BYTES_VALUE ->
          json.string(Base64.getEncoder().encodeToString(value.getBytesValue().toByteArray()));
      default -> json.nothing();
    }
  }

  /// The `ExportLogsServiceResponse` in protobuf.
  ///
  /// @param rejected how many records were not taken; zero for an empty response
  public static byte[] response(long rejected, String message) {
    return OtlpResponse.protobuf(rejected, message);
  }

  /// The same in JSON.
  public static byte[] responseJson(long rejected, String message) {
    return OtlpResponse.json("rejectedLogRecords", rejected, message);
  }
}
