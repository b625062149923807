package io.oriel.wire.jaeger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedOutputStream;
import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.testkit.Conformance;
import io.oriel.testkit.Seed;
import io.oriel.wire.zipkin.ZipkinJson;
import io.oriel.wire.zipkin.ZipkinProto;
import io.oriel.wire.zipkin.ZipkinThrift;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Thrift as old clients send it, and Zipkin's formats; hostile bytes of all of them.
class JaegerThriftTest {
  /// Writes the fields that a test needs, in the binary protocol.
  private static final class Writer {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final DataOutputStream out = new DataOutputStream(bytes);

    Writer field(int type, int id) throws IOException {
      out.writeByte(type);
      out.writeShort(id);
      return this;
    }

    Writer text(int id, String value) throws IOException {
      field(ThriftReader.STRING, id);
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      out.writeInt(utf8.length);
      out.write(utf8);
      return this;
    }

    Writer number(int id, long value) throws IOException {
      field(ThriftReader.I64, id).out.writeLong(value);
      return this;
    }

    Writer structures(int id, int count) throws IOException {
      field(ThriftReader.LIST, id).out.writeByte(ThriftReader.STRUCT);
      out.writeInt(count);
      return this;
    }

    Writer stop() throws IOException {
      out.writeByte(0);
      return this;
    }
  }

  private static byte[] batch() throws IOException {
    Writer w = new Writer();
    w.field(ThriftReader.STRUCT, 1).text(1, "api").structures(2, 1).text(1, "hostname");
    w.field(ThriftReader.I32, 2).out.writeInt(0);
    w.text(3, "h1").stop().stop();
    w.structures(2, 1).number(1, 5951113872249657919L).number(3, 6585752).number(4, 6866147);
    w.text(5, "get").number(8, 1485467191639875L).number(9, 22938);
    w.structures(10, 2).text(1, "span.kind");
    w.field(ThriftReader.I32, 2).out.writeInt(0);
    w.text(3, "server").stop().text(1, "peer.port");
    w.field(ThriftReader.I32, 2).out.writeInt(3);
    w.number(6, 53931).stop();
    w.number(99, 1).stop().stop();
    return w.bytes.toByteArray();
  }

  @Test
  void aBatchInTheBinaryProtocol() throws IOException {
    JaegerBatch batch = JaegerThrift.read(batch());

    Span span = batch.spans().getFirst();
    assertEquals("0000000000000000" + Long.toHexString(5951113872249657919L), span.traceId().hex());
    assertEquals(6585752, span.spanId());
    assertEquals(6866147, span.parentSpanId());
    assertEquals("get", span.name());
    assertEquals(SpanKind.SERVER, span.kind());
    assertEquals(1485467191639875000L, span.startNanos());
    assertEquals(22938000, span.durationNanos());
    assertEquals(AttributeValue.of(53931L), span.attributes().get("peer.port").orElseThrow());
    assertEquals("api", span.service());
    assertEquals("h1", span.resource().attributes().text("host.name"));
  }

  @Test
  void aSpanWithoutIdsIsRejectedAlone() throws IOException {
    Writer w = new Writer();
    w.structures(2, 2).stop().number(1, 1).number(3, 2).stop().stop();

    JaegerBatch batch = JaegerThrift.read(w.bytes.toByteArray());

    assertEquals(1, batch.spans().size());
    assertEquals("span 0 of the batch: no trace id", batch.reason());
  }

  @Test
  void lengthsAreNotBelieved() throws IOException {
    Writer w = new Writer();
    w.structures(2, Integer.MAX_VALUE).stop();
    OrielException list =
        assertThrows(OrielException.class, () -> JaegerThrift.read(w.bytes.toByteArray()));
    assertTrue(list.reason().contains("a length of 2147483647"), list::reason);

    Writer deep = new Writer();
    for (int i = 0; i < 100; i++) {
      deep.field(ThriftReader.STRUCT, 77);
    }
    OrielException nested =
        assertThrows(OrielException.class, () -> JaegerThrift.read(deep.bytes.toByteArray()));
    assertTrue(nested.reason().contains("nested deeper than"), nested::reason);
  }

  /// Jaeger's model over gRPC, in the field numbers of model.proto.
  @Test
  void aBatchInProtobuf() throws IOException {
    byte[] tag =
        message(
            out -> {
              out.writeString(1, "n");
              out.writeEnum(2, 2);
              out.writeInt64(5, 7);
            });
    byte[] time =
        message(
            out -> {
              out.writeInt64(1, 1485467191);
              out.writeInt32(2, 639875001);
            });
    byte[] reference =
        message(
            out -> {
              out.writeByteArray(1, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
              out.writeByteArray(2, new byte[] {0, 0, 0, 0, 0, 0, 0, 3});
            });
    byte[] span =
        message(
            out -> {
              out.writeByteArray(1, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
              out.writeByteArray(2, new byte[] {0, 0, 0, 0, 0, 0, 0, 2});
              out.writeString(3, "op");
              out.writeByteArray(4, reference);
              out.writeByteArray(6, time);
              out.writeByteArray(7, message(inner -> inner.writeInt32(2, 5000)));
              out.writeByteArray(8, tag);
            });
    byte[] process = message(out -> out.writeString(1, "svc"));
    byte[] request =
        message(
            out ->
                out.writeByteArray(
                    1,
                    message(
                        inner -> {
                          inner.writeByteArray(1, span);
                          inner.writeByteArray(2, process);
                        })));

    Span read = JaegerProto.read(ByteBuffer.wrap(request)).spans().getFirst();

    assertEquals(3, read.parentSpanId());
    assertEquals(List.of(), read.links());
    assertEquals(1485467191639875001L, read.startNanos());
    assertEquals(5000, read.durationNanos());
    assertEquals("svc", read.service());
    assertEquals(AttributeValue.of(7L), read.attributes().get("n").orElseThrow());
    survives(request, bytes -> JaegerProto.read(ByteBuffer.wrap(bytes)));
  }

  private interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Writing writing) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    writing.to(out);
    out.flush();
    return bytes.toByteArray();
  }

  private interface Reading {
    Object read(byte[] bytes);
  }

  private static void survives(byte[] good, Reading reading) {
    SplittableRandom random = Seed.random("damage " + good.length);
    for (int i = 0; i < Seed.iterations(3000); i++) {
      byte[] damaged =
          Arrays.copyOf(good, random.nextInt(3) == 0 ? random.nextInt(good.length) : good.length);
      for (int n = random.nextInt(5); n > 0 && damaged.length > 0; n--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        reading.read(damaged);
      } catch (OrielException e) {
        assertTrue(e.kind() == Kind.INVALID || e.kind() == Kind.LIMITED, e + Seed.replay(i));
      }
    }
  }

  @Test
  void survivesDamage() throws IOException {
    byte[] good = batch();
    survives(good, JaegerThrift::read);
    survives(good, ZipkinThrift::read);
    survives(good, ZipkinProto::read);
    byte[] call = new byte[good.length + 9];
    call[0] = (byte) 0x82;
    call[1] = 0x21;
    call[3] = 9;
    System.arraycopy("emitBatch".getBytes(StandardCharsets.US_ASCII), 0, call, 4, 9);
    for (ThriftReader.Protocol protocol : ThriftReader.Protocol.values()) {
      survives(call, bytes -> JaegerThrift.readEmitBatch(ByteBuffer.wrap(bytes), protocol));
    }
  }

  @Test
  void zipkinsOwnExamplesAreReadWhole() throws IOException {
    try (Stream<Path> files = Files.list(Conformance.require("traces/zipkin"))) {
      for (Path file : files.toList()) {
        byte[] json = Files.readAllBytes(file);
        byte[] list =
            json[0] == '['
                ? json
                : ("[" + new String(json, StandardCharsets.UTF_8) + "]")
                    .getBytes(StandardCharsets.UTF_8);

        assertEquals(objects(list), ZipkinJson.readV2(list).spans().size(), file::toString);
        byte[] start = Arrays.copyOf(list, Math.min(list.length, 4000));
        survives(start, ZipkinJson::readV2);
        survives(start, ZipkinJson::readV1);
      }
    }
    byte[] client = Files.readAllBytes(Conformance.require("traces/zipkin/zipkin2-client.json"));
    Span span =
        ZipkinJson.readV2(
                ("[" + new String(client, StandardCharsets.UTF_8) + "]")
                    .getBytes(StandardCharsets.UTF_8))
            .spans()
            .getFirst();
    assertEquals(SpanKind.CLIENT, span.kind());
    assertEquals("frontend", span.service());
    assertEquals("backend", span.attributes().text("peer.service"));
    assertEquals("192.168.99.101", span.attributes().text("net.peer.ip"));
    assertEquals(AttributeValue.of(9000L), span.attributes().get("net.peer.port").orElseThrow());
    assertEquals("6.45.0", span.attributes().text("clnt/finagle.version"));
    assertEquals(207_000_000, span.durationNanos());
    assertEquals(2, span.events().size());
  }

  private static int objects(byte[] list) {
    try (JsonParser parser =
        JsonFactory.builder().build().createParser(ObjectReadContext.empty(), list)) {
      int count = 0;
      parser.nextToken();
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        count++;
        parser.skipChildren();
      }
      return count;
    }
  }

  @Test
  void aSpanOfZipkinsFirstVersionIsTakenApart() {
    String json =
        """
        [{"traceId":"a","id":"b","name":"get","annotations":[
          {"timestamp":100,"value":"cs","endpoint":{"serviceName":"web","ipv4":"10.0.0.1"}},
          {"timestamp":120,"value":"sr","endpoint":{"serviceName":"db"}},
          {"timestamp":130,"value":"ss","endpoint":{"serviceName":"db"}},
          {"timestamp":125,"value":"read","endpoint":{"serviceName":"db"}},
          {"timestamp":150,"value":"cr","endpoint":{"serviceName":"web"}}],
         "binaryAnnotations":[{"key":"http.path","value":"/x","endpoint":{"serviceName":"web"}},
          {"key":"sa","value":true,"endpoint":{"serviceName":"db","port":5432}}]}]""";

    List<Span> spans = ZipkinJson.readV1(json.getBytes(StandardCharsets.UTF_8)).spans();

    Span db = spans.get(0);
    Span web = spans.get(1);
    assertEquals(SpanKind.SERVER, db.kind());
    assertEquals(120_000, db.startNanos());
    assertEquals(10_000, db.durationNanos());
    assertEquals("read", db.events().getFirst().name());
    assertEquals(SpanKind.CLIENT, web.kind());
    assertEquals(50_000, web.durationNanos());
    assertEquals("/x", web.attributes().text("http.path"));
    assertEquals("db", web.attributes().text("peer.service"));
    assertEquals(web.spanId(), db.spanId());
  }

  @Test
  void aWrongFieldIsNamed() {
    OrielException refused =
        assertThrows(
            OrielException.class,
            () ->
                ZipkinJson.readV2(
                    "[{\"traceId\":\"1\",\"id\":7}]".getBytes(StandardCharsets.UTF_8)));

    assertEquals("Zipkin spans: id: got \"7\", want text", refused.reason());
  }
}
