package io.oriel.federation.storegateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.Disk;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.SampleBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.downsample.Downsampler;
import io.oriel.federation.downsample.Resolution;
import io.oriel.federation.store.ExternalLabels;
import io.oriel.federation.store.LocalStore;
import io.oriel.federation.store.Store;
import io.oriel.federation.store.StoreCursor;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.matcher.Matcher.Type;
import io.oriel.model.series.SampleColumns;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.testkit.Conformance;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockQuerier;
import io.oriel.tsdb.block.StoredChunk;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.index.ChunkMeta;
import io.oriel.tsdb.index.IndexReader;
import io.oriel.wire.storeapi.AggrChunk;
import io.oriel.wire.storeapi.Aggregate;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.ShardInfo;
import io.oriel.wire.storeapi.StoreChunk;
import io.oriel.wire.storeapi.StoreSeries;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The gateway answers over a bucket as a local store over the same blocks, chunk for chunk.
@Timeout(120)
class StoreGatewayPropertyTest {
  private static final Disk DISK = new FileDisk();
  private static final long HOUR = 3_600_000;
  private static final long TWO_HOURS = 2 * HOUR;
  private static final List<String> VALUES = List.of("", "a", "b", "ab", "ü", "z9", "aa");

  @TempDir private Path directory;
  private final Closer closer = new Closer();
  private final SplittableRandom random = Seed.random("store-gateway");

  @AfterEach
  void close() {
    closer.close();
  }

  private static Store local(Path at, Labels external) throws IOException {
    Block block = Block.open(DISK, at);
    return new LocalStore(
        (_, _) -> {
          if (!block.retain()) {
            throw new IllegalStateException("closed");
          }
          return new BlockQuerier(block);
        },
        new LocalStore.Description(
            "store",
            () -> external,
            () -> 0,
            EnumSet.noneOf(io.oriel.wire.storeapi.InfoResponse.Service.class)));
  }

  private static Store local(Shelf shelf, StoredMeta meta) throws IOException {
    Path made = shelf.directory.resolve("made");
    return local(made.resolve(meta.ulid().text()), meta.thanos().labels());
  }

  private TreeMap<Labels, SampleColumns> series(long from, long to) {
    TreeMap<Labels, SampleColumns> all = new TreeMap<>();
    int count = random.nextInt(1, 150);
    for (int i = 0; i < count; i++) {
      LabelsBuilder labels = Labels.of("__name__", "m" + random.nextInt(3)).toBuilder();
      for (String name : List.of("b", "job", "replica", "zone")) {
        String value = VALUES.get(random.nextInt(VALUES.size()));
        if (!name.equals("replica") || random.nextInt(20) == 0) {
          labels.set(name, value);
        }
      }
      SampleColumns rows = new SampleColumns();
      long step = random.nextInt(10_000, 600_000);
      for (long time = from + random.nextInt(100_000); time < to; time += step) {
        rows.add(time, random.nextInt(10));
      }
      if (rows.size() > 0) {
        all.put(labels.build(), rows);
      }
    }
    return all;
  }

  private Matcher matcher() {
    Type type = Type.values()[random.nextInt(4)];
    String name =
        List.of("__name__", "b", "job", "replica", "zone", "cluster", "nope")
            .get(random.nextInt(7));
    List<String> words =
        type == Type.EQUAL || type == Type.NOT_EQUAL
            ? List.of("", "a", "b", "m1", "dev", "z9")
            : List.of(".*", ".+", "", "a|b", "a.*", "m.", "dev|prod", "(a|)", "[ab]+", "ü");
    return Matcher.of(type, name, words.get(random.nextInt(words.size())));
  }

  private SeriesRequest request() {
    List<Matcher> matchers = new ArrayList<>(List.of(Matcher.of(Type.REGEX, "__name__", "m.*")));
    for (int i = random.nextInt(4); i > 0; i--) {
      matchers.add(matcher());
    }
    long from = random.nextLong(3 * TWO_HOURS);
    long to = from + random.nextLong(3 * TWO_HOURS);
    SeriesRequest.Draft draft = SeriesRequest.of(from, to, matchers).change();
    if (random.nextInt(3) == 0) {
      draft.withoutReplicaLabels(List.of("replica", "zone").subList(0, random.nextInt(1, 3)));
    }
    if (random.nextInt(4) == 0) {
      draft.labelsOnly();
    }
    if (random.nextInt(4) == 0) {
      draft.shard(new ShardInfo(random.nextInt(2), 2, random.nextBoolean(), List.of("job")));
    }
    return draft.build();
  }

  /// Every chunk as text, under its series; chunks sorted, as they may come in any order.
  private static Map<Labels, TreeSet<String>> chunks(List<Store> stores, SeriesRequest request)
      throws IOException {
    Map<Labels, TreeSet<String>> all = new TreeMap<>();
    for (Store store : stores) {
      Labels last = Labels.empty();
      try (StoreCursor cursor = store.series(request)) {
        for (StoreSeries one = cursor.next(); one != null; one = cursor.next()) {
          assertTrue(last.compareTo(one.labels()) <= 0, "sorted");
          last = one.labels();
          TreeSet<String> texts = all.computeIfAbsent(one.labels(), _ -> new TreeSet<>());
          one.chunks().forEach(chunk -> texts.add(text(chunk)));
        }
        assertEquals(List.of(), cursor.warnings());
      }
    }
    return all;
  }

  private static String text(AggrChunk chunk) {
    StringBuilder text = new StringBuilder();
    text.append(chunk.minMillis()).append('-').append(chunk.maxMillis());
    for (Aggregate aggregate : Aggregate.values()) {
      StoreChunk part = chunk.get(aggregate);
      if (part != null) {
        byte[] bytes = new byte[part.data().remaining()];
        part.data().duplicate().get(bytes);
        text.append(' ').append(aggregate).append(part.encoding());
        text.append(HexFormat.of().formatHex(bytes));
      }
    }
    return text.toString();
  }

  @Test
  void answersAsLocalStoresDo() throws IOException {
    int found = 0;
    for (int round = 0; round < Seed.iterations(6); round++) {
      Shelf shelf = new Shelf(directory.resolve("round" + round));
      List<Store> stores = new ArrayList<>();
      for (int i = random.nextInt(1, 5); i > 0; i--) {
        Labels external =
            random.nextBoolean()
                ? Labels.of("cluster", "dev", "replica", "r" + random.nextInt(2))
                : Labels.of("cluster", "prod");
        long from = random.nextInt(3) * TWO_HOURS;
        StoredMeta meta =
            shelf.put(external, from, from + TWO_HOURS, series(from, from + TWO_HOURS));
        stores.add(local(shelf, meta));
      }
      try (StoreGateway gateway = shelf.gateway()) {
        for (int i = 0; i < 60; i++) {
          SeriesRequest request = request();
          Map<Labels, TreeSet<String>> wanted = chunks(stores, request);
          found += wanted.size();
          String about = Seed.replay(round) + " " + request.matchers();
          assertEquals(wanted, chunks(List.of(gateway), request), about);
          assertLabels(stores, gateway, request, about);
        }
      }
    }
    assertTrue(found > 1_000, "series compared: " + found);
  }

  private void assertLabels(
      List<Store> stores, StoreGateway gateway, SeriesRequest request, String about)
      throws IOException {
    String label = List.of("", "__name__", "b", "job", "replica", "cluster").get(random.nextInt(6));
    List<Matcher> matchers = random.nextInt(3) == 0 ? List.of() : request.matchers();
    LabelsRequest asked =
        new LabelsRequest(
            label,
            PartialResponse.WARN,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            matchers,
            request.withoutReplicaLabels(),
            0);
    TreeSet<String> wanted = new TreeSet<>();
    for (Store store : stores) {
      wanted.addAll(store.labels(asked).values());
    }
    assertEquals(
        wanted, new TreeSet<>(gateway.labels(asked).values()), () -> about + " of " + label);
  }

  @Test
  void downsampledBlocksGiveTheAggregatesThatAreAskedFor() throws IOException {
    Shelf shelf = new Shelf(directory);
    Labels external = Labels.of("cluster", "dev");
    StoredMeta raw =
        shelf.put(external, 0, 48 * HOUR, SampleBlocks.floats(random, 5, 0, 48 * HOUR, 60_000));
    StoredMeta coarse;
    Path made = directory.resolve("made");
    try (Block block = Block.open(DISK, made.resolve(raw.ulid().text()))) {
      coarse =
          new Downsampler(DISK, block, raw, Resolution.FIVE_MINUTES)
              .write(made, Ulid.create(HOUR, random))
              .orElseThrow();
    }
    shelf.put(made, coarse.block(), external, Resolution.FIVE_MINUTES.millis());
    StoreGateway gateway = closer.push(shelf.gateway());
    SeriesRequest request =
        SeriesRequest.of(0, 48 * HOUR, List.of(Matcher.of(Type.REGEX, "__name__", ".+")));
    List<Aggregate> wanted = List.of(Aggregate.COUNT, Aggregate.MAX);

    Map<Labels, TreeSet<String>> aggregated =
        chunks(
            List.of(gateway),
            request.change().resolution(Resolution.FIVE_MINUTES.millis(), wanted).build());
    Map<Labels, TreeSet<String>> rawChunks = chunks(List.of(gateway), request);

    assertEquals(stored(made.resolve(coarse.ulid().text()), external, wanted), aggregated);
    assertEquals(chunks(List.of(local(shelf, raw)), request), rawChunks);
  }

  /// The chunks of a downsampled block as they lie in it.
  private static Map<Labels, TreeSet<String>> stored(
      Path at, Labels external, List<Aggregate> wanted) throws IOException {
    Map<Labels, TreeSet<String>> texts = new TreeMap<>();
    try (Block block = Block.open(DISK, at)) {
      for (int reference : block.index().all()) {
        List<ChunkMeta> metas = new ArrayList<>();
        Labels labels = block.series(reference, metas);
        TreeSet<String> sorted = new TreeSet<>();
        for (ChunkMeta meta : metas) {
          StoredChunk stored = block.stored(meta);
          ByteBuffer copy = ByteBuffer.allocate(stored.data().remaining());
          copy.put(stored.data().duplicate()).flip();
          var parts = io.oriel.federation.downsample.AggrChunk.parse(copy);
          StoreChunk[] of = new StoreChunk[Aggregate.values().length];
          for (Aggregate aggregate : wanted) {
            parts
                .part(io.oriel.federation.downsample.Aggregate.valueOf(aggregate.name()))
                .ifPresent(
                    part -> of[aggregate.ordinal()] = new StoreChunk(part.encoding(), part.data()));
          }
          sorted.add(
              text(
                  new AggrChunk(
                      meta.minMillis(),
                      meta.maxMillis(),
                      null,
                      of[1],
                      of[2],
                      of[3],
                      of[4],
                      of[5])));
        }
        texts.put(new ExternalLabels(external).on(labels, List.of()), sorted);
      }
    }
    return texts;
  }

  @Test
  void conformanceBlocksReadBackAsLocally() throws IOException {
    Path root = Conformance.require("metrics/tsdb-blocks/thanos-snapshot");
    Shelf shelf = new Shelf(directory);
    Map<Labels, TreeSet<String>> wanted = new TreeMap<>();
    List<Aggregate> aggregates =
        List.of(Aggregate.COUNT, Aggregate.SUM, Aggregate.MIN, Aggregate.MAX, Aggregate.COUNTER);
    SeriesRequest request =
        SeriesRequest.of(
                Long.MIN_VALUE, Long.MAX_VALUE, List.of(Matcher.of(Type.REGEX, "__name__", ".+")))
            .change()
            .resolution(Resolution.ONE_HOUR.millis(), aggregates)
            .build();
    List<Path> blocks;
    try (Stream<Path> all = Files.list(root)) {
      blocks = all.filter(path -> Files.exists(path.resolve("index"))).sorted().toList();
    }
    for (Path at : blocks) {
      StoredMeta meta =
          StoredMeta.parse(at.toString(), Files.readAllBytes(at.resolve("meta.json")));
      long resolution = meta.thanos().resolutionMillis();
      Labels external = meta.thanos().labels().with("conformance", at.getFileName().toString());
      shelf.put(root, meta.block(), external, resolution);
      wanted.putAll(
          resolution == 0
              ? chunks(List.of(local(at, external)), request)
              : stored(at, external, aggregates));
    }
    StoreGateway gateway = closer.push(shelf.gateway());

    Map<Labels, TreeSet<String>> found = chunks(List.of(gateway), request);

    assertTrue(wanted.size() > 5, "series: " + wanted.size());
    assertEquals(wanted, found);
    System.out.println(
        "thanos blocks through the store gateway: "
            + blocks.size()
            + " blocks, "
            + found.size()
            + " series read back");
  }

  /// Series of the first index format are named by byte offsets, symbols too.
  @Test
  void labelsOfTheFirstIndexFormatReadBackAsLocally() throws IOException {
    Path root = Conformance.require("metrics/tsdb-blocks/prometheus-index_format_v1");
    Shelf shelf = new Shelf(directory);
    Ulid ulid = Ulid.create(HOUR, random);
    Path at = directory.resolve("old").resolve(ulid.text());
    Files.createDirectories(at.resolve("chunks"));
    Files.copy(root.resolve("index"), at.resolve("index"));
    Labels external = Labels.of("cluster", "old");
    shelf.put(
        directory.resolve("old"),
        BlockMeta.fresh(ulid, Long.MIN_VALUE / 2, Long.MAX_VALUE / 2, List.of()),
        external,
        0);
    StoreGateway gateway = closer.push(shelf.gateway());
    TreeSet<Labels> wanted = new TreeSet<>();
    try (IndexReader index = IndexReader.open("index", DISK.map(at.resolve("index")))) {
      for (int reference : index.all()) {
        wanted.add(index.series(reference, new ArrayList<>()).with("cluster", "old"));
      }
    }

    SeriesRequest request =
        SeriesRequest.of(
                Long.MIN_VALUE, Long.MAX_VALUE, List.of(Matcher.of(Type.NOT_EQUAL, "nope", "x")))
            .change()
            .labelsOnly()
            .build();

    assertTrue(wanted.size() > 3, "series: " + wanted.size());
    assertEquals(wanted, chunks(List.of(gateway), request).keySet());
  }
}
