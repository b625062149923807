package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.matcher.Matcher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Asks a querier to evaluate: `thanos.QueryRequest` and `thanos.QueryRangeRequest`. Times are
/// whole seconds in this protocol.
///
/// @param startSeconds the time of an instant query, the first step of a range query
/// @param endSeconds the last step, inclusive; the same for an instant query
/// @param intervalSeconds distance of steps; zero for an instant query
/// @param timeoutSeconds zero for the server's own
/// @param maxResolutionSeconds the coarsest downsampling allowed
/// @param storeMatchers of which stores at least one of these must hold; none for all
/// @param lookbackSeconds zero for the server's own
public record QueryRequest(
    String query,
    long startSeconds,
    long endSeconds,
    long intervalSeconds,
    long timeoutSeconds,
    long maxResolutionSeconds,
    List<String> replicaLabels,
    List<List<Matcher>> storeMatchers,
    boolean dedup,
    boolean partialResponse,
    long lookbackSeconds) {
  public QueryRequest {
    replicaLabels = List.copyOf(replicaLabels);
    storeMatchers = storeMatchers.stream().map(List::copyOf).toList();
  }

  public boolean isRange() {
    return intervalSeconds > 0;
  }

  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static QueryRequest readInstant(ByteBuffer message) {
    return Proto.read(message, "thanos.QueryRequest", in -> parse(in, false));
  }

  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static QueryRequest readRange(ByteBuffer message) {
    return Proto.read(message, "thanos.QueryRangeRequest", in -> parse(in, true));
  }

  /// The first fields differ; from field 3 (instant) and 5 (range) on the numbers run in parallel
  /// up to `shard_info`, so they are read with a shift of two.
  private static QueryRequest parse(CodedInputStream in, boolean range) throws IOException {
    String query = "";
    long[] times = new long[3];
    long timeout = 0;
    long resolution = 0;
    List<String> replicas = new ArrayList<>();
    List<List<Matcher>> stores = new ArrayList<>();
    boolean dedup = false;
    boolean partial = false;
    long lookback = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = tag >>> 3;
      if (field == 1) {
        query = in.readStringRequireUtf8();
        continue;
      }
      if (field <= (range ? 4 : 2)) {
        times[field - 2] = in.readInt64();
        continue;
      }
      switch (tag - (range ? 2 << 3 : 0)) {
        case 3 << 3 -> timeout = in.readInt64();
        case 4 << 3 -> resolution = in.readInt64();
        case 5 << 3 | 2 -> replicas.add(in.readStringRequireUtf8());
        case 6 << 3 | 2 -> stores.add(Proto.nested(in, QueryRequest::matchers));
        case 7 << 3 -> dedup = in.readBool();
        case 8 << 3 -> partial = in.readBool();
        case 12 << 3 -> lookback = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    return new QueryRequest(
        query,
        times[0],
        range ? times[1] : times[0],
        range ? times[2] : 0,
        timeout,
        resolution,
        replicas,
        stores,
        dedup,
        partial,
        lookback);
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

  /// The request as bytes: an instant query's or a range query's.
  public ByteBuffer write() {
    return Proto.write(this::write);
  }

  private void write(CodedOutputStream out) throws IOException {
    int shift = isRange() ? 2 : 0;
    Proto.string(out, 1, query);
    Proto.number(out, 2, startSeconds);
    if (isRange()) {
      Proto.number(out, 3, endSeconds);
      Proto.number(out, 4, intervalSeconds);
    }
    Proto.number(out, shift + 3, timeoutSeconds);
    Proto.number(out, shift + 4, maxResolutionSeconds);
    Proto.strings(out, shift + 5, replicaLabels);
    for (List<Matcher> matchers : storeMatchers) {
      Proto.nested(out, shift + 6, inner -> Proto.matchers(inner, 1, matchers));
    }
    Proto.flag(out, shift + 7, dedup);
    Proto.flag(out, shift + 8, partialResponse);
    Proto.number(out, shift + 12, lookbackSeconds);
  }
}
