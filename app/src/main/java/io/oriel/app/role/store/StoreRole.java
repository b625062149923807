package io.oriel.app.role.store;

import io.oriel.app.process.Buckets;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.BlockFetcher;
import io.oriel.federation.block.FetcherMetrics;
import io.oriel.federation.block.MetaFilter;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.store.StoreService;
import io.oriel.federation.storegateway.CachingBucket;
import io.oriel.federation.storegateway.GatewayMetrics;
import io.oriel.federation.storegateway.GatewayOptions;
import io.oriel.federation.storegateway.GatewayParts;
import io.oriel.federation.storegateway.IndexCache;
import io.oriel.federation.storegateway.StoreGateway;
import io.oriel.model.error.OrielException;
import io.oriel.model.relabel.Relabeler;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bucket's blocks over StoreAPI, without downloading them: Thanos Store. Thread-safe.
///
/// Stopping: no new requests, then the looks at the bucket, then blocks and bucket.
public final class StoreRole implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreRole.class);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(5);

  /// How a store role is run.
  ///
  /// @param directory for index-headers and `meta.json` files; what is in it can be made again
  /// @param caches of parts of indexes and of objects
  /// @param syncInterval how long between two looks at the bucket
  public record Options(
      HttpServerConfig http,
      GrpcServerConfig grpc,
      BucketConfig bucket,
      Path directory,
      GatewayOptions gateway,
      Caches caches,
      Selection selection,
      Duration syncInterval) {
    /// What `thanos store` does by default.
    public static Options standard(
        HttpServerConfig http, GrpcServerConfig grpc, BucketConfig bucket, Path directory) {
      return new Options(
          http,
          grpc,
          bucket,
          directory,
          GatewayOptions.standard(directory),
          new Caches(IndexCache.Config.ofSize(250L << 20), Optional.empty()),
          Selection.everything(),
          Duration.ofMinutes(15));
    }
  }

  /// What is kept of the bucket in memory.
  ///
  /// @param index parts of indexes
  /// @param objects parts of objects, if any are to be kept
  public record Caches(IndexCache.Config index, Optional<CachingBucket.Config> objects) {}

  /// Which blocks are served.
  ///
  /// @param shard applied to external labels and `__block_id`
  /// @param consistencyDelay how long a block has to be there
  /// @param deletionDelay how long a block is served after it was marked for deletion
  /// @param metaConcurrency how many `meta.json` files are read at once
  public record Selection(
      Relabeler shard, Duration consistencyDelay, Duration deletionDelay, int metaConcurrency) {
    public static Selection everything() {
      return new Selection(Relabeler.none(), Duration.ZERO, Duration.ofHours(24), 32);
    }

    List<MetaFilter> filters(InstantSource clock) {
      return List.of(
          MetaFilter.shard(shard, Set.of()),
          MetaFilter.consistencyDelay(consistencyDelay, clock),
          MetaFilter.deletionMarks(deletionDelay, clock),
          MetaFilter.duplicates());
    }
  }

  private final Closer closer = new Closer();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Duration syncInterval;
  private final StoreGateway gateway;
  private final HttpServer http;
  private final GrpcServer grpc;

  private StoreRole(Options options, String version) throws IOException {
    InstantSource clock = InstantSource.system();
    Telemetry telemetry = new Telemetry("thanos_build_info", version);
    PrometheusRegistry registry = telemetry.registry();
    syncInterval = options.syncInterval();
    Bucket bucket = closer.push(bucket(options, registry));
    gateway = closer.push(new StoreGateway(options.gateway(), parts(options, bucket, registry)));
    boolean seen = look();
    Thread looker =
        Thread.ofVirtual()
            .name("oriel/store/sync")
            .start(() -> keepLooking(seen ? syncInterval : shorter(FIRST_RETRY)));
    Thread evictor = Thread.ofVirtual().name("oriel/store/evict").start(this::keepEvicting);
    closer.push(
        () -> {
          closing.countDown();
          looker.interrupt();
          looker.join();
          evictor.join();
        });
    grpc =
        closer.push(
            GrpcServer.start(
                options.grpc(), StoreService.of(gateway), clock, GrpcMetrics.ofServer(registry)));
    Routes routes = new Routes();
    routes.get("/metrics", telemetry::expose);
    routes.get("/-/healthy", _ -> HttpAnswer.text(200, "OK\n"));
    routes.get("/-/ready", _ -> ready());
    routes.get("/api/v1/blocks", _ -> BlocksAnswer.of(gateway.blocks()));
    routes.get("/", _ -> BlocksAnswer.page(version, gateway.blocks()));
    http =
        closer.push(
            HttpServer.start(options.http(), routes, new HttpServerMetrics("thanos", registry)));
  }

  private static Bucket bucket(Options options, PrometheusRegistry registry) {
    Bucket bucket = Buckets.open(options.bucket(), registry);
    return options
        .caches()
        .objects()
        .<Bucket>map(config -> new CachingBucket(bucket, config, registry, System::nanoTime))
        .orElse(bucket);
  }

  private static GatewayParts parts(Options options, Bucket bucket, PrometheusRegistry registry) {
    InstantSource clock = InstantSource.system();
    FileDisk disk = new FileDisk();
    return new GatewayParts(
        disk,
        bucket,
        new BlockFetcher(
            bucket,
            disk,
            Optional.of(options.directory().resolve("meta-syncer")),
            options.selection().metaConcurrency(),
            new FetcherMetrics(registry),
            System::nanoTime),
        options.selection().filters(clock),
        new IndexCache(options.caches().index(), registry),
        new GatewayMetrics(registry),
        clock,
        System::nanoTime);
  }

  /// Starts the role. When this returns, it has looked at the bucket once; while that has not
  /// succeeded it is not ready, and looks again every few seconds.
  ///
  /// @throws OrielException when an address is taken or a certificate cannot be used
  public static StoreRole start(Options options, String version) throws IOException {
    return new StoreRole(options, version);
  }

  private HttpAnswer ready() {
    return gateway.isReady()
        ? HttpAnswer.text(200, "OK\n")
        : HttpAnswer.text(503, "the bucket was not seen yet\n");
  }

  private boolean look() {
    try {
      gateway.sync();
      return true;
    } catch (IOException | OrielException e) {
      LOG.atError()
          .addKeyValue("reason", e.getMessage())
          .log("cannot look at the bucket; serving the blocks that are known");
      return false;
    }
  }

  private Duration shorter(Duration one) {
    return one.compareTo(syncInterval) < 0 ? one : syncInterval;
  }

  private void keepLooking(Duration first) {
    Duration pause = first;
    try {
      while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        boolean seen = look();
        pause = seen ? syncInterval : shorter(pause.multipliedBy(2));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void keepEvicting() {
    try {
      while (!closing.await(10, TimeUnit.SECONDS)) {
        gateway.evictIdle();
        http.refreshTls();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Looks at the bucket now.
  ///
  /// @return whether it could be seen
  public boolean sync() {
    return look();
  }

  /// Where HTTP is served.
  public int httpPort() {
    return http.port();
  }

  /// Where gRPC is served.
  public int grpcPort() {
    return grpc.port();
  }

  /// Waits until the role is closed.
  public void awaitClose() throws InterruptedException {
    closing.await();
  }

  @Override
  public void close() {
    closer.close();
  }
}
