package io.oriel.wire.jaeger;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Reads `Batch` of `jaeger.thrift`, and the agent's call `emitBatch` that carries one.
public final class JaegerThrift {
  private static final long NANOS_PER_MICRO = 1000;

  private final ThriftReader in;

  private JaegerThrift(ThriftReader in) {
    this.in = in;
  }

  /// Reads a `Batch` in the binary protocol, as collectors get it over HTTP.
  ///
  /// @throws OrielException of kind INVALID when it is none, LIMITED when it unfolds into too much
  public static JaegerBatch read(byte[] body) {
    ThriftReader in = new ThriftReader(ByteBuffer.wrap(body), ThriftReader.Protocol.BINARY);
    return ThriftReader.guarded("a Batch", () -> new JaegerThrift(in).batch());
  }

  /// Reads a datagram with the call `emitBatch`.
  ///
  /// @throws OrielException of kind INVALID when it is none, LIMITED when it unfolds into too much
  public static JaegerBatch readEmitBatch(ByteBuffer datagram, ThriftReader.Protocol protocol) {
    ThriftReader in = new ThriftReader(datagram, protocol);
    return ThriftReader.guarded("a call of the agent", () -> new JaegerThrift(in).emitBatch());
  }

  private JaegerBatch emitBatch() {
    String name = in.messageName();
    if (!name.equals("emitBatch")) {
      throw in.mistake("a call of " + Quoted.of(shown(name)) + ", want emitBatch");
    }
    in.begin();
    JaegerBatch batch = new JaegerBatch(List.of(), 0, "");
    while (in.next()) {
      if (in.is(1, ThriftReader.STRUCT)) {
        batch = batch();
      } else {
        in.skip();
      }
    }
    return batch;
  }

  private static String shown(String text) {
    return text.length() <= 64 ? text : text.substring(0, 64) + "…";
  }

  private JaegerBatch batch() {
    in.begin();
    Resource resource = JaegerSpan.resource("", Attributes.empty());
    List<JaegerSpan> read = new ArrayList<>();
    while (in.next()) {
      if (in.is(1, ThriftReader.STRUCT)) {
        resource = process();
      } else if (in.is(2, ThriftReader.LIST)) {
        for (int i = in.structures(); i > 0; i--) {
          read.add(span());
        }
      } else {
        in.skip();
      }
    }
    return batch(read, resource);
  }

  static JaegerBatch batch(List<JaegerSpan> read, Resource resource) {
    List<Span> spans = new ArrayList<>(read.size());
    int rejected = 0;
    String reason = "";
    for (int i = 0; i < read.size(); i++) {
      String mistake = read.get(i).mistake();
      if (mistake.isEmpty()) {
        spans.add(read.get(i).toSpan(resource));
      } else if (rejected++ == 0) {
        reason = "span " + i + " of the batch: " + mistake;
      }
    }
    return new JaegerBatch(spans, rejected, reason);
  }

  private Resource process() {
    in.begin();
    String service = "";
    Attributes tags = Attributes.empty();
    while (in.next()) {
      if (in.is(1, ThriftReader.STRING)) {
        service = in.string();
      } else if (in.is(2, ThriftReader.LIST)) {
        tags = tags();
      } else {
        in.skip();
      }
    }
    return JaegerSpan.resource(service, tags);
  }

  private JaegerSpan span() {
    in.begin();
    JaegerSpan span = new JaegerSpan();
    while (in.next()) {
      if (in.isType(ThriftReader.I64)) {
        number(span, in.fieldId());
      } else if (in.is(5, ThriftReader.STRING)) {
        span.name = in.string();
      } else if (in.is(6, ThriftReader.LIST)) {
        for (int i = in.structures(); i > 0; i--) {
          span.references.add(reference());
        }
      } else if (in.is(7, ThriftReader.I32)) {
        span.flags = in.int32();
      } else if (in.is(10, ThriftReader.LIST)) {
        span.tags = tags();
      } else if (in.is(11, ThriftReader.LIST)) {
        for (int i = in.structures(); i > 0; i--) {
          log(span);
        }
      } else {
        in.skip();
      }
    }
    return span;
  }

  private void number(JaegerSpan span, int field) {
    long value = in.int64();
    switch (field) {
      case 1 -> span.traceLow = value;
      case 2 -> span.traceHigh = value;
      case 3 -> span.spanId = value;
      case 4 -> span.parentId = value;
      case 8 -> span.startNanos = value * NANOS_PER_MICRO;
      case 9 -> span.durationNanos = value * NANOS_PER_MICRO;
      default -> {
        // a field of a later version
      }
    }
  }

  private JaegerSpan.Reference reference() {
    in.begin();
    int type = 0;
    long low = 0;
    long high = 0;
    long id = 0;
    while (in.next()) {
      if (in.is(1, ThriftReader.I32)) {
        type = in.int32();
      } else if (in.is(2, ThriftReader.I64)) {
        low = in.int64();
      } else if (in.is(3, ThriftReader.I64)) {
        high = in.int64();
      } else if (in.is(4, ThriftReader.I64)) {
        id = in.int64();
      } else {
        in.skip();
      }
    }
    return new JaegerSpan.Reference(type == 0, new TraceId(high, low), id);
  }

  private void log(JaegerSpan span) {
    in.begin();
    long micros = 0;
    Attributes fields = Attributes.empty();
    while (in.next()) {
      if (in.is(1, ThriftReader.I64)) {
        micros = in.int64();
      } else if (in.is(2, ThriftReader.LIST)) {
        fields = tags();
      } else {
        in.skip();
      }
    }
    span.events.add(JaegerSpan.event(micros * NANOS_PER_MICRO, fields));
  }

  private Attributes tags() {
    Attributes.Builder tags = Attributes.builder();
    for (int i = in.structures(); i > 0; i--) {
      tag(tags);
    }
    return tags.build();
  }

  /// The value is the one that the type names, wherever the others stand.
  private void tag(Attributes.Builder into) {
    in.begin();
    String key = "";
    int type = 0;
    AttributeValue[] byType = new AttributeValue[5];
    while (in.next()) {
      if (in.is(1, ThriftReader.STRING)) {
        key = in.string();
      } else if (in.is(2, ThriftReader.I32)) {
        type = in.int32();
      } else if (in.is(3, ThriftReader.STRING)) {
        byType[0] = AttributeValue.of(in.string());
      } else if (in.is(4, ThriftReader.DOUBLE)) {
        byType[1] = AttributeValue.of(in.float64());
      } else if (in.is(5, ThriftReader.BOOL)) {
        byType[2] = AttributeValue.of(in.truth());
      } else if (in.is(6, ThriftReader.I64)) {
        byType[3] = AttributeValue.of(in.int64());
      } else if (in.is(7, ThriftReader.STRING)) {
        byType[4] = AttributeValue.of(in.bytes());
      } else {
        in.skip();
      }
    }
    boolean known = type >= 0 && type < byType.length && byType[type] != null;
    into.add(key, known ? byType[type] : absent(type));
  }

  /// Encoders leave out what is zero.
  private static AttributeValue absent(int type) {
    return switch (type) {
      case 1 -> AttributeValue.of(0.0);
      case 2 -> AttributeValue.of(false);
      case 3 -> AttributeValue.of(0L);
      case 4 -> AttributeValue.of(new byte[0]);
      default -> AttributeValue.of("");
    };
  }
}
