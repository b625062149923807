package io.oriel.wire.remoteread;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.SelectHints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A `prometheus.ReadRequest`.
///
/// @param streamedChunks whether the reader prefers streamed chunks to samples
public record ReadRequest(List<Query> queries, boolean streamedChunks) {
  /// One of its queries.
  ///
  /// @param startMillis inclusive
  /// @param endMillis inclusive
  public record Query(long startMillis, long endMillis, List<Matcher> matchers, SelectHints hints) {
    public Query {
      matchers = List.copyOf(matchers);
    }
  }

  /** `ReadRequest.ResponseType` on the wire. */
  private static final int SAMPLES = 0;

  private static final int STREAMED_XOR_CHUNKS = 1;

  public ReadRequest {
    queries = List.copyOf(queries);
  }

  /// Reads an uncompressed request.
  ///
  /// @throws OrielException of kind INVALID when the bytes are none, or a matcher is not valid
  public static ReadRequest read(byte[] body) {
    try {
      return read(CodedInputStream.newInstance(body));
    } catch (IOException e) {
      throw new OrielException(Kind.INVALID, "not a prometheus.ReadRequest: " + e.getMessage(), e);
    }
  }

  private static ReadRequest read(CodedInputStream in) throws IOException {
    List<Query> queries = new ArrayList<>();
    List<Integer> types = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> queries.add(query(in));
        case 2 << 3 -> types.add(in.readEnum());
        case 2 << 3 | 2 -> {
          int limit = in.pushLimit(in.readRawVarint32());
          while (!in.isAtEnd()) {
            types.add(in.readEnum());
          }
          in.popLimit(limit);
        }
        default -> in.skipField(tag);
      }
    }
    return new ReadRequest(queries, streamedChunks(types));
  }

  /// The first type that we know decides; samples when none is given.
  private static boolean streamedChunks(List<Integer> accepted) {
    for (int type : accepted) {
      if (type == SAMPLES || type == STREAMED_XOR_CHUNKS) {
        return type == STREAMED_XOR_CHUNKS;
      }
    }
    if (!accepted.isEmpty()) {
      throw OrielException.invalid(
          "server does not support any of the requested response types: "
              + accepted.subList(0, Math.min(accepted.size(), 8))
              + "; supported: [SAMPLES STREAMED_XOR_CHUNKS]");
    }
    return false;
  }

  private static Query query(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    long start = 0;
    long end = 0;
    List<Matcher> matchers = new ArrayList<>();
    SelectHints hints = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> start = in.readInt64();
        case 2 << 3 -> end = in.readInt64();
        case 3 << 3 | 2 -> matchers.add(matcher(in));
        case 4 << 3 | 2 -> hints = hints(in);
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    return new Query(start, end, matchers, hints == null ? SelectHints.range(start, end) : hints);
  }

  private static Matcher matcher(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
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
    in.popLimit(limit);
    return Matcher.of(
        switch (type) {
          case 0 -> Matcher.Type.EQUAL;
          case 1 -> Matcher.Type.NOT_EQUAL;
          case 2 -> Matcher.Type.REGEX;
          case 3 -> Matcher.Type.NOT_REGEX;
          default -> throw OrielException.invalid("matcher type: got " + type + ", want 0 to 3");
        },
        name,
        value);
  }

  private static int number(Matcher.Type type) {
    return switch (type) {
      case EQUAL -> 0;
      case NOT_EQUAL -> 1;
      case REGEX -> 2;
      case NOT_REGEX -> 3;
    };
  }

  private static SelectHints hints(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    long step = 0;
    String function = "";
    long start = 0;
    long end = 0;
    List<String> grouping = new ArrayList<>();
    boolean by = false;
    long range = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> step = in.readInt64();
        case 2 << 3 | 2 -> function = in.readStringRequireUtf8();
        case 3 << 3 -> start = in.readInt64();
        case 4 << 3 -> end = in.readInt64();
        case 5 << 3 | 2 -> grouping.add(in.readStringRequireUtf8());
        case 6 << 3 -> by = in.readBool();
        case 7 << 3 -> range = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    return new SelectHints(start, end, step, range, function, grouping, by, 0, true);
  }

  /// The request as bytes, uncompressed.
  public byte[] write() {
    return Bytes.of(
        out -> {
          for (Query query : queries) {
            out.writeByteArray(1, Bytes.of(inner -> write(inner, query)));
          }
          if (streamedChunks) {
            out.writeEnum(2, STREAMED_XOR_CHUNKS);
          }
          out.writeEnum(2, 0);
        });
  }

  private static void write(CodedOutputStream out, Query query) throws IOException {
    out.writeInt64(1, query.startMillis());
    out.writeInt64(2, query.endMillis());
    for (Matcher matcher : query.matchers()) {
      out.writeByteArray(
          3,
          Bytes.of(
              inner -> {
                inner.writeEnum(1, number(matcher.type()));
                inner.writeString(2, matcher.name());
                inner.writeString(3, matcher.value());
              }));
    }
    SelectHints hints = query.hints();
    out.writeByteArray(
        4,
        Bytes.of(
            inner -> {
              inner.writeInt64(1, hints.stepMillis());
              inner.writeString(2, hints.function());
              inner.writeInt64(3, hints.startMillis());
              inner.writeInt64(4, hints.endMillis());
              for (String label : hints.grouping()) {
                inner.writeString(5, label);
              }
              inner.writeBool(6, hints.by());
              inner.writeInt64(7, hints.rangeMillis());
            }));
  }

  /// Messages built in memory.
  static final class Bytes {
    interface Body {
      void write(CodedOutputStream out) throws IOException;
    }

    private Bytes() {}

    static byte[] of(Body body) {
      try {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        body.write(out);
        out.flush();
        return bytes.toByteArray();
      } catch (IOException e) {
        throw new OrielException(Kind.BUG, "cannot write to memory", e);
      }
    }
  }
}
