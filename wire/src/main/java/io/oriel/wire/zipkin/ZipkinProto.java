package io.oriel.wire.zipkin;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.TraceId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Reads `zipkin.proto3.ListOfSpans`, field numbers of `zipkin.proto`.
public final class ZipkinProto {
  private static final int MAX_ELEMENTS = 2_000_000;

  private final CodedInputStream in;
  private int elements;

  private ZipkinProto(CodedInputStream in) {
    this.in = in;
  }

  /// Reads the body of `POST /api/v2/spans` of type `application/x-protobuf`.
  ///
  /// @throws OrielException of kind INVALID when it is none, LIMITED when it unfolds into too much
  public static ZipkinBatch read(byte[] body) {
    try {
      ZipkinProto reader = new ZipkinProto(CodedInputStream.newInstance(body));
      List<ZipkinSpan> spans = new ArrayList<>();
      for (int tag = reader.in.readTag(); tag != 0; tag = reader.in.readTag()) {
        if (tag == 10) {
          spans.add(reader.span());
        } else {
          reader.in.skipField(tag);
        }
      }
      reader.in.checkLastTagWas(0);
      return ZipkinSpan.batch(spans);
    } catch (InvalidProtocolBufferException e) {
      throw new OrielException(Kind.INVALID, "not a ListOfSpans: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Fields {
    /// Reads the field, or says that it is unknown.
    boolean read(int tag) throws IOException;
  }

  private void message(Fields fields) throws IOException {
    if (++elements > MAX_ELEMENTS) {
      throw new LimitExceeded("elements of a Zipkin request", MAX_ELEMENTS, elements);
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

  private ZipkinSpan span() throws IOException {
    ZipkinSpan span = new ZipkinSpan();
    message(
        tag -> {
          switch (tag) {
            case 10 -> span.traceId = traceId(in.readBytes());
            case 18 -> span.parentId = id(in.readBytes());
            case 26 -> span.id = id(in.readBytes());
            case 32 -> span.kind = kind(in.readEnum());
            case 42 -> span.name = in.readStringRequireUtf8();
            case 49 -> span.startMicros = in.readFixed64();
            case 56 -> span.durationMicros = in.readUInt64();
            case 66 -> span.local = endpoint();
            case 74 -> span.remote = endpoint();
            case 82 -> annotation(span);
            case 90 -> tag(span);
            case 96 -> span.debug = in.readBool();
            case 104 -> span.shared = in.readBool();
            default -> {
              return false;
            }
          }
          return true;
        });
    return span;
  }

  private static SpanKind kind(int number) {
    return switch (number) {
      case 1 -> SpanKind.CLIENT;
      case 2 -> SpanKind.SERVER;
      case 3 -> SpanKind.PRODUCER;
      case 4 -> SpanKind.CONSUMER;
      default -> SpanKind.UNSPECIFIED;
    };
  }

  private Endpoint endpoint() throws IOException {
    String[] texts = {"", "", ""};
    int[] port = new int[1];
    message(
        tag -> {
          switch (tag) {
            case 10 -> texts[0] = in.readStringRequireUtf8();
            case 18 -> texts[1] = Endpoint.address(in.readByteArray());
            case 26 -> texts[2] = Endpoint.address(in.readByteArray());
            case 32 -> port[0] = in.readInt32();
            default -> {
              return false;
            }
          }
          return true;
        });
    return new Endpoint(texts[0], texts[1].isEmpty() ? texts[2] : texts[1], port[0]);
  }

  private void annotation(ZipkinSpan span) throws IOException {
    long[] micros = new long[1];
    String[] value = {""};
    message(
        tag -> {
          switch (tag) {
            case 9 -> micros[0] = in.readFixed64();
            case 18 -> value[0] = in.readStringRequireUtf8();
            default -> {
              return false;
            }
          }
          return true;
        });
    span.annotations.add(new ZipkinSpan.Annotation(micros[0], value[0]));
  }

  private void tag(ZipkinSpan span) throws IOException {
    String[] texts = {"", ""};
    message(
        tag -> {
          switch (tag) {
            case 10 -> texts[0] = in.readStringRequireUtf8();
            case 18 -> texts[1] = in.readStringRequireUtf8();
            default -> {
              return false;
            }
          }
          return true;
        });
    span.tags.add(texts[0], texts[1]);
  }

  private static TraceId traceId(ByteString bytes) {
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
    return switch (bytes.size()) {
      case 16 -> new TraceId(buffer.getLong(), buffer.getLong());
      case 8 -> new TraceId(0, buffer.getLong());
      default -> new TraceId(0, 0);
    };
  }

  private static long id(ByteString bytes) {
    return bytes.size() == 8 ? bytes.asReadOnlyByteBuffer().getLong() : 0;
  }
}
