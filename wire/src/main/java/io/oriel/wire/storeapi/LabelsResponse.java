package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Label names or values: `thanos.LabelNamesResponse` and `thanos.LabelValuesResponse`, which have
/// the same fields.
///
/// @param values sorted, each once
public record LabelsResponse(List<String> values, List<String> warnings) {
  public LabelsResponse {
    values = List.copyOf(values);
    warnings = List.copyOf(warnings);
  }

  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static LabelsResponse read(ByteBuffer message) {
    return Proto.read(message, "thanos.LabelNamesResponse", LabelsResponse::parse);
  }

  private static LabelsResponse parse(CodedInputStream in) throws IOException {
    List<String> values = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> values.add(in.readStringRequireUtf8());
        case 2 << 3 | 2 -> warnings.add(in.readStringRequireUtf8());
        default -> in.skipField(tag);
      }
    }
    return new LabelsResponse(values, warnings);
  }

  /// The response as bytes.
  public ByteBuffer write() {
    return Proto.write(
        out -> {
          Proto.strings(out, 1, values);
          Proto.strings(out, 2, warnings);
        });
  }
}
