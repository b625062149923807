package io.oriel.federation.storegateway;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.federation.block.BlockView;
import io.oriel.federation.block.MetaFilter;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.downsample.Resolution;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.tsdb.block.Ulid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The blocks that are served, kept in step with the bucket. Thread-safe; one look at a time.
final class LoadedBlocks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoadedBlocks.class);

  private final GatewayOptions options;
  private final GatewayParts parts;
  private final HeaderPool headers;
  private final Quarantine quarantine;
  private final FetchMemory memory;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Map<Ulid, RemoteBlock> blocks = new HashMap<>();

  /** The same by stream; replaced as a whole when a block comes or goes. */
  private volatile Map<Labels, BlockSet> sets = Map.of();

  LoadedBlocks(GatewayOptions options, GatewayParts parts) {
    this.options = options;
    this.parts = parts;
    this.memory = new FetchMemory(options.fetchBytes());
    this.quarantine = new Quarantine(parts.bucket(), parts.nanos(), parts.metrics());
    this.headers =
        new HeaderPool(
            parts.disk(),
            options.directory(),
            new HeaderBuild(parts.bucket(), parts.disk()),
            new HeaderPool.Terms(
                options.headers().idleAfter(),
                options.headers().mostHeapBytes(),
                options.headers().sampling()),
            parts.metrics(),
            parts.nanos());
  }

  HeaderPool headers() {
    return headers;
  }

  Quarantine quarantine() {
    return quarantine;
  }

  Map<Labels, BlockSet> sets() {
    return sets;
  }

  List<RemoteBlock> all() {
    synchronized (lock) {
      return List.copyOf(blocks.values());
    }
  }

  /// Looks at the bucket, loads what is new and lets go of what is gone. While the bucket cannot be
  /// seen as a whole, nothing is let go.
  ///
  /// @throws io.oriel.federation.bucket.BucketException when the bucket cannot be listed
  synchronized void sync() throws IOException {
    List<MetaFilter> filters = new ArrayList<>();
    filters.add(MetaFilter.time(options.minMillis().getAsLong(), options.maxMillis().getAsLong()));
    filters.addAll(parts.filters());
    BlockView view = parts.fetcher().fetch(filters);
    load(view.blocks().values());
    if (view.isComplete()) {
      drop(view);
    } else {
      LOG.atWarn()
          .addKeyValue("reason", view.failures().getFirst())
          .log("cannot see all blocks; keeping those that are loaded");
    }
  }

  private void drop(BlockView view) throws IOException {
    List<RemoteBlock> gone = new ArrayList<>();
    synchronized (lock) {
      blocks
          .values()
          .removeIf(block -> !view.blocks().containsKey(block.ulid()) && gone.add(block));
      publish();
    }
    for (RemoteBlock block : gone) {
      parts.metrics().blockDrops.inc();
      block.close();
    }
    quarantine.retain(view.blocks().keySet());
    try {
      headers.deleteOthers(view.blocks().keySet());
    } catch (IOException e) {
      parts.metrics().blockDropFailures.inc();
      throw e;
    }
  }

  private void load(Collection<StoredMeta> metas) {
    Semaphore places = new Semaphore(options.syncConcurrency());
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("oriel/store/load").factory())) {
      for (StoredMeta meta : metas) {
        if (!isLoaded(meta) && !quarantine.holds(meta.ulid())) {
          places.acquireUninterruptibly();
          threads.execute(
              () -> {
                try {
                  load(meta);
                } finally {
                  places.release();
                }
              });
        }
      }
    }
  }

  private boolean isLoaded(StoredMeta meta) {
    synchronized (lock) {
      RemoteBlock loaded = blocks.get(meta.ulid());
      return loaded != null
          && loaded.external().labels().equals(meta.thanos().labels())
          && loaded.resolutionMillis() == meta.thanos().resolutionMillis();
    }
  }

  private void load(StoredMeta meta) {
    parts.metrics().blockLoads.inc();
    try {
      if (Resolution.ofMillis(meta.thanos().resolutionMillis()).isEmpty()) {
        throw OrielException.invalid("resolution: got " + meta.thanos().resolutionMillis() + " ms");
      }
      if (options.headers().makeEarly()) {
        headers.ensure(meta.ulid());
      }
      RemoteBlock block =
          new RemoteBlock(meta, headers.header(meta.ulid()), parts.bucket(), memory);
      if (options.headers().mapEarly()) {
        mapOnce(block);
      }
      quarantine.remove(meta.ulid());
      add(block);
    } catch (IOException | OrielException e) {
      parts.metrics().blockLoadFailures.inc();
      quarantine.add(meta, reason(e), String.valueOf(e.getMessage()));
    }
  }

  private static void mapOnce(RemoteBlock block) throws IOException {
    try {
      block.header().acquire();
    } catch (IOException | RuntimeException e) {
      block.close();
      throw e;
    }
    block.header().release();
  }

  private static Quarantine.Reason reason(Exception failure) {
    if (failure instanceof OrielException known && known.kind() == Kind.CORRUPT) {
      return Quarantine.Reason.CORRUPT;
    }
    return failure instanceof OrielException known && known.kind() == Kind.INVALID
        ? Quarantine.Reason.UNSUPPORTED
        : Quarantine.Reason.UNAVAILABLE;
  }

  private void add(RemoteBlock block) {
    RemoteBlock old;
    synchronized (lock) {
      old = blocks.put(block.ulid(), block);
      publish();
    }
    parts.metrics().lastLoaded.set(parts.clock().millis() / 1000.0);
    if (old != null) {
      old.close();
    }
  }

  /// Sets a block aside whose index turned out to be damaged.
  void setAside(RemoteBlock block, OrielException problem) {
    boolean first;
    synchronized (lock) {
      first = blocks.remove(block.ulid(), block);
      publish();
    }
    if (first) {
      quarantine.add(block.meta(), Quarantine.Reason.CORRUPT, problem.reason());
      block.close();
      try {
        headers.delete(block.ulid());
      } catch (IOException e) {
        parts.metrics().blockDropFailures.inc();
        LOG.atWarn()
            .addKeyValue("block", block.ulid())
            .setCause(e)
            .log("cannot remove index-header; the next look does");
      }
    }
  }

  @GuardedBy("lock")
  private void publish() {
    sets = BlockSet.of(blocks.values());
    parts.metrics().blocksLoaded.set(blocks.size());
  }

  @Override
  public void close() {
    synchronized (lock) {
      blocks.clear();
      publish();
    }
    headers.close();
  }
}
