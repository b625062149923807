package io.oriel.wire.jaeger;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Reads `jaeger.api_v2.PostSpansRequest`; field numbers are those of jaeger-idl's `model.proto`.
public final class JaegerProto {
  private static final int MAX_ELEMENTS = 2_000_000;
  private static final long BILLION = 1_000_000_000;

  private final CodedInputStream in;
  private int elements;

  private JaegerProto(CodedInputStream in) {
    this.in = in;
  }

  /// @throws OrielException of kind INVALID when it is none, LIMITED when it unfolds into too much
  public static JaegerBatch read(ByteBuffer body) {
    try {
      return new JaegerProto(CodedInputStream.newInstance(body)).request();
    } catch (InvalidProtocolBufferException e) {
      throw new OrielException(Kind.INVALID, "not a PostSpansRequest: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Reads the fields of one message.
  private interface Fields {
    /// Reads the field, or says that it is unknown.
    boolean read(int tag) throws IOException;
  }

  private void message(Fields fields) throws IOException {
    if (++elements > MAX_ELEMENTS) {
      throw new LimitExceeded("elements of a PostSpansRequest", MAX_ELEMENTS, elements);
    }
    int end = in.pushLimit(in.readRawVarint32());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!fields.read(tag)) {
        in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
    in.popLimit(end);
  }

  private JaegerBatch request() throws IOException {
    JaegerBatch batch = new JaegerBatch(List.of(), 0, "");
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == 10) {
        batch = batch();
      } else {
        in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
    return batch;
  }

  /// A span with the process that it brings itself, if it does.
  private static final class Read {
    final JaegerSpan span = new JaegerSpan();
    final List<Resource> process = new ArrayList<>(1);
  }

  private JaegerBatch batch() throws IOException {
    List<Read> read = new ArrayList<>();
    List<Resource> process = new ArrayList<>(1);
    message(
        tag -> {
          switch (tag) {
            case 10 -> read.add(span());
            case 18 -> process.add(process());
            default -> {
              return false;
            }
          }
          return true;
        });
    Resource shared = process.isEmpty() ? Resource.of(Attributes.empty()) : process.getLast();
    List<Span> spans = new ArrayList<>(read.size());
    int rejected = 0;
    String reason = "";
    for (int i = 0; i < read.size(); i++) {
      Read each = read.get(i);
      String mistake = each.span.mistake();
      if (mistake.isEmpty()) {
        spans.add(each.span.toSpan(each.process.isEmpty() ? shared : each.process.getLast()));
      } else if (rejected++ == 0) {
        reason = "span " + i + " of the batch: " + mistake;
      }
    }
    return new JaegerBatch(spans, rejected, reason);
  }

  private Resource process() throws IOException {
    String[] service = {""};
    Attributes.Builder tags = Attributes.builder();
    message(
        tag -> {
          switch (tag) {
            case 10 -> service[0] = in.readStringRequireUtf8();
            case 18 -> keyValue(tags);
            default -> {
              return false;
            }
          }
          return true;
        });
    return JaegerSpan.resource(service[0], tags.build());
  }

  private Read span() throws IOException {
    Read read = new Read();
    JaegerSpan span = read.span;
    Attributes.Builder tags = Attributes.builder();
    message(
        tag -> {
          switch (tag) {
            case 10 -> {
              TraceId id = traceId(in.readBytes());
              span.traceHigh = id.high();
              span.traceLow = id.low();
            }
            case 18 -> span.spanId = spanId(in.readBytes());
            case 26 -> span.name = in.readStringRequireUtf8();
            case 34 -> span.references.add(reference());
            case 40 -> span.flags = in.readUInt32();
            case 50 -> span.startNanos = seconds();
            case 58 -> span.durationNanos = seconds();
            case 66 -> keyValue(tags);
            case 74 -> log(span);
            case 82 -> read.process.add(process());
            default -> {
              return false;
            }
          }
          return true;
        });
    span.tags = tags.build();
    return read;
  }

  private JaegerSpan.Reference reference() throws IOException {
    TraceId[] traceId = {new TraceId(0, 0)};
    long[] numbers = new long[2];
    message(
        tag -> {
          switch (tag) {
            case 10 -> traceId[0] = traceId(in.readBytes());
            case 18 -> numbers[0] = spanId(in.readBytes());
            case 24 -> numbers[1] = in.readEnum();
            default -> {
              return false;
            }
          }
          return true;
        });
    return new JaegerSpan.Reference(numbers[1] == 0, traceId[0], numbers[0]);
  }

  /// `Timestamp` and `Duration` alike, in nanoseconds.
  private long seconds() throws IOException {
    long[] nanos = new long[1];
    message(
        tag -> {
          switch (tag) {
            case 8 -> nanos[0] += in.readInt64() * BILLION;
            case 16 -> nanos[0] += in.readInt32();
            default -> {
              return false;
            }
          }
          return true;
        });
    return nanos[0];
  }

  private void log(JaegerSpan span) throws IOException {
    long[] nanos = new long[1];
    Attributes.Builder fields = Attributes.builder();
    message(
        tag -> {
          switch (tag) {
            case 10 -> nanos[0] = seconds();
            case 18 -> keyValue(fields);
            default -> {
              return false;
            }
          }
          return true;
        });
    span.events.add(JaegerSpan.event(nanos[0], fields.build()));
  }

  private void keyValue(Attributes.Builder into) throws IOException {
    String[] key = {""};
    int[] type = new int[1];
    AttributeValue[] byType = {
      AttributeValue.of(""),
      AttributeValue.of(false),
      AttributeValue.of(0L),
      AttributeValue.of(0.0),
      AttributeValue.of(new byte[0])
    };
    message(
        tag -> {
          switch (tag) {
            case 10 -> key[0] = in.readStringRequireUtf8();
            case 16 -> type[0] = in.readEnum();
            case 26 -> byType[0] = AttributeValue.of(in.readStringRequireUtf8());
            case 32 -> byType[1] = AttributeValue.of(in.readBool());
            case 40 -> byType[2] = AttributeValue.of(in.readInt64());
            case 49 -> byType[3] = AttributeValue.of(in.readDouble());
            case 58 -> byType[4] = AttributeValue.of(in.readByteArray());
            default -> {
              return false;
            }
          }
          return true;
        });
    into.add(key[0], byType[type[0] >= 0 && type[0] < byType.length ? type[0] : 0]);
  }

  private static TraceId traceId(ByteString bytes) {
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
    return switch (bytes.size()) {
      case 16 -> new TraceId(buffer.getLong(), buffer.getLong());
      case 8 -> new TraceId(0, buffer.getLong());
      default -> new TraceId(0, 0);
    };
  }

  private static long spanId(ByteString bytes) {
    return bytes.size() == 8 ? bytes.asReadOnlyByteBuffer().getLong() : 0;
  }
}
