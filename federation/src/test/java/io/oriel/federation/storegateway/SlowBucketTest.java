package io.oriel.federation.storegateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.block.SampleBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.bucket.HeldBucket;
import io.oriel.federation.store.GrpcStore;
import io.oriel.federation.store.StoreService;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.matcher.Matcher.Type;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.testkit.Seed;
import io.oriel.wire.storeapi.SeriesRequest;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A store gateway whose bucket does not answer: whoever asks is told in time, nobody else waits,
/// and nothing is held afterwards.
@Timeout(60)
class SlowBucketTest {
  private static final long HOUR = 3_600_000;
  private static final Matcher ALL = Matcher.of(Type.REGEX, "__name__", "m.*");

  @TempDir private Path directory;
  private final Closer closer = new Closer();
  private final SplittableRandom random = Seed.random("slow-bucket");
  private Shelf shelf = new Shelf(Path.of(""));
  private HeldBucket bucket = new HeldBucket(shelf.memory);
  private StoredMeta dev;
  private StoreGateway gateway;

  @BeforeEach
  void open() throws IOException {
    shelf = new Shelf(directory);
    bucket = new HeldBucket(shelf.memory);
    dev = put("dev");
    put("prod");
    gateway =
        closer.push(
            shelf.gateway(
                // one place, so that one that is not given back is missed
                shelf.options().withLimits(new GatewayOptions.Limits(0, 0, 0, 1)), bucket));
    gateway.sync();
  }

  @AfterEach
  void close() {
    bucket.letGo();
    closer.close();
  }

  private StoredMeta put(String cluster) throws IOException {
    return shelf.put(
        Labels.of("cluster", cluster),
        0,
        2 * HOUR,
        SampleBlocks.floats(random, 20, 0, 2 * HOUR, 15_000));
  }

  private static SeriesRequest ask(Matcher... more) {
    List<Matcher> matchers = new java.util.ArrayList<>(List.of(more));
    matchers.add(ALL);
    return SeriesRequest.of(0, 2 * HOUR, matchers);
  }

  private GrpcStore remote(Duration timeout) throws IOException {
    PrometheusRegistry registry = new PrometheusRegistry();
    GrpcServer server =
        closer.push(
            GrpcServer.start(
                GrpcServerConfig.plain("127.0.0.1:0"),
                StoreService.of(gateway),
                InstantSource.system(),
                GrpcMetrics.ofServer(registry)));
    GrpcClient client =
        closer.push(
            GrpcClient.create(
                GrpcClientConfig.plain("127.0.0.1:" + server.port()),
                GrpcMetrics.ofClient(registry)));
    return new GrpcStore(client, timeout);
  }

  @Test
  void whoeverAsksIsToldInTimeAndThePlaceIsFreeAgain() throws Exception {
    GrpcStore impatient = remote(Duration.ofMillis(300));
    bucket.hold(name -> name.startsWith(dev.ulid().text() + "/chunks"));

    OrielException late = assertThrows(OrielException.class, () -> Shelf.ask(impatient, ask()));

    assertEquals(Kind.TIMEOUT, late.kind(), late::reason);
    while (bucket.waiting() > 0) {
      Thread.sleep(5); // the call is given up at the gateway too
    }
    Matcher prod = Matcher.of(Type.EQUAL, "cluster", "prod");
    assertEquals(20, Shelf.ask(gateway, ask(prod)).series().size());
    bucket.letGo();
    Shelf.Answer whole = Shelf.ask(gateway, ask());
    assertEquals(40, whole.series().size());
    assertEquals(List.of(), whole.warnings());
    assertTrue(gateway.blocks().stream().allMatch(BlockStatus::isServed), "slow is not damaged");
  }

  @Test
  void aLookAtTheBucketThatHangsHoldsUpNoQuery() throws Exception {
    bucket.hold(name -> name.isEmpty() || name.endsWith("meta.json") || name.endsWith(".json"));
    Thread looking =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    gateway.sync();
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
    while (bucket.waiting() == 0) {
      Thread.sleep(5);
    }

    assertEquals(40, Shelf.ask(gateway, ask()).series().size());

    bucket.letGo();
    looking.join();
    assertEquals(40, Shelf.ask(gateway, ask()).series().size());
  }
}
