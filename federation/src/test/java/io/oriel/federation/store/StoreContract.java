package io.oriel.federation.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.matcher.Matcher.Type;
import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.wire.storeapi.AggrChunk;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.ShardInfo;
import io.oriel.wire.storeapi.StoreChunk;
import io.oriel.wire.storeapi.StoreSeries;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What every {@link Store} does. The behaviours are those of Thanos' StoreAPI.
public interface StoreContract {
  /// A store over {@code source} with these external labels.
  Store store(TestSeries source, Labels external) throws IOException;

  Matcher ANY = Matcher.of(Type.REGEX, "__name__", ".+");

  private static Map<Labels, SampleColumns> read(Store store, SeriesRequest request)
      throws IOException {
    Map<Labels, SampleColumns> read = new TreeMap<>();
    try (StoreCursor cursor = store.series(request)) {
      for (StoreSeries series = cursor.next(); series != null; series = cursor.next()) {
        SampleColumns rows = read.computeIfAbsent(series.labels(), _ -> new SampleColumns());
        for (AggrChunk chunk : series.chunks()) {
          StoreChunk raw = chunk.raw();
          assertTrue(raw != null, "raw chunks only");
          new ChunkDecoder()
              .decode(
                  raw.encoding(),
                  MemorySegment.ofBuffer(raw.data()),
                  rows,
                  request.minMillis(),
                  request.maxMillis());
        }
      }
    }
    return read;
  }

  private static List<Labels> order(Store store, SeriesRequest request) throws IOException {
    List<Labels> order = new ArrayList<>();
    try (StoreCursor cursor = store.series(request)) {
      for (StoreSeries series = cursor.next(); series != null; series = cursor.next()) {
        order.add(series.labels());
      }
    }
    return order;
  }

  private static SeriesRequest ask(Matcher... matchers) {
    return SeriesRequest.of(0, 1_000_000, List.of(matchers));
  }

  private static Labels up(String... more) {
    return Labels.of(more).with("__name__", "up");
  }

  private static List<String> labels(Store store, String label, Matcher... matchers)
      throws IOException {
    return store
        .labels(
            new LabelsRequest(
                label, PartialResponse.WARN, 0, 1_000_000, List.of(matchers), List.of(), 0))
        .values();
  }

  @Test
  default void externalLabelsAreOnEverySeriesAndWin() throws IOException {
    Store store =
        store(
            new TestSeries().add(up("region", "inner"), 1, 1).add(up("a", "1"), 1, 2),
            Labels.of("region", "eu"));

    Map<Labels, SampleColumns> read = read(store, ask(ANY));

    assertEquals(
        List.of(up("a", "1", "region", "eu"), up("region", "eu")), List.copyOf(read.keySet()));
  }

  @Test
  default void matchersOnExternalLabelsSelectTheStore() throws IOException {
    Store store = store(new TestSeries().add(up(), 1, 1), Labels.of("region", "eu"));

    assertEquals(1, read(store, ask(ANY, Matcher.of(Type.EQUAL, "region", "eu"))).size());
    assertEquals(1, read(store, ask(ANY, Matcher.of(Type.REGEX, "region", "e.*"))).size());
    assertEquals(0, read(store, ask(ANY, Matcher.of(Type.EQUAL, "region", "us"))).size());
    assertEquals(0, read(store, ask(ANY, Matcher.of(Type.NOT_EQUAL, "region", "eu"))).size());
    assertEquals(0, read(store, ask(ANY, Matcher.of(Type.EQUAL, "region", ""))).size());
  }

  @Test
  default void somethingElseThanExternalLabelsMustBeMatched() throws IOException {
    Store store = store(new TestSeries().add(up(), 1, 1), Labels.of("region", "eu"));

    OrielException refusal =
        assertThrows(
            OrielException.class, () -> read(store, ask(Matcher.of(Type.EQUAL, "region", "eu"))));

    assertEquals(Kind.INVALID, refusal.kind());
    assertTrue(
        refusal.reason().contains("no matchers specified (excluding external labels)"),
        refusal.reason());
  }

  @Test
  default void matchersMatchAsInPrometheus() throws IOException {
    Store store =
        store(
            new TestSeries().add(up("i", "a"), 1, 1).add(up("i", "b"), 1, 1).add(up(), 1, 1),
            Labels.of("region", "eu"));

    assertEquals(2, read(store, ask(ANY, Matcher.of(Type.NOT_EQUAL, "i", "a"))).size());
    assertEquals(2, read(store, ask(ANY, Matcher.of(Type.REGEX, "i", "a|b"))).size());
    assertEquals(1, read(store, ask(ANY, Matcher.of(Type.NOT_REGEX, "i", "a|b"))).size());
    assertEquals(1, read(store, ask(ANY, Matcher.of(Type.EQUAL, "i", ""))).size());
    assertEquals(3, read(store, ask(ANY, Matcher.of(Type.EQUAL, "nope", ""))).size());
  }

  @Test
  default void samplesComeBackExactly() throws IOException {
    TestSeries source = new TestSeries();
    for (int i = 0; i < 500; i++) {
      source.add(up(), 1000L * i, i * 0.5);
    }
    Store store = store(source, Labels.of("region", "eu"));

    SampleColumns rows =
        read(store, ask(ANY)).getOrDefault(up("region", "eu"), new SampleColumns());

    assertEquals(500, rows.size());
    for (int i = 0; i < 500; i++) {
      assertEquals(1000L * i, rows.timestamps()[i]);
      assertEquals(i * 0.5, rows.values()[i]);
    }
  }

  @Test
  default void chunksHaveAtMost120Samples() throws IOException {
    TestSeries source = new TestSeries();
    for (int i = 0; i < 500; i++) {
      source.add(up(), 1000L * i, i);
    }
    Store store = store(source, Labels.of("region", "eu"));
    int chunks = 0;

    try (StoreCursor cursor = store.series(ask(ANY))) {
      for (StoreSeries series = cursor.next(); series != null; series = cursor.next()) {
        for (AggrChunk chunk : series.chunks()) {
          chunks++;
          assertTrue(chunk.maxMillis() - chunk.minMillis() <= 119_000);
        }
      }
    }

    assertEquals(5, chunks);
  }

  @Test
  default void onlyTheTimeRangeIsAnswered() throws IOException {
    Store store =
        store(
            new TestSeries().add(up("i", "old"), 1000, 1).add(up("i", "new"), 900_000, 1),
            Labels.of("region", "eu"));

    assertEquals(
        List.of(up("i", "new", "region", "eu")),
        order(store, SeriesRequest.of(500_000, 1_000_000, List.of(ANY))));
  }

  @Test
  default void skippingChunksLeavesLabels() throws IOException {
    Store store = store(new TestSeries().add(up(), 1, 1), Labels.of("region", "eu"));

    try (StoreCursor cursor = store.series(ask(ANY).change().labelsOnly().build())) {
      StoreSeries series = cursor.next();
      assertTrue(series != null && series.chunks().isEmpty());
      assertEquals(up("region", "eu"), series.labels());
    }
  }

  @Test
  default void theOrderHoldsWithExternalLabelsAndWithoutReplicaLabels() throws IOException {
    TestSeries source =
        new TestSeries()
            .add(up("a", "1", "replica", "x"), 1, 1)
            .add(up("a", "1", "b", "2"), 1, 1)
            .add(up("a", "1", "z", "2", "replica", "a"), 1, 1)
            .add(up("a", "1"), 1, 1)
            .add(up("a", "2", "rep", "3"), 1, 1);
    Store store = store(source, Labels.of("n", "eu", "replica", "r0"));

    List<Labels> with = order(store, ask(ANY));
    List<Labels> without =
        order(store, ask(ANY).change().withoutReplicaLabels(List.of("replica")).build());

    assertEquals(with.stream().sorted().toList(), with);
    assertEquals(without.stream().sorted().toList(), without);
    assertTrue(without.stream().noneMatch(labels -> labels.has("replica")));
    assertEquals(without.stream().distinct().count(), with.stream().distinct().count());
  }

  @Test
  default void theLimitHolds() throws IOException {
    TestSeries source = new TestSeries();
    for (int i = 0; i < 10; i++) {
      source.add(up("i", "" + i), 1, 1);
    }
    Store store = store(source, Labels.of("region", "eu"));

    assertEquals(3, order(store, ask(ANY).change().limit(3).build()).size());
    assertEquals(10, order(store, ask(ANY).change().limit(30).build()).size());
  }

  @Test
  default void batchesHoldEverySeries() throws IOException {
    TestSeries source = new TestSeries();
    for (int i = 0; i < 10; i++) {
      source.add(up("i", "" + i), 1, 1);
    }
    Store store = store(source, Labels.of("region", "eu"));

    assertEquals(order(store, ask(ANY)), order(store, ask(ANY).change().batchSize(4).build()));
  }

  @Test
  default void shardsAreDisjointAndComplete() throws IOException {
    TestSeries source = new TestSeries();
    for (int i = 0; i < 100; i++) {
      source.add(up("i", "" + i), 1, 1);
    }
    Store store = store(source, Labels.of("region", "eu"));
    List<Labels> all = new ArrayList<>();

    for (int shard = 0; shard < 3; shard++) {
      ShardInfo part = new ShardInfo(shard, 3, true, List.of("i"));
      List<Labels> found = order(store, ask(ANY).change().shard(part).build());
      assertTrue(found.size() > 10 && found.size() < 60, () -> "shard of " + found.size());
      all.addAll(found);
    }

    assertEquals(order(store, ask(ANY)), all.stream().sorted().toList());
  }

  @Test
  default void labelsAreThoseOfSeriesAndTheExternalOnes() throws IOException {
    Store store =
        store(
            new TestSeries().add(up("i", "a"), 1, 1).add(up("i", "b", "j", "c"), 1, 1),
            Labels.of("region", "eu"));

    assertEquals(List.of("__name__", "i", "j", "region"), labels(store, ""));
    assertEquals(
        List.of("__name__", "i", "region"), labels(store, "", Matcher.of(Type.EQUAL, "i", "a")));
    assertEquals(List.of("a", "b"), labels(store, "i"));
    assertEquals(List.of("eu"), labels(store, "region"));
    assertEquals(List.of(), labels(store, "i", Matcher.of(Type.EQUAL, "region", "us")));
    assertEquals(List.of(), labels(store, "region", Matcher.of(Type.EQUAL, "i", "nope")));
    assertEquals(List.of(), labels(store, "nope"));
  }

  @Test
  default void infoNamesTheExternalLabels() throws IOException {
    Store store = store(new TestSeries().add(up(), 1, 1), Labels.of("region", "eu"));

    assertEquals(List.of(Labels.of("region", "eu")), store.info().labelSets());
    assertTrue(store.info().store().isPresent());
    assertTrue(store.info().store().get().withoutReplicaLabels());
  }
}
