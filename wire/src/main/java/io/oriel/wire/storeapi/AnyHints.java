package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.matcher.Matcher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The hints of a request: a `google.protobuf.Any` around block matchers.
final class AnyHints {
  private AnyHints() {}

  /// The block matchers of the hints; none when they are of another type.
  static List<Matcher> blockMatchers(CodedInputStream in, String message) throws IOException {
    String type = "";
    byte[] value = {};
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> type = in.readStringRequireUtf8();
        case 2 << 3 | 2 -> value = in.readByteArray();
        default -> in.skipField(tag);
      }
    }
    return type.endsWith("/hintspb." + message)
        ? matchers(CodedInputStream.newInstance(value))
        : List.of();
  }

  private static List<Matcher> matchers(CodedInputStream in) throws IOException {
    List<Matcher> matchers = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (1 << 3 | 2)) {
        matchers.add(Proto.nested(in, Proto::matcher));
      } else {
        in.skipField(tag);
      }
    }
    return matchers;
  }

  static void write(CodedOutputStream out, String type, List<Matcher> blockMatchers)
      throws IOException {
    out.writeString(1, type);
    Proto.nested(out, 2, hints -> Proto.matchers(hints, 1, blockMatchers));
  }
}
