package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Asks for rules: `thanos.RulesRequest`. An empty list does not restrict.
///
/// @param matchers selectors as PromQL, any of which a rule's labels must satisfy
public record RulesRequest(
    Type type,
    PartialResponse partialResponse,
    List<String> matchers,
    List<String> names,
    List<String> groups,
    List<String> files) {
  /// Which rules, in the order of the numbers.
  public enum Type {
    ALL,
    ALERT,
    RECORD
  }

  public RulesRequest {
    matchers = List.copyOf(matchers);
    names = List.copyOf(names);
    groups = List.copyOf(groups);
    files = List.copyOf(files);
  }

  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static RulesRequest read(ByteBuffer message) {
    return Proto.read(message, "thanos.RulesRequest", RulesRequest::parse);
  }

  private static RulesRequest parse(CodedInputStream in) throws IOException {
    int type = 0;
    PartialResponse strategy = PartialResponse.WARN;
    List<String> matchers = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<String> groups = new ArrayList<>();
    List<String> files = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> type = in.readEnum();
        case 2 << 3 -> strategy = PartialResponse.of(in.readEnum());
        case 3 << 3 | 2 -> matchers.add(in.readStringRequireUtf8());
        case 4 << 3 | 2 -> names.add(in.readStringRequireUtf8());
        case 5 << 3 | 2 -> groups.add(in.readStringRequireUtf8());
        case 6 << 3 | 2 -> files.add(in.readStringRequireUtf8());
        default -> in.skipField(tag);
      }
    }
    Type known = type > 0 && type < 3 ? Type.values()[type] : Type.ALL;
    return new RulesRequest(known, strategy, matchers, names, groups, files);
  }

  /// The request as bytes.
  public ByteBuffer write() {
    return Proto.write(
        out -> {
          Proto.number(out, 1, type.ordinal());
          Proto.number(out, 2, partialResponse.ordinal());
          Proto.strings(out, 3, matchers);
          Proto.strings(out, 4, names);
          Proto.strings(out, 5, groups);
          Proto.strings(out, 6, files);
        });
  }
}
