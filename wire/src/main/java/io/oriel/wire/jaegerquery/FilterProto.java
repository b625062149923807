package io.oriel.wire.jaegerquery;

import com.google.protobuf.CodedInputStream;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads one structured filter: `Call` of `jaeger.expression.v1`. For one thread and one filter.
final class FilterProto {
  private int nodes;

  /// Reads a call, length first.
  FilterTerm.Call call(CodedInputStream in, int depth) throws IOException {
    count(depth);
    String[] op = {""};
    List<FilterTerm> args = new ArrayList<>();
    QueryProto.nested(
        in,
        (inner, tag) -> {
          switch (tag) {
            case 1 << 3 | 2 -> op[0] = inner.readStringRequireUtf8();
            case 2 << 3 | 2 -> args.add(expression(inner, depth + 1));
            default -> {
              return false;
            }
          }
          return true;
        });
    return new FilterTerm.Call(op[0], args);
  }

  private void count(int depth) {
    nodes++;
    if (depth > FilterTerm.MAX_DEPTH) {
      throw OrielException.invalid("filter: deeper than " + FilterTerm.MAX_DEPTH + " calls");
    }
    if (nodes > FilterTerm.MAX_NODES) {
      throw OrielException.invalid("filter: more than " + FilterTerm.MAX_NODES + " terms");
    }
  }

  private FilterTerm expression(CodedInputStream in, int depth) throws IOException {
    List<FilterTerm> terms = new ArrayList<>(1);
    QueryProto.nested(
        in,
        (inner, tag) -> {
          switch (tag) {
            case 1 << 3 | 2 -> {
              String[] said = texts(inner);
              terms.add(new FilterTerm.Attribute(said[0], said[1]));
            }
            case 2 << 3 | 2 -> {
              String[] said = texts(inner);
              terms.add(new FilterTerm.Field(said[0], said[1]));
            }
            case 3 << 3 | 2 -> terms.add(new FilterTerm.Collection(texts(inner)[0]));
            case 4 << 3 | 2 -> {
              String[] said = texts(inner);
              terms.add(new FilterTerm.Constant(said[0], said[1]));
            }
            case 5 << 3 | 2 -> terms.add(constants(inner));
            case 6 << 3 | 2 -> terms.add(call(inner, depth));
            default -> {
              return false;
            }
          }
          return true;
        });
    if (terms.isEmpty()) {
      throw OrielException.invalid("filter: got an empty argument, want a term");
    }
    count(depth);
    // of a oneof, the last one counts
    return terms.getLast();
  }

  /// Fields 1 and 2, both texts.
  private static String[] texts(CodedInputStream in) throws IOException {
    String[] said = {"", ""};
    QueryProto.nested(
        in,
        (inner, tag) -> {
          switch (tag) {
            case 1 << 3 | 2 -> said[0] = inner.readStringRequireUtf8();
            case 2 << 3 | 2 -> said[1] = inner.readStringRequireUtf8();
            default -> {
              return false;
            }
          }
          return true;
        });
    return said;
  }

  private static FilterTerm.Constants constants(CodedInputStream in) throws IOException {
    List<String> values = new ArrayList<>();
    String[] type = {""};
    QueryProto.nested(
        in,
        (inner, tag) -> {
          switch (tag) {
            case 1 << 3 | 2 -> {
              values.add(inner.readStringRequireUtf8());
              if (values.size() > FilterTerm.MAX_NODES) {
                throw OrielException.invalid(
                    "filter: more than " + FilterTerm.MAX_NODES + " values in a list");
              }
            }
            case 2 << 3 | 2 -> type[0] = inner.readStringRequireUtf8();
            default -> {
              return false;
            }
          }
          return true;
        });
    return new FilterTerm.Constants(values, type[0]);
  }
}
