package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// One frame of the answer of Rules, Targets, Metadata or Exemplars: a value, or a warning that
/// something is missing. All four have the value as field 1 and the warning as field 2.
///
/// @param warning empty when there is a value
public record StreamFrame<T>(Optional<T> value, String warning) {
  public static <T> StreamFrame<T> of(T value) {
    return new StreamFrame<>(Optional.of(value), "");
  }

  public static <T> StreamFrame<T> warning(String text) {
    return new StreamFrame<>(Optional.empty(), text);
  }

  static <T> StreamFrame<T> read(ByteBuffer message, String name, Proto.Reading<T> value) {
    return Proto.read(message, name, in -> parse(in, value));
  }

  private static <T> StreamFrame<T> parse(CodedInputStream in, Proto.Reading<T> reading)
      throws IOException {
    Optional<T> value = Optional.empty();
    String warning = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> value = Optional.of(Proto.nested(in, reading));
        case 2 << 3 | 2 -> warning = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    return new StreamFrame<>(value, warning);
  }

  interface ValueWriting<T> {
    void write(CodedOutputStream out, T value) throws IOException;
  }

  static <T> ByteBuffer write(StreamFrame<T> frame, ValueWriting<T> writing) {
    return Proto.write(
        out -> {
          if (frame.value.isPresent()) {
            T value = frame.value.get();
            Proto.nested(out, 1, inner -> writing.write(inner, value));
          }
          Proto.string(out, 2, frame.warning);
        });
  }
}
