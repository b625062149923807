package io.oriel.wire.zipkin;

import io.oriel.model.trace.TraceId;
import io.oriel.wire.jaeger.ThriftReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads a list of `zipkincore.Span` in Thrift's binary protocol: API v1.
public final class ZipkinThrift {
  private static final int INT16 = 2;
  private static final int INT32 = 3;
  private static final int INT64 = 4;
  private static final int DOUBLE = 5;

  private final ThriftReader in;

  private ZipkinThrift(ThriftReader in) {
    this.in = in;
  }

  /// Reads the body of `POST /api/v1/spans` of type `application/x-thrift`.
  ///
  /// @throws io.oriel.model.error.OrielException of kind INVALID when it is none, LIMITED when it
  ///   unfolds into too much
  public static ZipkinBatch read(byte[] body) {
    ThriftReader in = new ThriftReader(ByteBuffer.wrap(body), ThriftReader.Protocol.BINARY);
    return ThriftReader.guarded("a list of Zipkin spans", () -> new ZipkinThrift(in).list());
  }

  private ZipkinBatch list() {
    List<ZipkinSpan> spans = new ArrayList<>();
    for (int i = in.structures(); i > 0; i--) {
      spans.addAll(span().toV2());
    }
    return ZipkinSpan.batch(spans);
  }

  private SpanV1 span() {
    in.begin();
    SpanV1 span = new SpanV1();
    long[] trace = new long[2];
    while (in.next()) {
      if (in.isType(ThriftReader.I64)) {
        number(span, trace, in.fieldId());
      } else if (in.is(3, ThriftReader.STRING)) {
        span.name = in.string();
      } else if (in.is(6, ThriftReader.LIST)) {
        for (int i = in.structures(); i > 0; i--) {
          annotation(span);
        }
      } else if (in.is(8, ThriftReader.LIST)) {
        for (int i = in.structures(); i > 0; i--) {
          binaryAnnotation(span);
        }
      } else if (in.is(9, ThriftReader.BOOL)) {
        span.debug = in.truth();
      } else {
        in.skip();
      }
    }
    span.traceId = new TraceId(trace[0], trace[1]);
    return span;
  }

  private void number(SpanV1 span, long[] trace, int field) {
    long value = in.int64();
    switch (field) {
      case 1 -> trace[1] = value;
      case 4 -> span.id = value;
      case 5 -> span.parentId = value;
      case 10 -> span.startMicros = value;
      case 11 -> span.durationMicros = value;
      case 12 -> trace[0] = value;
      default -> {
        // a field of a later version
      }
    }
  }

  private void annotation(SpanV1 span) {
    in.begin();
    long micros = 0;
    String value = "";
    Endpoint host = Endpoint.UNKNOWN;
    while (in.next()) {
      if (in.is(1, ThriftReader.I64)) {
        micros = in.int64();
      } else if (in.is(2, ThriftReader.STRING)) {
        value = in.string();
      } else if (in.is(3, ThriftReader.STRUCT)) {
        host = endpoint();
      } else {
        in.skip();
      }
    }
    span.annotations.add(new SpanV1.Annotation(micros, value, host));
  }

  private void binaryAnnotation(SpanV1 span) {
    in.begin();
    String key = "";
    byte[] value = {};
    int type = 6;
    Endpoint host = Endpoint.UNKNOWN;
    while (in.next()) {
      if (in.is(1, ThriftReader.STRING)) {
        key = in.string();
      } else if (in.is(2, ThriftReader.STRING)) {
        value = in.bytes();
      } else if (in.is(3, ThriftReader.I32)) {
        type = in.int32();
      } else if (in.is(4, ThriftReader.STRUCT)) {
        host = endpoint();
      } else {
        in.skip();
      }
    }
    boolean truth = type == 0 && value.length == 1 && value[0] == 1;
    span.tags.add(new SpanV1.Tag(key, text(type, value), truth, host));
  }

  private static String text(int type, byte[] value) {
    ByteBuffer bytes = ByteBuffer.wrap(value);
    if (type == 0) {
      return value.length == 1 && value[0] == 1 ? "true" : "false";
    } else if (type == INT16 && value.length == 2) {
      return Short.toString(bytes.getShort());
    } else if (type == INT32 && value.length == 4) {
      return Integer.toString(bytes.getInt());
    } else if (type == INT64 && value.length == 8) {
      return Long.toString(bytes.getLong());
    } else if (type == DOUBLE && value.length == 8) {
      return Double.toString(bytes.getDouble());
    }
    return new String(value, StandardCharsets.UTF_8);
  }

  private Endpoint endpoint() {
    in.begin();
    String service = "";
    String v4 = "";
    String v6 = "";
    int port = 0;
    while (in.next()) {
      if (in.is(1, ThriftReader.I32)) {
        v4 = Endpoint.address(ByteBuffer.allocate(4).putInt(in.int32()).array());
      } else if (in.is(2, ThriftReader.I16)) {
        port = in.int16() & 0xffff;
      } else if (in.is(3, ThriftReader.STRING)) {
        service = in.string();
      } else if (in.is(4, ThriftReader.STRING)) {
        v6 = Endpoint.address(in.bytes());
      } else {
        in.skip();
      }
    }
    return new Endpoint(service, v4.isEmpty() ? v6 : v4, port);
  }
}
