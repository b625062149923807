package io.oriel.federation.storegateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.Crc32c;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.SampleBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.bucket.BucketException;
import io.oriel.federation.store.StoreCursor;
import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.matcher.Matcher.Type;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.testkit.Seed;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.SeriesRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is damaged, missing or too much is named; the rest is answered.
@Timeout(60)
class StoreGatewayFaultTest {
  private static final long HOUR = 3_600_000;
  private static final Labels DEV = Labels.of("cluster", "dev");
  private static final Labels PROD = Labels.of("cluster", "prod");
  private static final Matcher ALL = Matcher.of(Type.REGEX, "__name__", "m.*");

  @TempDir private Path directory;
  private final Closer closer = new Closer();
  private final SplittableRandom random = Seed.random("store-faults");
  private Shelf shelf = new Shelf(Path.of(""));

  @BeforeEach
  void open() {
    shelf = new Shelf(directory);
  }

  @AfterEach
  void close() {
    closer.close();
  }

  private StoredMeta put(Labels external) throws IOException {
    return shelf.put(external, 0, 2 * HOUR, SampleBlocks.floats(random, 20, 0, 2 * HOUR, 15_000));
  }

  private StoreGateway gateway() throws IOException {
    return closer.push(shelf.gateway());
  }

  private static SeriesRequest all() {
    return SeriesRequest.of(0, 2 * HOUR, List.of(ALL));
  }

  private static Shelf.Answer ask(StoreGateway gateway) throws IOException {
    return Shelf.ask(gateway, all());
  }

  /// Refuses the block named, answers for the other.
  private void assertQuarantined(StoreGateway gateway, StoredMeta bad, String problem)
      throws IOException {
    Shelf.Answer answer = ask(gateway);

    assertEquals(20, answer.series().size());
    assertTrue(
        answer.labels().stream().allMatch(labels -> labels.get("cluster").equals("prod")),
        "only the healthy block");
    assertEquals(1, answer.warnings().size(), () -> "" + answer.warnings());
    assertTrue(
        answer.warnings().getFirst().contains(bad.ulid().text())
            && answer.warnings().getFirst().contains(problem),
        () -> "" + answer.warnings());
    OrielException refused =
        assertThrows(
            OrielException.class,
            () ->
                Shelf.ask(gateway, all().change().partialResponse(PartialResponse.ABORT).build()));
    assertEquals(Kind.CORRUPT, refused.kind());
    assertFalse(
        gateway.blocks().stream()
            .filter(block -> block.ulid().equals(bad.ulid()))
            .findFirst()
            .orElseThrow()
            .isServed());
  }

  private byte[] index(StoredMeta meta) {
    return shelf.bytes(meta.ulid().text() + "/index");
  }

  private void index(StoredMeta meta, byte[] bytes) {
    shelf.replace(meta.ulid().text() + "/index", bytes);
  }

  @Test
  void aMissingIndexIsNamedAndTheRestIsAnswered() throws IOException {
    StoredMeta bad = put(DEV);
    put(PROD);
    shelf.memory.delete(bad.ulid().text() + "/index");

    assertQuarantined(gateway(), bad, "no such object");
  }

  @Test
  void aTruncatedIndexIsSetAside() throws IOException {
    StoredMeta bad = put(DEV);
    put(PROD);
    byte[] whole = index(bad);
    index(bad, Arrays.copyOf(whole, whole.length / 2));

    assertQuarantined(gateway(), bad, "checksum mismatch");
  }

  @Test
  void aTableOfContentsWithAWrongChecksumIsSetAside() throws IOException {
    StoredMeta bad = put(DEV);
    put(PROD);
    byte[] whole = index(bad);
    whole[whole.length - 20] ^= 1;
    index(bad, whole);

    assertQuarantined(gateway(), bad, "checksum mismatch");
  }

  @Test
  void absurdOffsetsAreRefusedWithoutReadingThem() throws IOException {
    StoredMeta bad = put(DEV);
    put(PROD);
    byte[] whole = index(bad);
    int toc = whole.length - 52;
    ByteBuffer.wrap(whole).putLong(toc + 8, Long.MAX_VALUE - 5);
    ByteBuffer.wrap(whole).putInt(whole.length - 4, Crc32c.of(whole, toc, 48));
    index(bad, whole);

    assertQuarantined(gateway(), bad, "not in order");
  }

  @Test
  void anAbsurdSectionLengthIsRefusedWhenTheHeaderIsMapped() throws IOException {
    StoredMeta bad = put(DEV);
    put(PROD);
    byte[] whole = index(bad);
    ByteBuffer.wrap(whole).putInt(5, 0x7FFFFFF0);
    index(bad, whole);

    assertQuarantined(gateway(), bad, "goes on behind the file's end");
  }

  @Test
  void anAbsurdNumberOfPostingsIsRefused() throws IOException {
    StoredMeta bad = put(DEV);
    put(PROD);
    byte[] whole = index(bad);
    ByteBuffer bytes = ByteBuffer.wrap(whole);
    long postings = bytes.getLong(whole.length - 52 + 32);
    long table = bytes.getLong(whole.length - 52 + 40);
    for (int at = (int) postings; at + 4 <= table; at += 4) {
      bytes.putInt(at, 0x7FFFFFFF);
    }
    index(bad, whole);

    assertQuarantined(gateway(), bad, "postings");
  }

  @Test
  void aDamagedSeriesEntryIsFoundOut() throws IOException {
    StoredMeta bad = put(DEV);
    put(PROD);
    byte[] whole = index(bad);
    long series = ByteBuffer.wrap(whole).getLong(whole.length - 52 + 8);
    int at = (int) ((series + 15) / 16 * 16);
    Arrays.fill(whole, at, at + 9, (byte) 0xFF);
    index(bad, whole);

    assertQuarantined(gateway(), bad, "index");
  }

  @Test
  void anyDamagedBytesOfAnIndexGiveAnAnswerOrAName() throws IOException {
    StoredMeta bad = put(DEV);
    put(PROD);
    byte[] healthy = index(bad);
    int refused = 0;
    for (int i = 0; i < Seed.iterations(60); i++) {
      byte[] damaged = healthy.clone();
      for (int k = random.nextInt(1, 6); k > 0; k--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      index(bad, random.nextInt(4) == 0 ? Arrays.copyOf(damaged, random.nextInt(9_000)) : damaged);
      Shelf.DISK.deleteTree(directory.resolve("data"));
      try (StoreGateway gateway = shelf.gateway()) {
        Shelf.Answer answer = ask(gateway);
        refused += answer.warnings().size();
        assertTrue(answer.series().size() >= 20, "the other block is always answered for");
      }
    }
    assertTrue(refused > 5, "damage is found");
  }

  @Test
  void aBlockIsServedAgainWhenItsIndexHasChanged() throws IOException {
    StoredMeta bad = put(DEV);
    byte[] healthy = index(bad);
    index(bad, new byte[10]);
    StoreGateway gateway = gateway();
    assertEquals(1, ask(gateway).warnings().size());

    gateway.sync();
    assertEquals(1, ask(gateway).warnings().size(), "nothing has changed");
    index(bad, healthy);
    gateway.sync();

    assertEquals(List.of(), ask(gateway).warnings());
    assertEquals(20, ask(gateway).series().size());
  }

  @Test
  void aDamagedBlockIsTriedAgainAfterAWhile() throws IOException {
    put(DEV);
    StoreGateway gateway = gateway();
    shelf.bucket.fail(Kind.UNAVAILABLE, (_, name) -> name.endsWith("/index"));
    assertEquals(1, ask(gateway).warnings().size());
    shelf.bucket.heal();

    assertEquals(20, ask(gateway).series().size(), "an outage sets nothing aside");
  }

  @Test
  void aDamagedHeaderOnDiskIsMadeAnew() throws IOException {
    StoredMeta meta = put(DEV);
    gateway().close();
    Path header = directory.resolve("data").resolve(meta.ulid().text()).resolve("index-header");
    byte[] bytes = Files.readAllBytes(header);
    byte[] healthy = bytes.clone();
    bytes[bytes.length / 2] ^= 0x10;
    Files.write(header, bytes);

    Shelf.Answer answer = ask(gateway());

    assertEquals(List.of(), answer.warnings());
    assertEquals(20, answer.series().size());
    assertEquals(-1, Arrays.mismatch(healthy, Files.readAllBytes(header)));
  }

  @Test
  void aDamagedChunkIsLeftOutAndNamed() throws IOException {
    StoredMeta meta = put(DEV);
    String object = meta.ulid().text() + "/chunks/000001";
    byte[] bytes = shelf.bytes(object);
    bytes[40] ^= 1;
    shelf.replace(object, bytes);
    StoreGateway gateway = gateway();

    Shelf.Answer answer = ask(gateway);

    assertEquals(20, answer.series().size());
    assertEquals(1, answer.warnings().size());
    assertTrue(answer.warnings().getFirst().contains("chunks/000001"));
    int chunks = answer.series().stream().mapToInt(series -> series.chunks().size()).sum();
    assertEquals(20 * 4 - 1, chunks);
    assertTrue(gateway.blocks().getFirst().isServed());
  }

  @Test
  void whatIsLoadedIsServedDuringAnOutageAndEverythingAfterIt() throws IOException {
    put(DEV);
    StoreGateway gateway = gateway();
    LabelsRequest names =
        new LabelsRequest("instance", PartialResponse.WARN, 0, HOUR, List.of(), List.of(), 0);
    assertEquals(20, ask(gateway).series().size());
    SeriesRequest labelsOnly = all().change().labelsOnly().build();
    Shelf.ask(gateway, labelsOnly);

    shelf.bucket.fail(Kind.UNAVAILABLE, (_, _) -> true);
    put(PROD);

    assertThrows(BucketException.class, gateway::sync);
    assertEquals(20, gateway.labels(names).values().size(), "from the header");
    assertEquals(20, Shelf.ask(gateway, labelsOnly).series().size(), "from the index cache");
    Shelf.Answer answer = ask(gateway);
    assertEquals(0, answer.series().size());
    assertTrue(answer.warnings().getFirst().contains("injected fault"));

    shelf.bucket.heal();
    gateway.sync();

    assertEquals(40, ask(gateway).series().size());
    assertEquals(List.of(), ask(gateway).warnings());
  }

  @Test
  void aBlockThatCannotBeReachedAtTheFirstLookComesWithTheNext() throws IOException {
    StoredMeta far = put(DEV);
    shelf.bucket.fail(Kind.UNAVAILABLE, (_, name) -> name.endsWith("/index"));
    StoreGateway gateway = gateway();

    assertTrue(ask(gateway).warnings().getFirst().contains(far.ulid().text()));
    shelf.bucket.heal();
    gateway.sync();

    assertEquals(20, ask(gateway).series().size());
    assertEquals(List.of(), ask(gateway).warnings());
  }

  @Test
  void aBlockThatIsDeletedDuringAQueryIsNamed() throws IOException {
    StoredMeta gone = put(DEV);
    put(PROD);
    StoreGateway gateway = gateway();
    new BucketBlocks(shelf.memory, InstantSource.system()).delete(gone.ulid());

    Shelf.Answer answer = ask(gateway);
    gateway.sync();

    assertEquals(20, answer.series().size());
    assertTrue(answer.warnings().getFirst().contains(gone.ulid().text()));
    assertEquals(List.of(), ask(gateway).warnings());
    assertFalse(Files.exists(directory.resolve("data").resolve(gone.ulid().text())));
  }

  @Test
  void anOpenQueryOutlivesItsBlocks() throws IOException {
    StoredMeta meta = put(DEV);
    StoreGateway gateway = gateway();

    try (StoreCursor cursor = gateway.series(all())) {
      new BucketBlocks(shelf.memory, InstantSource.system()).delete(meta.ulid());
      gateway.sync();
      int found = 0;
      while (cursor.next() != null) {
        found++;
      }
      assertEquals(20, found);
    }
    assertEquals(0, gateway.mappedHeaders());
  }

  @Test
  void brokenConnectionsAreNotTakenForDamage() throws IOException {
    put(DEV);
    shelf.bucket.tearAfter(1_000);
    StoreGateway gateway = gateway();
    assertEquals(1, ask(gateway).warnings().size());

    shelf.bucket.heal();
    gateway.sync();

    assertEquals(20, ask(gateway).series().size());
  }

  private LimitExceeded refused(GatewayOptions.Limits limits) throws IOException {
    put(DEV);
    StoreGateway gateway = closer.push(shelf.gateway(shelf.options().withLimits(limits)));
    gateway.sync();
    LimitExceeded refusal = assertThrows(LimitExceeded.class, () -> ask(gateway));
    assertEquals(0, gateway.blocks().stream().filter(block -> !block.isServed()).count());
    assertThrows(LimitExceeded.class, () -> ask(gateway), "places are given back");
    return refusal;
  }

  @Test
  void tooManySeriesAreRefused() throws IOException {
    LimitExceeded refusal = refused(new GatewayOptions.Limits(19, 0, 0, 1));

    assertEquals("--store.limits.request-series: got 20, want at most 19", refusal.reason());
  }

  @Test
  void tooManySamplesAreRefused() throws IOException {
    LimitExceeded refusal = refused(new GatewayOptions.Limits(0, 9_599, 0, 1));

    assertEquals("--store.limits.request-samples: got 9600, want at most 9599", refusal.reason());
  }

  @Test
  void tooManyBytesAreRefusedBeforeTheyAreRead() throws IOException {
    LimitExceeded refusal = refused(new GatewayOptions.Limits(0, 0, 100, 1));

    assertEquals("--store.grpc.downloaded-bytes-limit", refusal.limit());
  }

  @Test
  void idleHeadersAreLetGoAndComeBack() throws IOException {
    put(DEV);
    put(PROD);
    StoreGateway gateway = gateway();
    assertEquals(0, gateway.mappedHeaders());

    ask(gateway);
    assertEquals(2, gateway.mappedHeaders());
    shelf.nanos.addAndGet(Duration.ofMinutes(6).toNanos());
    gateway.evictIdle();
    assertEquals(0, gateway.mappedHeaders());

    assertEquals(40, ask(gateway).series().size());
  }

  @Test
  void headersBeyondTheirBudgetAreLetGo() throws IOException {
    for (int i = 0; i < 10; i++) {
      put(Labels.of("cluster", "c" + i));
    }
    StoreGateway gateway =
        closer.push(
            shelf.gateway(
                shelf
                    .options()
                    .withHeaders(
                        new GatewayOptions.Headers(true, false, Duration.ZERO, 30_000, 32))));
    gateway.sync();

    assertEquals(200, ask(gateway).series().size());
    for (int i = 0; i < 10; i++) {
      Shelf.ask(
          gateway,
          SeriesRequest.of(0, HOUR, List.of(ALL, Matcher.of(Type.EQUAL, "cluster", "c" + i))));
    }

    assertTrue(gateway.mappedHeaders() <= 3, () -> "mapped: " + gateway.mappedHeaders());
  }
}
