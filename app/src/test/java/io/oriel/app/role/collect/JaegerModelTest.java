package io.oriel.app.role.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.jaegertracing.thriftjava.Batch;
import io.jaegertracing.thriftjava.Log;
import io.jaegertracing.thriftjava.Process;
import io.jaegertracing.thriftjava.Tag;
import io.jaegertracing.thriftjava.TagType;
import io.oriel.model.trace.Span;
import io.oriel.testkit.Conformance;
import io.oriel.wire.descriptor.TraceDescriptors;
import io.oriel.wire.jaeger.JaegerProto;
import io.oriel.wire.jaeger.JaegerThrift;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.thrift.TSerializer;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Upstream's batch of Thrift and what upstream makes of it in protobuf: encoded by Thrift's and
/// protobuf's own libraries and read by our codecs, they are the same spans.
class JaegerModelTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static JsonNode fixture(String name) throws IOException {
    return JSON.readTree(Files.readString(Conformance.require("traces/jaeger/thrift/" + name)));
  }

  @Test
  void thriftAndProtobufAreTheSameSpans() throws Exception {
    byte[] thrift =
        new TSerializer(new TBinaryProtocol.Factory())
            .serialize(batch(fixture("thrift_batch_01.json")));
    Descriptor request = request();
    FieldDescriptor batch = request.findFieldByName("batch");
    ByteBuffer protobuf =
        ByteBuffer.wrap(
            DynamicMessage.newBuilder(request)
                .setField(batch, message(batch.getMessageType(), fixture("domain_01.json")))
                .build()
                .toByteArray());

    List<Span> spans = JaegerThrift.read(thrift).spans();

    assertEquals(1, spans.size());
    assertEquals(JaegerProto.read(protobuf).spans(), spans);
  }

  private static Batch batch(JsonNode from) {
    List<io.jaegertracing.thriftjava.Span> spans = new ArrayList<>();
    for (JsonNode each : from.path("spans")) {
      io.jaegertracing.thriftjava.Span span =
          new io.jaegertracing.thriftjava.Span(
              each.path("traceIdLow").asLong(0),
              each.path("traceIdHigh").asLong(0),
              each.path("spanId").asLong(0),
              each.path("parentSpanId").asLong(0),
              each.path("operationName").asString(),
              0,
              each.path("startTime").asLong(),
              each.path("duration").asLong());
      span.setTags(tags(each.path("tags")));
      List<Log> logs = new ArrayList<>();
      for (JsonNode log : each.path("logs")) {
        logs.add(new Log(log.path("timestamp").asLong(), tags(log.path("fields"))));
      }
      span.setLogs(logs);
      spans.add(span);
    }
    Process process = new Process(from.at("/process/serviceName").asString());
    process.setTags(tags(from.at("/process/tags")));
    return new Batch(process, spans);
  }

  private static List<Tag> tags(JsonNode list) {
    List<Tag> tags = new ArrayList<>();
    for (JsonNode each : list) {
      TagType type = TagType.valueOf(each.path("vType").asString());
      Tag tag = new Tag(each.path("key").asString(), type);
      switch (type) {
        case STRING -> tag.setVStr(each.path("vStr").asString());
        case BOOL -> tag.setVBool(each.path("vBool").asBoolean());
        case LONG -> tag.setVLong(each.path("vLong").asLong());
        case DOUBLE -> tag.setVDouble(each.path("vDouble").asDouble());
        case BINARY -> tag.setVBinary(Base64.getDecoder().decode(each.path("vBinary").asString()));
      }
      tags.add(tag);
    }
    return tags;
  }

  private static Descriptor request() throws Exception {
    Map<String, FileDescriptor> files = new HashMap<>();
    for (ByteBuffer each : TraceDescriptors.files()) {
      FileDescriptorProto file = FileDescriptorProto.parseFrom(each);
      FileDescriptor[] imports =
          file.getDependencyList().stream()
              .map(name -> Objects.requireNonNull(files.get(name), name))
              .toArray(FileDescriptor[]::new);
      files.put(file.getName(), FileDescriptor.buildFrom(file, imports));
    }
    return Objects.requireNonNull(files.get("api_v2/collector.proto"))
        .findMessageTypeByName("PostSpansRequest");
  }

  /// JSON as upstream's fixtures have it: protobuf's, but for durations in nanoseconds.
  private static Message message(Descriptor type, JsonNode json) {
    switch (type.getFullName()) {
      case "google.protobuf.Timestamp" -> {
        Instant time = OffsetDateTime.parse(json.asString()).toInstant();
        return Timestamp.newBuilder()
            .setSeconds(time.getEpochSecond())
            .setNanos(time.getNano())
            .build();
      }
      case "google.protobuf.Duration" -> {
        return Duration.newBuilder()
            .setNanos(Integer.parseInt(json.asString().replace("ns", "")))
            .build();
      }
      default -> {
        return members(type, json);
      }
    }
  }

  private static Message members(Descriptor type, JsonNode json) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      JsonNode value = json.path(field.getJsonName());
      if (field.isRepeated()) {
        value.forEach(each -> message.addRepeatedField(field, value(field, each)));
      } else if (!value.isMissingNode()) {
        message.setField(field, value(field, value));
      }
    }
    return message.build();
  }

  private static Object value(FieldDescriptor field, JsonNode json) {
    return switch (field.getJavaType()) {
      case STRING -> json.asString();
      case BOOLEAN -> json.asBoolean();
      case INT -> json.asInt();
      case LONG -> json.asLong();
      case FLOAT -> (float) json.asDouble();
      case DOUBLE -> json.asDouble();
      case BYTE_STRING -> ByteString.copyFrom(Base64.getDecoder().decode(json.asString()));
      case ENUM -> field.getEnumType().findValueByName(json.asString());
      case MESSAGE -> message(field.getMessageType(), json);
    };
  }
}
