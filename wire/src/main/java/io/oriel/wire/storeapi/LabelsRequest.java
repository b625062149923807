package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.matcher.Matcher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Asks for label names, or for the values of one: `thanos.LabelNamesRequest` and
/// `thanos.LabelValuesRequest`, which differ by field 1 and by one in the numbers of all others.
///
/// @param label whose values are wanted; empty when names are
/// @param startMillis inclusive, Unix milliseconds
/// @param endMillis inclusive
/// @param withoutReplicaLabels labels that are as if they were not there
/// @param limit at most so many, zero for all
public record LabelsRequest(
    String label,
    PartialResponse partialResponse,
    long startMillis,
    long endMillis,
    List<Matcher> matchers,
    List<String> withoutReplicaLabels,
    long limit) {
  public LabelsRequest {
    matchers = List.copyOf(matchers);
    withoutReplicaLabels = List.copyOf(withoutReplicaLabels);
  }

  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static LabelsRequest readNames(ByteBuffer message) {
    return Proto.read(message, "thanos.LabelNamesRequest", in -> parse(in, 0));
  }

  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static LabelsRequest readValues(ByteBuffer message) {
    return Proto.read(message, "thanos.LabelValuesRequest", in -> parse(in, 1));
  }

  private static LabelsRequest parse(CodedInputStream in, int shift) throws IOException {
    String label = "";
    boolean disabled = false;
    PartialResponse strategy = PartialResponse.WARN;
    long start = 0;
    long end = 0;
    List<Matcher> matchers = new ArrayList<>();
    List<String> without = new ArrayList<>();
    long limit = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag - (shift << 3)) {
        case 2 -> label = in.readStringRequireUtf8();
        case 1 << 3 -> disabled = in.readBool();
        case 2 << 3 -> strategy = PartialResponse.of(in.readEnum());
        case 3 << 3 -> start = in.readInt64();
        case 4 << 3 -> end = in.readInt64();
        case 6 << 3 | 2 -> matchers.add(Proto.nested(in, Proto::matcher));
        case 7 << 3 | 2 -> without.add(in.readStringRequireUtf8());
        case 8 << 3 -> limit = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    PartialResponse partial = disabled ? PartialResponse.ABORT : strategy;
    return new LabelsRequest(label, partial, start, end, matchers, without, limit);
  }

  /// The request as bytes: for names when {@link #label} is empty, else for values.
  public ByteBuffer write() {
    return Proto.write(this::write);
  }

  private void write(CodedOutputStream out) throws IOException {
    Proto.string(out, 1, label);
    int shift = label.isEmpty() ? 0 : 1;
    Proto.flag(out, shift + 1, partialResponse == PartialResponse.ABORT);
    Proto.number(out, shift + 2, partialResponse.ordinal());
    Proto.number(out, shift + 3, startMillis);
    Proto.number(out, shift + 4, endMillis);
    Proto.matchers(out, shift + 6, matchers);
    Proto.strings(out, shift + 7, withoutReplicaLabels);
    Proto.number(out, shift + 8, limit);
  }
}
