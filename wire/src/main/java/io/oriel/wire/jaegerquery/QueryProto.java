package io.oriel.wire.jaegerquery;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.TraceId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/// What the messages have in common: frames, times, ids.
final class QueryProto {
  private static final long NANOS_PER_MICRO = 1000;
  private static final long MICROS_PER_SECOND = 1_000_000;

  /** The start of the year 1, which a Jaeger above sends for a time that was not said. */
  private static final long GO_ZERO_MICROS = -62_135_596_800L * MICROS_PER_SECOND;

  private static final int TRACE_ID_BYTES = 16;

  /// Reads one field, whose tag was read; false for one it does not know.
  interface Field {
    boolean read(CodedInputStream in, int tag) throws IOException;
  }

  /// Writes the inside of a message.
  interface Writing {
    void write(CodedOutputStream out) throws IOException;
  }

  private QueryProto() {}

  static void message(ByteBuffer message, String name, Field field) {
    try {
      fields(CodedInputStream.newInstance(message), field);
    } catch (IOException e) {
      throw new OrielException(Kind.INVALID, "not a " + name + ": " + e.getMessage(), e);
    }
  }

  /// Reads a message within a message, length first.
  static void nested(CodedInputStream in, Field field) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    fields(in, field);
    in.popLimit(limit);
  }

  private static void fields(CodedInputStream in, Field field) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!field.read(in, tag)) {
        in.skipField(tag);
      }
    }
    in.checkLastTagWas(0);
  }

  static int text(int field) {
    return field << 3 | 2;
  }

  static int number(int field) {
    return field << 3;
  }

  /// A `Timestamp` or a `Duration` in microseconds.
  static long micros(CodedInputStream in) throws IOException {
    long[] parts = new long[2];
    nested(
        in,
        (inner, tag) -> {
          if (tag == number(1)) {
            parts[0] = inner.readInt64();
          } else if (tag == number(2)) {
            parts[1] = inner.readInt32();
          } else {
            return false;
          }
          return true;
        });
    try {
      return Math.addExact(
          Math.multiplyExact(parts[0], MICROS_PER_SECOND), parts[1] / NANOS_PER_MICRO);
    } catch (ArithmeticException e) {
      throw new OrielException(Kind.INVALID, "time: " + parts[0] + " seconds are out of range", e);
    }
  }

  /// A `Timestamp` that bounds something, in Unix microseconds; Go's zero time is none.
  static OptionalLong bound(CodedInputStream in) throws IOException {
    long micros = micros(in);
    return micros == GO_ZERO_MICROS ? OptionalLong.empty() : OptionalLong.of(micros);
  }

  static TraceId traceId(byte[] bytes) {
    if (bytes.length != TRACE_ID_BYTES) {
      throw OrielException.invalid("trace id: got " + bytes.length + " bytes, want 16");
    }
    ByteBuffer id = ByteBuffer.wrap(bytes);
    return new TraceId(id.getLong(), id.getLong());
  }

  static byte[] bytes(TraceId id) {
    return ByteBuffer.allocate(TRACE_ID_BYTES).putLong(id.high()).putLong(id.low()).array();
  }

  static byte[] bytes(Writing writing) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes, 512);
      writing.write(out);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new OrielException(Kind.BUG, "cannot write to memory", e);
    }
  }

  static ByteBuffer message(Writing writing) {
    return ByteBuffer.wrap(bytes(writing));
  }

  static void nested(CodedOutputStream out, int field, Writing writing) throws IOException {
    out.writeByteArray(field, bytes(writing));
  }

  static void string(CodedOutputStream out, int field, String value) throws IOException {
    if (!value.isEmpty()) {
      out.writeString(field, value);
    }
  }

  static void number(CodedOutputStream out, int field, long value) throws IOException {
    if (value != 0) {
      out.writeInt64(field, value);
    }
  }

  /// A `Timestamp` or a `Duration`.
  static void time(CodedOutputStream out, int field, long nanos) throws IOException {
    nested(
        out,
        field,
        inner -> {
          number(inner, 1, Math.floorDiv(nanos, 1_000_000_000L));
          number(inner, 2, Math.floorMod(nanos, 1_000_000_000L));
        });
  }
}
