package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.matcher.Matcher;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

/// What the messages have in common: frames, labels, matchers, times.
final class Proto {
  /// Reads the inside of a message up to its end.
  interface Reading<T> {
    T read(CodedInputStream in) throws IOException;
  }

  /// Writes the inside of a message.
  interface Writing {
    void write(CodedOutputStream out) throws IOException;
  }

  private Proto() {}

  /// Reads a whole message.
  ///
  /// @param name the message, for the refusal
  static <T> T read(ByteBuffer message, String name, Reading<T> reading) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(message);
      in.enableAliasing(true);
      return reading.read(in);
    } catch (IOException e) {
      throw new OrielException(Kind.INVALID, "not a " + name + ": " + e.getMessage(), e);
    }
  }

  /// Reads a message within a message, length first.
  static <T> T nested(CodedInputStream in, Reading<T> reading) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    T value = reading.read(in);
    in.popLimit(limit);
    return value;
  }

  /// Adds the numbers of a repeated field that may be packed.
  static void numbers(CodedInputStream in, int tag, List<Integer> into) throws IOException {
    if ((tag & 7) != 2) {
      into.add(in.readEnum());
      return;
    }
    int limit = in.pushLimit(in.readRawVarint32());
    while (!in.isAtEnd()) {
      into.add(in.readEnum());
    }
    in.popLimit(limit);
  }

  static ByteBuffer write(Writing writing) {
    return ByteBuffer.wrap(bytes(writing));
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

  static void nested(CodedOutputStream out, int field, Writing writing) throws IOException {
    out.writeByteArray(field, bytes(writing));
  }

  static void string(CodedOutputStream out, int field, String value) throws IOException {
    if (!value.isEmpty()) {
      out.writeString(field, value);
    }
  }

  static void strings(CodedOutputStream out, int field, List<String> values) throws IOException {
    for (String value : values) {
      out.writeString(field, value);
    }
  }

  static void number(CodedOutputStream out, int field, long value) throws IOException {
    if (value != 0) {
      out.writeInt64(field, value);
    }
  }

  static void real(CodedOutputStream out, int field, double value) throws IOException {
    if (Double.doubleToRawLongBits(value) != 0) {
      out.writeDouble(field, value);
    }
  }

  static void flag(CodedOutputStream out, int field, boolean value) throws IOException {
    if (value) {
      out.writeBool(field, true);
    }
  }

  /// The inside of a `Label`, added to {@code into}.
  static LabelsBuilder label(CodedInputStream in, LabelsBuilder into) throws IOException {
    String name = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> name = in.readStringRequireUtf8();
        case 2 << 3 | 2 -> value = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    return into.set(name, value);
  }

  /// The inside of a `ZLabelSet`.
  static Labels labelSet(CodedInputStream in) throws IOException {
    LabelsBuilder labels = new LabelsBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (1 << 3 | 2)) {
        nested(in, inner -> label(inner, labels));
      } else {
        in.skipField(tag);
      }
    }
    return labels.build();
  }

  static void labelSet(CodedOutputStream out, int field, Labels labels) throws IOException {
    nested(out, field, set -> labels(set, labels));
  }

  /// Labels as field 1, repeated.
  static void labels(CodedOutputStream out, Labels labels) throws IOException {
    for (int i = 0; i < labels.size(); i++) {
      String name = labels.name(i);
      String value = labels.value(i);
      nested(
          out,
          1,
          label -> {
            label.writeString(1, name);
            label.writeString(2, value);
          });
    }
  }

  static Matcher matcher(CodedInputStream in) throws IOException {
    int type = 0;
    String name = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> type = in.readEnum();
        case 2 << 3 | 2 -> name = in.readStringRequireUtf8();
        case 3 << 3 | 2 -> value = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    if (type < 0 || type >= Matcher.Type.values().length) {
      throw OrielException.invalid("matcher type: got " + type + ", want 0 to 3");
    }
    return Matcher.of(Matcher.Type.values()[type], name, value);
  }

  static void matchers(CodedOutputStream out, int field, List<Matcher> matchers)
      throws IOException {
    for (Matcher matcher : matchers) {
      nested(
          out,
          field,
          inner -> {
            number(inner, 1, matcher.type().ordinal());
            string(inner, 2, matcher.name());
            string(inner, 3, matcher.value());
          });
    }
  }

  /// A `google.protobuf.Timestamp`.
  static Instant time(CodedInputStream in) throws IOException {
    long seconds = 0;
    int nanos = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> seconds = in.readInt64();
        case 2 << 3 -> nanos = in.readInt32();
        default -> in.skipField(tag);
      }
    }
    try {
      return Instant.ofEpochSecond(seconds, nanos);
    } catch (DateTimeException | ArithmeticException e) {
      throw new OrielException(Kind.INVALID, "time: " + e.getMessage(), e);
    }
  }

  static void time(CodedOutputStream out, int field, Instant time) throws IOException {
    nested(
        out,
        field,
        inner -> {
          number(inner, 1, time.getEpochSecond());
          number(inner, 2, time.getNano());
        });
  }
}
