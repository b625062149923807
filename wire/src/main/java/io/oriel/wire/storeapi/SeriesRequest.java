package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.matcher.Matcher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Asks a store for series: `thanos.SeriesRequest`.
///
/// @param minMillis first sample time wanted, Unix milliseconds, inclusive
/// @param maxMillis last sample time wanted, inclusive
/// @param maxResolutionMillis the coarsest downsampling that will do; zero for raw samples
/// @param aggregates what is wanted of downsampled series; empty means raw
/// @param skipChunks whether labels are enough
/// @param blockMatchers which blocks to look at, by their external labels and id; a hint
/// @param withoutReplicaLabels labels to remove; what remains must still be sorted
/// @param limit at most so many series, zero for all
/// @param batchSize series per response frame at most; up to one for none
public record SeriesRequest(
    long minMillis,
    long maxMillis,
    List<Matcher> matchers,
    long maxResolutionMillis,
    List<Aggregate> aggregates,
    PartialResponse partialResponse,
    boolean skipChunks,
    List<Matcher> blockMatchers,
    QueryHints queryHints,
    ShardInfo shard,
    List<String> withoutReplicaLabels,
    long limit,
    long batchSize) {
  private static final String HINTS_TYPE = "type.googleapis.com/hintspb.SeriesRequestHints";

  public SeriesRequest {
    matchers = List.copyOf(matchers);
    aggregates = List.copyOf(aggregates);
    blockMatchers = List.copyOf(blockMatchers);
    withoutReplicaLabels = List.copyOf(withoutReplicaLabels);
  }

  /// Raw samples of the series that satisfy {@code matchers}, and a warning where some are missing.
  public static SeriesRequest of(long minMillis, long maxMillis, List<Matcher> matchers) {
    return new Draft(minMillis, maxMillis, matchers).build();
  }

  /// The same request for another time range, both ends inclusive.
  public SeriesRequest within(long newMinMillis, long newMaxMillis) {
    Draft draft = change();
    draft.minMillis = newMinMillis;
    draft.maxMillis = newMaxMillis;
    return draft.build();
  }

  /// A draft that starts as this request.
  public Draft change() {
    Draft draft = new Draft(minMillis, maxMillis, matchers);
    draft.maxResolutionMillis = maxResolutionMillis;
    draft.aggregates = aggregates;
    draft.partialResponse = partialResponse;
    draft.skipChunks = skipChunks;
    draft.blockMatchers = blockMatchers;
    draft.queryHints = queryHints;
    draft.shard = shard;
    draft.withoutReplicaLabels = withoutReplicaLabels;
    draft.limit = limit;
    draft.batchSize = batchSize;
    return draft;
  }

  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none, or a
  ///   matcher is not valid
  public static SeriesRequest read(ByteBuffer message) {
    return Proto.read(message, "thanos.SeriesRequest", SeriesRequest::parse);
  }

  private static SeriesRequest parse(CodedInputStream in) throws IOException {
    List<Matcher> matchers = new ArrayList<>();
    List<Integer> aggregates = new ArrayList<>();
    List<String> without = new ArrayList<>();
    Draft draft = new Draft(0, 0, List.of());
    boolean disabled = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> draft.minMillis = in.readInt64();
        case 2 << 3 -> draft.maxMillis = in.readInt64();
        case 3 << 3 | 2 -> matchers.add(Proto.nested(in, Proto::matcher));
        case 4 << 3 -> draft.maxResolutionMillis = in.readInt64();
        case 5 << 3, 5 << 3 | 2 -> Proto.numbers(in, tag, aggregates);
        case 6 << 3 -> disabled = in.readBool();
        case 7 << 3 -> draft.partialResponse = PartialResponse.of(in.readEnum());
        case 8 << 3 -> draft.skipChunks = in.readBool();
        case 9 << 3 | 2 ->
            draft.blockMatchers =
                Proto.nested(in, any -> AnyHints.blockMatchers(any, "SeriesRequestHints"));
        case 12 << 3 | 2 -> draft.queryHints = Proto.nested(in, QueryHints::read);
        case 13 << 3 | 2 -> draft.shard = Proto.nested(in, Shards::read);
        case 14 << 3 | 2 -> without.add(in.readStringRequireUtf8());
        case 15 << 3 -> draft.limit = in.readInt64();
        case 16 << 3 -> draft.batchSize = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    draft.matchers = matchers;
    draft.withoutReplicaLabels = without;
    draft.aggregates =
        aggregates.stream().flatMap(number -> Aggregate.of(number).stream()).toList();
    draft.partialResponse = disabled ? PartialResponse.ABORT : draft.partialResponse;
    return draft.build();
  }

  /// The request as bytes.
  public ByteBuffer write() {
    return Proto.write(this::write);
  }

  private void write(CodedOutputStream out) throws IOException {
    Proto.number(out, 1, minMillis);
    Proto.number(out, 2, maxMillis);
    Proto.matchers(out, 3, matchers);
    Proto.number(out, 4, maxResolutionMillis);
    if (!aggregates.isEmpty()) {
      Proto.nested(
          out,
          5,
          packed -> {
            for (Aggregate aggregate : aggregates) {
              packed.writeEnumNoTag(aggregate.ordinal());
            }
          });
    }
    Proto.flag(out, 6, partialResponse == PartialResponse.ABORT);
    Proto.number(out, 7, partialResponse.ordinal());
    Proto.flag(out, 8, skipChunks);
    if (!blockMatchers.isEmpty()) {
      Proto.nested(out, 9, any -> AnyHints.write(any, HINTS_TYPE, blockMatchers));
    }
    Proto.number(out, 10, queryHints.stepMillis());
    Proto.number(out, 11, queryHints.rangeMillis());
    if (!queryHints.equals(QueryHints.none())) {
      Proto.nested(out, 12, queryHints::write);
    }
    if (shard.isSharded()) {
      Proto.nested(out, 13, inner -> Shards.write(inner, shard));
    }
    Proto.strings(out, 14, withoutReplicaLabels);
    Proto.number(out, 15, limit);
    Proto.number(out, 16, batchSize);
  }

  /// A request in the making. Not thread-safe.
  public static final class Draft {
    private long minMillis;
    private long maxMillis;
    private List<Matcher> matchers;
    private long maxResolutionMillis;
    private List<Aggregate> aggregates = List.of();
    private PartialResponse partialResponse = PartialResponse.WARN;
    private boolean skipChunks;
    private List<Matcher> blockMatchers = List.of();
    private QueryHints queryHints = QueryHints.none();
    private ShardInfo shard = ShardInfo.none();
    private List<String> withoutReplicaLabels = List.of();
    private long limit;
    private long batchSize;

    private Draft(long minMillis, long maxMillis, List<Matcher> matchers) {
      this.minMillis = minMillis;
      this.maxMillis = maxMillis;
      this.matchers = matchers;
    }

    public Draft matchers(List<Matcher> newMatchers) {
      matchers = newMatchers;
      return this;
    }

    /// The coarsest downsampling allowed, and what is wanted of it.
    public Draft resolution(long newMaxResolutionMillis, List<Aggregate> newAggregates) {
      maxResolutionMillis = newMaxResolutionMillis;
      aggregates = newAggregates;
      return this;
    }

    public Draft partialResponse(PartialResponse newPartialResponse) {
      partialResponse = newPartialResponse;
      return this;
    }

    /// Labels only.
    public Draft labelsOnly() {
      skipChunks = true;
      return this;
    }

    public Draft blockMatchers(List<Matcher> newBlockMatchers) {
      blockMatchers = newBlockMatchers;
      return this;
    }

    public Draft queryHints(QueryHints newQueryHints) {
      queryHints = newQueryHints;
      return this;
    }

    public Draft shard(ShardInfo newShard) {
      shard = newShard;
      return this;
    }

    public Draft withoutReplicaLabels(List<String> newWithoutReplicaLabels) {
      withoutReplicaLabels = newWithoutReplicaLabels;
      return this;
    }

    public Draft limit(long newLimit) {
      limit = newLimit;
      return this;
    }

    public Draft batchSize(long newBatchSize) {
      batchSize = newBatchSize;
      return this;
    }

    public SeriesRequest build() {
      return new SeriesRequest(
          minMillis,
          maxMillis,
          matchers,
          maxResolutionMillis,
          aggregates,
          partialResponse,
          skipChunks,
          blockMatchers,
          queryHints,
          shard,
          withoutReplicaLabels,
          limit,
          batchSize);
    }
  }
}
