package io.oriel.federation.block;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.disk.Disk;
import io.oriel.disk.DurableFile;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketException;
import io.oriel.federation.bucket.ObjectEntry;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.error.OrielException;
import io.oriel.tsdb.block.Ulid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at a bucket and says which blocks are in it. Thread-safe; one look at a time.
///
/// One listing of all names tells which blocks there are, which marks they have and whether they
/// changed; only what is new is then read, several at a time. So a look at a bucket of ten thousand
/// blocks that did not change is about a hundred requests, not three for each block.
///
/// Each `meta.json` is also kept below the cache directory, so that a restart reads none again.
public final class BlockFetcher {
  private static final Logger LOG = LoggerFactory.getLogger(BlockFetcher.class);
  private static final int MOST_BYTES = 64 << 20;

  private final Bucket bucket;
  private final Disk disk;
  private final Optional<Path> cache;
  private final int concurrency;
  private final FetcherMetrics metrics;
  private final LongSupplier nanos;

  @GuardedBy("this")
  private final Map<Ulid, Known> known = new HashMap<>();

  @GuardedBy("this")
  private final Map<String, KnownMark> knownMarks = new HashMap<>();

  private record Known(StoredMeta meta, long modifiedMillis) {}

  private record KnownMark(BlockMark mark, long modifiedMillis) {}

  /// @param cache where `meta.json` files are kept, if anywhere
  /// @param concurrency how many objects to read at once
  /// @param nanos elapsed time
  public BlockFetcher(
      Bucket bucket,
      Disk disk,
      Optional<Path> cache,
      int concurrency,
      FetcherMetrics metrics,
      LongSupplier nanos) {
    this.bucket = bucket;
    this.disk = disk;
    this.cache = cache;
    this.concurrency = concurrency;
    this.metrics = metrics;
    this.nanos = nanos;
  }

  /// What a listing shows of one block.
  private static final class Listed {
    final Map<BlockMark.Kind, ObjectEntry> marks = new EnumMap<>(BlockMark.Kind.class);
    Optional<ObjectEntry> meta = Optional.empty();
    long newestMillis;
  }

  /// The blocks as they are now, after {@code filters}, which are applied in order.
  ///
  /// @throws BucketException when the bucket cannot be listed
  public synchronized BlockView fetch(List<MetaFilter> filters) {
    long start = nanos.getAsLong();
    metrics.syncs.inc();
    try {
      BlockView view = look(filters);
      metrics.seconds.observe((nanos.getAsLong() - start) / 1e9);
      metrics.failures.inc(view.isComplete() ? 0 : 1);
      return view;
    } catch (BucketException e) {
      metrics.failures.inc();
      throw e;
    }
  }

  @GuardedBy("this")
  private BlockView look(List<MetaFilter> filters) {
    Map<Ulid, Listed> listed = list();
    forget(listed);
    Map<Ulid, StoredMeta> metas = new ConcurrentHashMap<>();
    Map<Ulid, Map<BlockMark.Kind, BlockMark>> marks = new ConcurrentHashMap<>();
    Map<Ulid, BlockView.Partial> partial = new ConcurrentHashMap<>();
    List<String> failures = Collections.synchronizedList(new ArrayList<>());
    List<Runnable> reads = new ArrayList<>();
    Map<Ulid, Known> fresh = new ConcurrentHashMap<>();
    Map<String, KnownMark> freshMarks = new ConcurrentHashMap<>();
    listed.forEach(
        (ulid, block) -> {
          Known old = known.get(ulid);
          if (block.meta.isEmpty()) {
            partial.put(
                ulid,
                new BlockView.Partial(
                    BlockState.NO_META, "no " + StoredMeta.FILE, block.newestMillis));
          } else if (old != null && old.modifiedMillis() == block.meta.get().modifiedMillis()) {
            metas.put(ulid, old.meta());
          } else {
            metrics.cacheBusts.inc(old == null ? 0 : 1);
            boolean trusted = old == null;
            reads.add(() -> readMeta(ulid, block, trusted, fresh, partial, failures));
          }
          for (Map.Entry<BlockMark.Kind, ObjectEntry> mark : block.marks.entrySet()) {
            KnownMark oldMark = knownMarks.get(mark.getValue().name());
            if (oldMark != null && oldMark.modifiedMillis() == mark.getValue().modifiedMillis()) {
              freshMarks.put(mark.getValue().name(), oldMark);
            } else {
              reads.add(() -> readMark(mark.getKey(), mark.getValue(), freshMarks, failures));
            }
          }
        });
    runAll(reads);
    known.putAll(fresh);
    knownMarks.putAll(freshMarks);
    fresh.forEach((ulid, one) -> metas.put(ulid, one.meta()));
    freshMarks
        .values()
        .forEach(
            one ->
                marks
                    .computeIfAbsent(one.mark().ulid(), _ -> new EnumMap<>(BlockMark.Kind.class))
                    .put(one.mark().kind(), one.mark()));
    return filter(new BlockView.Draft(metas, marks), filters, partial, failures);
  }

  private Map<Ulid, Listed> list() {
    Map<Ulid, Listed> blocks = new HashMap<>();
    bucket.iter(
        "",
        Bucket.Depth.ALL,
        object -> {
          int slash = object.name().indexOf('/');
          String first = slash < 0 ? "" : object.name().substring(0, slash);
          if (Ulid.isValid(first)) {
            Listed block = blocks.computeIfAbsent(new Ulid(first), _ -> new Listed());
            note(block, object, object.name().substring(slash + 1));
          }
          return true;
        });
    return blocks;
  }

  private static void note(Listed block, ObjectEntry object, String path) {
    block.newestMillis = Math.max(block.newestMillis, object.modifiedMillis());
    if (path.equals(StoredMeta.FILE)) {
      block.meta = Optional.of(object);
    }
    for (BlockMark.Kind kind : BlockMark.Kind.values()) {
      if (path.equals(kind.file())) {
        block.marks.put(kind, object);
      }
    }
  }

  @GuardedBy("this")
  private void forget(Map<Ulid, Listed> listed) {
    known
        .keySet()
        .removeIf(
            ulid -> {
              Listed block = listed.get(ulid);
              boolean gone = block == null || block.meta.isEmpty();
              if (gone) {
                uncache(ulid);
              }
              return gone;
            });
    knownMarks.keySet().removeIf(name -> !listed.containsKey(new Ulid(name.substring(0, 26))));
  }

  private void readMeta(
      Ulid ulid,
      Listed block,
      boolean trustCache,
      Map<Ulid, Known> into,
      Map<Ulid, BlockView.Partial> partial,
      List<String> failures) {
    long modified = block.meta.map(ObjectEntry::modifiedMillis).orElse(0L);
    Optional<StoredMeta> local = trustCache ? cached(ulid) : Optional.empty();
    if (local.isPresent()) {
      into.put(ulid, new Known(local.get(), modified));
      return;
    }
    String name = ulid.text() + "/" + StoredMeta.FILE;
    try {
      StoredMeta meta = StoredMeta.parse(name, bucket.read(name, MOST_BYTES));
      into.put(ulid, new Known(meta, modified));
      cache(meta);
    } catch (CorruptionException e) {
      partial.put(
          ulid, new BlockView.Partial(BlockState.CORRUPTED, e.reason(), block.newestMillis));
    } catch (BucketException e) {
      if (e.isNotFound()) {
        partial.put(
            ulid, new BlockView.Partial(BlockState.NO_META, e.reason(), block.newestMillis));
      } else {
        failures.add(e.reason());
      }
    }
  }

  private void readMark(
      BlockMark.Kind kind, ObjectEntry object, Map<String, KnownMark> into, List<String> failures) {
    try {
      BlockMark mark = BlockMark.parse(kind, object.name(), bucket.read(object.name(), MOST_BYTES));
      into.put(object.name(), new KnownMark(mark, object.modifiedMillis()));
    } catch (CorruptionException e) {
      LOG.atWarn()
          .addKeyValue("object", object.name())
          .setCause(e)
          .log("cannot read mark; going on as if it were not there");
    } catch (BucketException e) {
      if (!e.isNotFound()) {
        failures.add(e.reason());
      }
    }
  }

  /// Runs all of {@code reads}, so many at once; they report their own failures.
  private void runAll(List<Runnable> reads) {
    Semaphore permits = new Semaphore(concurrency);
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("oriel/bucket/meta").factory())) {
      for (Runnable read : reads) {
        permits.acquireUninterruptibly();
        running.add(
            threads.submit(
                () -> {
                  try {
                    read.run();
                  } finally {
                    permits.release();
                  }
                }));
      }
    }
    for (Future<?> done : running) {
      if (done.state() == Future.State.FAILED) {
        throw done.exceptionNow() instanceof RuntimeException e
            ? e
            : OrielException.bug("reading blocks: " + done.exceptionNow());
      }
    }
  }

  private BlockView filter(
      BlockView.Draft draft,
      List<MetaFilter> filters,
      Map<Ulid, BlockView.Partial> partial,
      List<String> failures) {
    partial.values().forEach(one -> draft.count(one.state()));
    for (MetaFilter filter : filters) {
      filter.filter(draft);
    }
    for (StoredMeta meta : draft.metas()) {
      draft.count(BlockState.LOADED);
      if (draft.mark(meta.ulid(), BlockMark.Kind.NO_COMPACT).isPresent()) {
        draft.count(BlockState.MARKED_FOR_NO_COMPACT);
      }
      if (draft.mark(meta.ulid(), BlockMark.Kind.NO_DOWNSAMPLE).isPresent()) {
        draft.count(BlockState.MARKED_FOR_NO_DOWNSAMPLE);
      }
    }
    Map<BlockState, Integer> counts = draft.counts();
    counts.put(BlockState.FAILED, failures.size());
    for (BlockState state : BlockState.values()) {
      metrics.synced.labelValues(state.word()).set(counts.getOrDefault(state, 0));
    }
    draft.modified().forEach((how, count) -> metrics.modified.labelValues(how).set(count));
    return draft.finish(partial, failures);
  }

  private Optional<StoredMeta> cached(Ulid ulid) {
    if (cache.isEmpty()) {
      return Optional.empty();
    }
    Path file = cache.get().resolve(ulid.text()).resolve(StoredMeta.FILE);
    if (!disk.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(StoredMeta.parse(file.toString(), disk.read(file)));
    } catch (IOException | CorruptionException e) {
      LOG.atWarn()
          .addKeyValue("file", file)
          .setCause(e)
          .log("cannot read cached meta.json; reading it from the bucket");
      return Optional.empty();
    }
  }

  private void cache(StoredMeta meta) {
    if (cache.isPresent()) {
      Path directory = cache.get().resolve(meta.ulid().text());
      try {
        disk.createDirectories(directory);
        DurableFile.write(disk, directory.resolve(StoredMeta.FILE), meta.encode());
      } catch (IOException e) {
        LOG.atWarn()
            .addKeyValue("file", directory)
            .setCause(e)
            .log("cannot cache meta.json; it will be read again after a restart");
      }
    }
  }

  private void uncache(Ulid ulid) {
    if (cache.isPresent()) {
      try {
        disk.deleteTree(cache.get().resolve(ulid.text()));
      } catch (IOException e) {
        LOG.atWarn()
            .addKeyValue("block", ulid)
            .setCause(e)
            .log("cannot remove cached meta.json; it stays until the next look");
      }
    }
  }
}
