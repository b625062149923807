package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What the query around a selection does, so that a store may do less.
///
/// @param by whether {@code grouping} names labels to keep, else to drop
/// @param rangeMillis width of the window of a range selector; zero for an instant selector
public record QueryHints(
    long stepMillis, String function, List<String> grouping, boolean by, long rangeMillis) {
  public QueryHints {
    grouping = List.copyOf(grouping);
  }

  /// Nothing is known.
  public static QueryHints none() {
    return new QueryHints(0, "", List.of(), false, 0);
  }

  static QueryHints read(CodedInputStream in) throws IOException {
    long step = 0;
    String function = "";
    List<String> grouping = new ArrayList<>();
    boolean[] by = {false};
    long range = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> step = in.readInt64();
        case 2 << 3 | 2 -> function = Proto.nested(in, QueryHints::name);
        case 4 << 3 | 2 -> by[0] = Proto.nested(in, inner -> grouping(inner, grouping));
        case 5 << 3 | 2 -> range = Proto.nested(in, QueryHints::millis);
        default -> in.skipField(tag);
      }
    }
    return new QueryHints(step, function, grouping, by[0], range);
  }

  private static String name(CodedInputStream in) throws IOException {
    String name = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (1 << 3 | 2)) {
        name = in.readStringRequireUtf8();
      } else {
        in.skipField(tag);
      }
    }
    return name;
  }

  private static long millis(CodedInputStream in) throws IOException {
    long millis = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == 1 << 3) {
        millis = in.readInt64();
      } else {
        in.skipField(tag);
      }
    }
    return millis;
  }

  private static boolean grouping(CodedInputStream in, List<String> into) throws IOException {
    boolean by = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> by = in.readBool();
        case 3 << 3 | 2 -> into.add(in.readStringRequireUtf8());
        default -> in.skipField(tag);
      }
    }
    return by;
  }

  void write(CodedOutputStream out) throws IOException {
    Proto.number(out, 1, stepMillis);
    if (!function.isEmpty()) {
      Proto.nested(out, 2, inner -> inner.writeString(1, function));
    }
    if (by || !grouping.isEmpty()) {
      Proto.nested(
          out,
          4,
          inner -> {
            Proto.flag(inner, 1, by);
            Proto.strings(inner, 3, grouping);
          });
    }
    if (rangeMillis != 0) {
      Proto.nested(out, 5, inner -> inner.writeInt64(1, rangeMillis));
    }
  }
}
