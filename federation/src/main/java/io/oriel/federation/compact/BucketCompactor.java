package io.oriel.federation.compact;

import io.oriel.federation.block.BlockMark;
import io.oriel.federation.block.BlockView;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.MetaFilter;
import io.oriel.federation.block.StoredMeta;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.tsdb.block.Ulid;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a bucket: merges, downsamples, expires and deletes. One run at a time.
public final class BucketCompactor {
  private static final Logger LOG = LoggerFactory.getLogger(BucketCompactor.class);

  private final CompactorConfig config;
  private final CompactorParts parts;
  private final ScratchSpace scratch;

  /// What a run may do.
  public enum Task {
    /** Mark blocks whose samples are all in another one. */
    GARBAGE,
    /** Mark blocks past their retention. */
    RETENTION,
    /** Delete what was marked long enough ago, and aborted uploads. */
    CLEANUP,
    MERGE,
    DOWNSAMPLE
  }

  public BucketCompactor(CompactorConfig config, CompactorParts parts) {
    this.config = config;
    this.parts = parts;
    this.scratch = new ScratchSpace(parts.disk(), config.scratch(), config.scratchBytes());
  }

  /// One run under a lease.
  private final class Run {
    final BucketLease lease;
    final Set<Task> tasks;
    final Marker marker;
    final StreamCompaction compaction;
    final DownsampleWork downsampling;
    final BucketCleaning cleaning;
    final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger compactions = new AtomicInteger();
    final Set<Ulid> downsampled = ConcurrentHashMap.newKeySet();

    /** Streams and blocks that failed, which are not tried again in this run. */
    final Set<String> givenUp = Collections.synchronizedSet(new HashSet<>());

    Run(BucketLease lease, Set<Task> tasks) {
      this.lease = lease;
      this.tasks = tasks;
      this.marker =
          new Marker(
              new BucketBlocks(parts.bucket(), parts.clock()), parts.metrics(), lease::check);
      this.compaction =
          new StreamCompaction(config, parts, marker, scratch, BucketCompactor.this::newUlid);
      this.downsampling =
          new DownsampleWork(config, parts, marker, scratch, BucketCompactor.this::newUlid);
      this.cleaning = new BucketCleaning(config, parts, marker, lease::check);
    }

    CompactorReport report() {
      return new CompactorReport(
          true,
          compactions.get(),
          downsampled.size(),
          marker.count(BlockMark.Kind.DELETION),
          marker.count(BlockMark.Kind.NO_COMPACT) + marker.count(BlockMark.Kind.NO_DOWNSAMPLE),
          cleaning.deleted(),
          failures);
    }
  }

  private synchronized Ulid newUlid() {
    return Ulid.create(parts.clock().millis(), parts.random());
  }

  /// Does everything there is to do now, unless another compactor has the bucket. What fails is in
  /// the report and does not keep the rest from being done.
  ///
  /// @throws io.oriel.federation.bucket.BucketException when the bucket cannot be listed
  /// @throws IOException when the scratch disk cannot be used at all
  /// @throws OrielException of kind CONFLICT when the lease was lost on the way
  public CompactorReport runOnce() throws IOException, InterruptedException {
    return runOnce(EnumSet.allOf(Task.class));
  }

  /// As the other `runOnce`, but only what {@code tasks} says.
  public CompactorReport runOnce(Set<Task> tasks) throws IOException, InterruptedException {
    Optional<BucketLease> acquired =
        BucketLease.acquire(parts.bucket(), parts.lease(), parts.nanos(), parts.pause());
    parts.metrics().leaseHeld.set(acquired.isPresent() ? 1 : 0);
    if (acquired.isEmpty()) {
      return CompactorReport.refused();
    }
    try (BucketLease lease = acquired.get()) {
      scratch.clear();
      Run run = new Run(lease, tasks);
      try (SideWork _ = new SideWork(config.pace(), parts.pause(), asideOf(run))) {
        work(run);
      }
      parts.metrics().iterations.inc(run.failures.isEmpty() ? 1 : 0);
      return run.report();
    } finally {
      parts.metrics().leaseHeld.set(0);
    }
  }

  /// What is done beside merges, which may take hours.
  private SideWork.Chores asideOf(Run run) {
    return new SideWork.Chores(
        () -> {
          if (run.tasks.contains(Task.CLEANUP)) {
            run.cleaning.clean(look());
          }
        },
        () -> {
          BlockView view = look();
          reportBacklog(streams(view, run), noCompact(view, run), awaiting(view, run), run);
        });
  }

  private List<MetaFilter> filters() {
    List<MetaFilter> filters = new ArrayList<>();
    filters.add(MetaFilter.shard(config.shard(), Set.copyOf(config.replicaLabels())));
    filters.add(MetaFilter.consistencyDelay(config.consistencyDelay(), parts.clock()));
    filters.add(MetaFilter.deletionMarks(Duration.ofSeconds(-1), parts.clock()));
    filters.add(MetaFilter.withoutReplicaLabels(config.replicaLabels()));
    filters.add(MetaFilter.duplicates());
    return filters;
  }

  private BlockView look() {
    BlockView view = parts.fetcher().fetch(filters());
    if (!view.isComplete()) {
      throw new OrielException(
          Kind.UNAVAILABLE,
          "look at bucket " + parts.bucket().name() + ": " + view.failures().getFirst());
    }
    return view;
  }

  /// Looks, works and looks again, until a look finds nothing to work on.
  private void work(Run run) throws InterruptedException {
    boolean changed = true;
    while (changed) {
      BlockView view = look();
      run.lease.check();
      if (run.tasks.contains(Task.GARBAGE)) {
        run.cleaning.collectGarbage(view);
      }
      if (run.tasks.contains(Task.MERGE)) {
        run.cleaning.adopt(view);
      }
      if (run.tasks.contains(Task.RETENTION)) {
        run.cleaning.applyRetention(
            view, config.downsamples() ? DownsampleWork.todo(view) : List.of());
      }
      if (run.tasks.contains(Task.CLEANUP)) {
        run.cleaning.clean(view);
      }
      changed = workOn(look(), run);
    }
  }

  /// The blocks of each stream, without those that this run has merged already.
  private static Map<String, List<StoredMeta>> streams(BlockView view, Run run) {
    if (!run.tasks.contains(Task.MERGE)) {
      return Map.of();
    }
    Map<String, List<StoredMeta>> streams = new TreeMap<>();
    Set<Ulid> gone = run.marker.marked(BlockMark.Kind.DELETION);
    for (StoredMeta meta : view.blocks().values()) {
      if (!gone.contains(meta.ulid())) {
        streams.computeIfAbsent(meta.group(), _ -> new ArrayList<>()).add(meta);
      }
    }
    return streams;
  }

  /// The blocks to downsample, without those that this run has dealt with already.
  private List<StoredMeta> awaiting(BlockView view, Run run) {
    if (!config.downsamples() || !run.tasks.contains(Task.DOWNSAMPLE)) {
      return List.of();
    }
    Set<Ulid> gone = run.marker.marked(BlockMark.Kind.DELETION);
    Set<Ulid> refused = run.marker.marked(BlockMark.Kind.NO_DOWNSAMPLE);
    List<StoredMeta> awaiting = new ArrayList<>(DownsampleWork.todo(view));
    awaiting.removeIf(
        meta ->
            gone.contains(meta.ulid())
                || refused.contains(meta.ulid())
                || run.downsampled.contains(meta.ulid()));
    return awaiting;
  }

  private static Set<Ulid> noCompact(BlockView view, Run run) {
    Set<Ulid> marked = new HashSet<>(run.marker.marked(BlockMark.Kind.NO_COMPACT));
    view.marks()
        .forEach(
            (ulid, marks) -> {
              if (marks.containsKey(BlockMark.Kind.NO_COMPACT)) {
                marked.add(ulid);
              }
            });
    return marked;
  }

  /// Merges once in every stream, and downsamples in those where nothing is to be merged, so many
  /// at once.
  ///
  /// @return whether anything changed
  private boolean workOn(BlockView view, Run run) throws InterruptedException {
    Map<String, List<StoredMeta>> streams = streams(view, run);
    Set<Ulid> noCompact = noCompact(view, run);
    List<StoredMeta> awaiting = awaiting(view, run);
    reportBacklog(streams, noCompact, awaiting, run);
    List<Future<Boolean>> tasks = new ArrayList<>();
    try (ExecutorService mergers = threads("oriel/compact/merge/", config.pace().merges());
        ExecutorService downsamplers =
            threads("oriel/compact/downsample/", config.pace().downsamples())) {
      streams.forEach(
          (name, stream) -> tasks.add(mergers.submit(() -> compact(name, stream, noCompact, run))));
      for (StoredMeta meta : awaiting) {
        if (!mergesFirst(streams.getOrDefault(meta.group(), List.of()), noCompact, run)) {
          tasks.add(downsamplers.submit(() -> downsample(meta, run)));
        }
      }
      try {
        boolean changed = false;
        for (Future<Boolean> task : tasks) {
          changed |= result(task);
        }
        return changed;
      } catch (InterruptedException | RuntimeException e) {
        mergers.shutdownNow();
        downsamplers.shutdownNow();
        throw e;
      }
    }
  }

  /// Whether blocks of a stream are still to be merged, so that what is downsampled now would have
  /// to be downsampled again. A stream whose merges fail waits no longer.
  private static boolean mergesFirst(List<StoredMeta> stream, Set<Ulid> noCompact, Run run) {
    return !stream.isEmpty()
        && !run.givenUp.contains(stream.getFirst().group())
        && run.compaction.backlog(stream, noCompact)[0] > 0;
  }

  private static ExecutorService threads(String name, int count) {
    return Executors.newFixedThreadPool(
        count, Thread.ofPlatform().name(name, 0).daemon(true).factory());
  }

  private static boolean result(Future<Boolean> task) throws InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : OrielException.bug("compaction: " + e.getCause());
    }
  }

  private void reportBacklog(
      Map<String, List<StoredMeta>> streams,
      Set<Ulid> noCompact,
      List<StoredMeta> awaiting,
      Run run) {
    int merges = 0;
    int blocks = 0;
    for (List<StoredMeta> stream : streams.values()) {
      int[] backlog = run.compaction.backlog(stream, noCompact);
      merges += backlog[0];
      blocks += backlog[1];
    }
    parts.metrics().todoCompactions.set(merges);
    parts.metrics().todoBlocks.set(blocks);
    parts.metrics().todoDownsamples.set(awaiting.size());
  }

  private boolean compact(String name, List<StoredMeta> stream, Set<Ulid> noCompact, Run run)
      throws InterruptedException {
    if (run.givenUp.contains(name)) {
      return false;
    }
    CompactorMetrics metrics = parts.metrics();
    String resolution = Long.toString(stream.getFirst().thanos().resolutionMillis());
    metrics.runsStarted.labelValues(resolution).inc();
    try {
      StreamCompaction.Outcome outcome = run.compaction.run(stream, noCompact);
      metrics.runsCompleted.labelValues(resolution).inc();
      return switch (outcome) {
        case NOTHING -> false;
        case SET_ASIDE -> true;
        case MERGED -> {
          run.compactions.incrementAndGet();
          yield true;
        }
        case SKIPPED -> {
          run.givenUp.add(name);
          run.failures.add("stream " + name + ": scratch disk is too small");
          yield false;
        }
      };
    } catch (IOException | OrielException e) {
      metrics.compactionFailures.labelValues(resolution).inc();
      return giveUp(name, "stream " + name, e, run);
    }
  }

  private boolean downsample(StoredMeta meta, Run run) throws InterruptedException {
    String name = meta.ulid().text();
    if (run.givenUp.contains(name)) {
      return false;
    }
    try {
      return switch (run.downsampling.run(meta)) {
        case MADE -> {
          run.downsampled.add(meta.ulid());
          yield true;
        }
        case SET_ASIDE -> true;
        case SKIPPED -> {
          run.givenUp.add(name);
          run.failures.add("block " + name + ": scratch disk is too small");
          yield false;
        }
      };
    } catch (IOException | OrielException e) {
      return giveUp(name, "block " + name, e, run);
    }
  }

  /// Leaves a stream or block alone for this run; a lost lease ends it.
  private static boolean giveUp(String name, String what, Exception e, Run run) {
    if (e instanceof OrielException known
        && (known.kind() == Kind.CONFLICT || known.kind() == Kind.CANCELLED)) {
      throw known;
    }
    run.givenUp.add(name);
    run.failures.add(what + ": " + e.getMessage());
    LOG.atError()
        .addKeyValue("work", what)
        .setCause(e)
        .log("work on a bucket failed; going on with the rest, trying again at the next run");
    return false;
  }
}
