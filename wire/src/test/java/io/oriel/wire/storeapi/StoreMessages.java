package io.oriel.wire.storeapi;

import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.ExemplarQueryable.SeriesExemplars;
import io.oriel.wire.storeapi.RuleGroup.Alert;
import io.oriel.wire.storeapi.RuleGroup.AlertInstance;
import io.oriel.wire.storeapi.RuleGroup.AlertState;
import io.oriel.wire.storeapi.RuleGroup.Outcome;
import io.oriel.wire.storeapi.RuleGroup.Recording;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One of each message, every field set.
final class StoreMessages {
  static final Labels LABELS = Labels.of("__name__", "up", "job", "ναός", "zone", "a");
  static final Matcher MATCHER = Matcher.of(Matcher.Type.REGEX, "job", "a|b");
  private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000, 500_000_000);

  private StoreMessages() {}

  static ByteBuffer bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteBuffer.wrap(bytes);
  }

  static StoreChunk chunk(ChunkEncoding encoding, int... data) {
    return new StoreChunk(encoding, bytes(data));
  }

  static StoreSeries series() {
    return new StoreSeries(
        LABELS,
        List.of(
            AggrChunk.raw(1, 300, chunk(ChunkEncoding.XOR, 1, 2, 3)),
            new AggrChunk(
                -5,
                Long.MAX_VALUE,
                null,
                chunk(ChunkEncoding.XOR, 4),
                chunk(ChunkEncoding.FLOAT_HISTOGRAM, 5),
                chunk(ChunkEncoding.XOR, 6),
                chunk(ChunkEncoding.XOR),
                chunk(ChunkEncoding.HISTOGRAM, 8))));
  }

  static SeriesRequest request() {
    return SeriesRequest.of(-1, 2, List.of(MATCHER, Matcher.of(Matcher.Type.EQUAL, "a", "")))
        .change()
        .resolution(300_000, List.of(Aggregate.COUNT, Aggregate.SUM))
        .partialResponse(PartialResponse.ABORT)
        .labelsOnly()
        .blockMatchers(List.of(MATCHER))
        .queryHints(new QueryHints(15_000, "rate", List.of("pod"), true, 300_000))
        .shard(new ShardInfo(1, 3, true, List.of("pod")))
        .withoutReplicaLabels(List.of("replica"))
        .limit(7)
        .batchSize(64)
        .build();
  }

  static InfoResponse info() {
    return new InfoResponse(
        List.of(LABELS, Labels.empty()),
        "sidecar",
        Optional.of(
            new InfoResponse.StoreInfo(
                1, 2, true, true, List.of(new InfoResponse.TsdbInfo(LABELS, 3, 4)))),
        Set.of(InfoResponse.Service.RULES, InfoResponse.Service.EXEMPLARS));
  }

  static RuleGroup group() {
    Outcome outcome = new Outcome("err", "boom", 0.25, TIME);
    return new RuleGroup(
        "g",
        "f.yml",
        List.of(
            new Recording("r", "1", LABELS, outcome),
            new Alert(
                AlertState.FIRING,
                "a",
                "up == 0",
                300,
                60,
                LABELS,
                Labels.of("summary", "x"),
                List.of(
                    new AlertInstance(
                        LABELS, Labels.empty(), AlertState.PENDING, Optional.of(TIME), "1e+00")),
                outcome)),
        30,
        0.5,
        TIME,
        9,
        PartialResponse.ABORT);
  }

  static TargetDiscovery targets() {
    return new TargetDiscovery(
        List.of(
            new TargetDiscovery.ActiveTarget(
                LABELS,
                Labels.of("job", "x"),
                "pool",
                "http://a/metrics",
                "http://b/metrics",
                "refused",
                TIME,
                0.01,
                TargetDiscovery.Health.UP)),
        List.of(LABELS));
  }

  static Map<String, List<MetricMetadata>> metadata() {
    return Map.of("up", List.of(new MetricMetadata(MetricType.GAUGE, "ratio", "is it up")));
  }

  static SeriesExemplars exemplars() {
    return new SeriesExemplars(
        LABELS, List.of(new Exemplar(Labels.of("trace_id", "abc"), 1.5, 77, true)));
  }

  static QueryRequest query(boolean range) {
    return new QueryRequest(
        "sum(up)",
        100,
        range ? 200 : 100,
        range ? 15 : 0,
        30,
        300,
        List.of("replica"),
        List.of(List.of(MATCHER)),
        true,
        true,
        120);
  }
}
