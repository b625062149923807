package io.oriel.federation.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.federation.store.Store;
import io.oriel.federation.store.StoreCursor;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.oriel.wire.storeapi.AggrChunk;
import io.oriel.wire.storeapi.InfoResponse;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.LabelsResponse;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.StoreChunk;
import io.oriel.wire.storeapi.StoreSeries;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is made of the chunks that stores answer with.
class FederatedQueryableTest {
  private static final Labels UP = Labels.of("__name__", "up");

  /// A store with fixed series, which cannot do more than it must.
  private record Fixed(List<StoreSeries> series, Labels external, boolean removes)
      implements Store {
    @Override
    public InfoResponse info() {
      return new InfoResponse(
          List.of(external),
          "sidecar",
          Optional.of(new InfoResponse.StoreInfo(0, 1_000_000, false, removes, List.of())),
          Set.of());
    }

    @Override
    public StoreCursor series(SeriesRequest request) {
      return StoreCursor.of(series, List.of());
    }

    @Override
    public LabelsResponse labels(LabelsRequest request) {
      return new LabelsResponse(List.of(), List.of());
    }
  }

  private static StoreChunk chunk(double... secondsAndValues) {
    SampleColumns rows = new SampleColumns();
    for (int i = 0; i < secondsAndValues.length; i += 2) {
      rows.add((long) (1000 * secondsAndValues[i]), secondsAndValues[i + 1]);
    }
    EncodedChunk encoded = SampleEncoder.encode(rows).getFirst();
    return new StoreChunk(encoded.encoding(), encoded.data());
  }

  private static AggrChunk raw(long from, long to, double... samples) {
    return AggrChunk.raw(1000 * from, 1000 * to, chunk(samples));
  }

  private static List<String> read(String function, Store... stores) throws IOException {
    List<Endpoint> endpoints = new ArrayList<>();
    for (Store store : stores) {
      endpoints.add(Endpoint.up("store-" + endpoints.size(), store, store.info()));
    }
    QueryScope scope = QueryScope.standard(List.of("replica"));
    FederatedQueryable source = new FederatedQueryable(new FanOut(() -> endpoints, scope), scope);
    SelectHints hints = new SelectHints(0, 1_000_000, 0, 0, function, List.of(), false, 0, true);
    List<String> text = new ArrayList<>();
    try (Querier querier = source.querier(0, 1_000_000);
        SeriesCursor cursor = querier.select(hints, List.of(Matcher.metric("up")))) {
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        SampleColumns rows = new SampleColumns();
        series.read(rows);
        StringBuilder line = new StringBuilder(series.labels().toString());
        for (int i = 0; i < rows.size(); i++) {
          line.append(' ').append(rows.timestamps()[i] / 1000).append('=').append(rows.values()[i]);
        }
        text.add(line.toString());
      }
    }
    return text;
  }

  private static Fixed store(AggrChunk... chunks) {
    return new Fixed(List.of(new StoreSeries(UP, List.of(chunks))), Labels.empty(), true);
  }

  private static AggrChunk downsampled() {
    return new AggrChunk(
        300_000,
        600_000,
        null,
        chunk(300, 4, 600, 2),
        chunk(300, 10, 600, 8),
        chunk(300, 1, 600, 3),
        chunk(300, 5, 600, 6),
        chunk(300, 20, 600, 30, 600, 7));
  }

  @Test
  void theFunctionChoosesTheAggregate() throws IOException {
    assertEquals(List.of(UP + " 300=1.0 600=3.0"), read("min_over_time", store(downsampled())));
    assertEquals(List.of(UP + " 300=5.0 600=6.0"), read("max_over_time", store(downsampled())));
    assertEquals(List.of(UP + " 300=4.0 600=2.0"), read("count_over_time", store(downsampled())));
    assertEquals(List.of(UP + " 300=10.0 600=8.0"), read("sum_over_time", store(downsampled())));
    assertEquals(List.of(UP + " 300=2.5 600=4.0"), read("", store(downsampled())));
    assertEquals(List.of(UP + " 300=2.5 600=4.0"), read("sum", store(downsampled())));
  }

  @Test
  void aCounterGoesOnFromItsLastRawValueInTheNextChunk() throws IOException {
    AggrChunk next =
        new AggrChunk(900_000, 900_000, null, null, null, null, null, chunk(900, 9, 900, 9));

    // 30 so far; the last raw value was 7, so 9 is two more and no reset
    assertEquals(
        List.of(UP + " 300=20.0 600=30.0 900=32.0"), read("rate", store(downsampled(), next)));
  }

  @Test
  void rawAndDownsampledPartsFollowOneAnother() throws IOException {
    assertEquals(
        List.of(UP + " 300=5.0 600=6.0 700=1.0 800=2.0"),
        read("max_over_time", store(downsampled(), raw(700, 800, 700, 1, 800, 2))));
  }

  @Test
  void oneReplicasRawCounterStaysAsItIs() throws IOException {
    Store one = store(raw(10, 40, 10, 5, 20, 7, 30, 1, 40, 2));

    assertEquals(List.of(UP + " 10=5.0 20=7.0 30=1.0 40=2.0"), read("rate", one));
  }

  @Test
  void equalChunksOfTwoStoresCountOnce() throws IOException {
    AggrChunk same = raw(10, 20, 10, 5, 20, 7);

    assertEquals(List.of(UP + " 10=5.0 20=7.0"), read("", store(same), store(same)));
  }

  @Test
  void overlappingChunksAreReplicas() throws IOException {
    assertEquals(
        List.of(UP + " 10=1.0 20=2.0 30=3.0"),
        read("", store(raw(10, 30, 10, 1, 20, 2, 30, 3)), store(raw(11, 31, 11, 7, 21, 8, 31, 9))));
  }

  @Test
  void aStoreThatCannotRemoveReplicaLabelsIsHelped() throws IOException {
    Fixed plain =
        new Fixed(
            List.of(
                new StoreSeries(
                    UP.with("replica", "a").with("z", "1"), List.of(raw(10, 10, 10, 1))),
                new StoreSeries(UP.with("replica", "b"), List.of(raw(10, 10, 10, 1))),
                new StoreSeries(
                    UP.with("replica", "c").with("z", "1"), List.of(raw(10, 10, 10, 1)))),
            Labels.empty(),
            false);

    assertEquals(List.of(UP + " 10=1.0", UP.with("z", "1") + " 10=1.0"), read("", plain));
  }

  @Test
  void storesOutsideTheRangeOrTheLabelsAreNotAsked() {
    Endpoint endpoint =
        Endpoint.up(
            "a:1",
            new Fixed(List.of(), Labels.of("cluster", "dev"), true),
            new Fixed(List.of(), Labels.of("cluster", "dev"), true).info());
    QueryScope scope = QueryScope.standard(List.of());
    List<Matcher> dev = List.of(Matcher.of(Matcher.Type.EQUAL, "cluster", "dev"));
    List<Matcher> prod = List.of(Matcher.of(Matcher.Type.EQUAL, "cluster", "prod"));

    assertEquals(true, Selection.may(endpoint, scope, dev, 0, 10));
    assertEquals(false, Selection.may(endpoint, scope, prod, 0, 10));
    assertEquals(false, Selection.may(endpoint, scope, dev, 1_000_001, 2_000_000));
    assertEquals(true, Selection.may(endpoint, scope, dev, 1_000_000, 2_000_000));
  }

  /// Otherwise whoever asks this query would not hear that its stores are down.
  @Test
  void whatIsDownStaysAnnounced() throws IOException {
    Store dev = new Fixed(List.of(), Labels.of("cluster", "dev"), true);
    Endpoint down =
        new Endpoint(
            "a:1",
            dev,
            Optional.empty(),
            Optional.of(dev.info()),
            Optional.of("refused"),
            Instant.EPOCH);
    Endpoint never =
        new Endpoint(
            "b:1", dev, Optional.empty(), Optional.empty(), Optional.of("refused"), Instant.EPOCH);
    QueryScope scope = QueryScope.standard(List.of());

    InfoResponse last = new FanOut(() -> List.of(down), scope).info();
    assertEquals(List.of(Labels.of("cluster", "dev")), last.labelSets());
    assertEquals(1_000_000, last.store().orElseThrow().maxMillis());

    Endpoint above = Endpoint.up("q:1", dev, new FanOut(() -> List.of(down, never), scope).info());
    List<Matcher> prod = List.of(Matcher.of(Matcher.Type.EQUAL, "cluster", "prod"));
    assertEquals(true, Selection.may(above, scope, prod, 5_000_000, 6_000_000));
  }
}
