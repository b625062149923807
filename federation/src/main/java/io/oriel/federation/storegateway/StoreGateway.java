package io.oriel.federation.storegateway;

import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.store.ExternalLabels;
import io.oriel.federation.store.Store;
import io.oriel.federation.store.StoreCursor;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import io.oriel.runtime.limit.Limit;
import io.oriel.wire.storeapi.InfoResponse;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.LabelsResponse;
import io.oriel.wire.storeapi.SeriesRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The store over a bucket's blocks. Thread-safe. It does nothing by itself: whoever owns it calls
/// {@link #sync} and {@link #evictIdle} now and then.
public final class StoreGateway implements Store, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final GatewayOptions options;
  private final GatewayParts parts;
  private final LoadedBlocks blocks;
  private final Limit gate;

  /** Whether the bucket was seen once. */
  private volatile boolean ready;

  public StoreGateway(GatewayOptions options, GatewayParts parts) {
    this.options = options;
    this.parts = parts;
    this.blocks = new LoadedBlocks(options, parts);
    this.gate = new Limit("--store.grpc.series-max-concurrency", options.limits().concurrency());
    parts.metrics().gateMax.set(options.limits().concurrency());
  }

  /// Brings the blocks in step with the bucket.
  ///
  /// @throws io.oriel.federation.bucket.BucketException when the bucket cannot be listed; what is
  ///   loaded is still served
  public void sync() throws IOException {
    blocks.sync();
    ready = true;
  }

  /// Whether a {@link #sync} has succeeded.
  public boolean isReady() {
    return ready;
  }

  /// Unmaps the index-headers that were not used for a while.
  public void evictIdle() {
    blocks.headers().evictIdle();
  }

  /// How many index-headers are mapped now.
  public long mappedHeaders() {
    return blocks.headers().mapped();
  }

  /// Every block, served or set aside, by name.
  public List<BlockStatus> blocks() {
    List<BlockStatus> all = new ArrayList<>();
    for (RemoteBlock block : blocks.all()) {
      all.add(status(block.meta(), ""));
    }
    for (Quarantine.Case found : blocks.quarantine().all()) {
      all.add(status(found.meta(), found.problem()));
    }
    all.sort(Comparator.comparing(BlockStatus::ulid));
    return all;
  }

  private static BlockStatus status(StoredMeta meta, String problem) {
    return new BlockStatus(
        meta.ulid(),
        meta.thanos().labels(),
        meta.block().minMillis(),
        meta.block().maxMillis(),
        meta.thanos().resolutionMillis(),
        problem);
  }

  @Override
  public InfoResponse info() {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    Set<Labels> labels = new TreeSet<>();
    List<RemoteBlock> all = blocks.all();
    for (RemoteBlock block : all) {
      labels.add(block.external().labels());
      min = Math.min(min, block.minMillis());
      max = Math.max(max, block.maxMillis());
    }
    return new InfoResponse(
        List.copyOf(labels),
        "store",
        Optional.of(
            new InfoResponse.StoreInfo(
                Math.max(min, options.minMillis().getAsLong()),
                Math.min(max, options.maxMillis().getAsLong()),
                true,
                true,
                spans(all))),
        Set.of());
  }

  /// What each stream has, without gaps between blocks that follow one another.
  private static List<InfoResponse.TsdbInfo> spans(List<RemoteBlock> all) {
    List<RemoteBlock> sorted = new ArrayList<>(all);
    sorted.sort(
        Comparator.comparing((RemoteBlock block) -> block.external().labels())
            .thenComparingLong(RemoteBlock::minMillis));
    List<InfoResponse.TsdbInfo> spans = new ArrayList<>();
    for (RemoteBlock block : sorted) {
      Labels labels = block.external().labels();
      long min = block.minMillis();
      long max = block.maxMillis();
      if (!spans.isEmpty()
          && spans.getLast().labels().equals(labels)
          && min <= spans.getLast().maxMillis()) {
        min = spans.getLast().minMillis();
        max = Math.max(max, spans.getLast().maxMillis());
        spans.removeLast();
      }
      spans.add(new InfoResponse.TsdbInfo(labels, min, max));
    }
    return spans;
  }

  @Override
  public StoreCursor series(SeriesRequest asked) throws IOException {
    SeriesRequest request = clamped(asked);
    Limit.Permit permit = enter();
    Runnable leave =
        () -> {
          permit.close();
          parts.metrics().gateInFlight.set(gate.held());
        };
    try {
      return open(request, leave);
    } catch (RuntimeException e) {
      leave.run();
      throw e;
    }
  }

  /// The request within the time range that is served.
  private SeriesRequest clamped(SeriesRequest asked) {
    long min = Math.max(asked.minMillis(), options.minMillis().getAsLong());
    long max = Math.min(asked.maxMillis(), options.maxMillis().getAsLong());
    return min == asked.minMillis() && max == asked.maxMillis() ? asked : asked.within(min, max);
  }

  private Limit.Permit enter() {
    long start = parts.nanos().getAsLong();
    try {
      Limit.Permit permit = gate.acquire(PATIENCE);
      parts.metrics().gateInFlight.set(gate.held());
      return permit;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OrielException(Kind.CANCELLED, "interrupted", e);
    } finally {
      parts.metrics().gateSeconds.observe((parts.nanos().getAsLong() - start) / 1e9);
    }
  }

  private StoreCursor open(SeriesRequest request, Runnable leave) {
    long start = parts.nanos().getAsLong();
    MissingParts missing = new MissingParts(request.partialResponse(), parts.metrics());
    List<SeriesQuery.Choice> choices = choose(request, missing);
    parts.metrics().blocksQueried.observe(choices.size());
    RequestBudget budget = budget();
    List<Future<Optional<BlockCursor>>> opening = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("oriel/store/block").factory())) {
      for (SeriesQuery.Choice choice : choices) {
        opening.add(threads.submit(() -> open(choice, request, budget, missing)));
      }
    }
    List<BlockCursor> opened = new ArrayList<>();
    RuntimeException first = null;
    for (Future<Optional<BlockCursor>> one : opening) {
      try {
        Reading.join(one).ifPresent(opened::add);
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      opened.forEach(BlockCursor::close);
      throw first;
    }
    parts.metrics().getAllSeconds.observe((parts.nanos().getAsLong() - start) / 1e9);
    return new SeriesQuery(request, opened, missing, blocks, parts.metrics(), leave);
  }

  private RequestBudget budget() {
    return new RequestBudget(options.limits(), parts.metrics());
  }

  private Optional<BlockCursor> open(
      SeriesQuery.Choice choice,
      SeriesRequest request,
      RequestBudget budget,
      MissingParts missing) {
    RemoteBlock block = choice.block();
    try {
      Reading reading = reading(block, budget);
      return Optional.of(
          BlockCursor.open(
              reading,
              request,
              choice.matchers(),
              (from, problem) -> missing.note(from.ulid(), "chunk", problem)));
    } catch (OrielException e) {
      SeriesQuery.failed(block, e, missing, blocks);
    } catch (IOException e) {
      missing.note(Kind.UNAVAILABLE, "no answer of " + block + ": " + e.getMessage());
    }
    return Optional.empty();
  }

  private Reading reading(RemoteBlock block, RequestBudget budget) throws IOException {
    return new Reading(
        block,
        block.header().acquire(),
        parts.cache(),
        budget,
        parts.metrics(),
        options.lazyPostings());
  }

  private List<SeriesQuery.Choice> choose(SeriesRequest request, MissingParts missing) {
    List<SeriesQuery.Choice> choices = new ArrayList<>();
    for (Map.Entry<Labels, BlockSet> set : blocks.sets().entrySet()) {
      Optional<List<Matcher>> inner =
          new ExternalLabels(set.getKey()).innerSome(request.matchers());
      if (inner.isPresent()) {
        set
            .getValue()
            .choose(request.minMillis(), request.maxMillis(), request.maxResolutionMillis())
            .stream()
            .filter(block -> Matcher.all(request.blockMatchers(), block.described()))
            .forEach(block -> choices.add(new SeriesQuery.Choice(block, inner.get())));
      }
    }
    List<Matcher> matchers = request.matchers();
    noteAside(matchers, request.minMillis(), request.maxMillis(), missing);
    return choices;
  }

  /// Notes the blocks that would be asked if they were not set aside.
  private void noteAside(List<Matcher> matchers, long min, long max, MissingParts missing) {
    for (Quarantine.Case found : blocks.quarantine().all()) {
      boolean wanted =
          found.meta().block().overlaps(min, max)
              && new ExternalLabels(found.meta().thanos().labels()).inner(matchers).isPresent();
      if (wanted) {
        missing.note(
            found.reason() == Quarantine.Reason.CORRUPT ? Kind.CORRUPT : Kind.UNAVAILABLE,
            "block " + found.meta().ulid() + " is set aside: " + found.problem());
      }
    }
  }

  @Override
  public LabelsResponse labels(LabelsRequest request) throws IOException {
    long min = Math.max(request.startMillis(), options.minMillis().getAsLong());
    long max = Math.min(request.endMillis(), options.maxMillis().getAsLong());
    MissingParts missing = new MissingParts(request.partialResponse(), parts.metrics());
    RequestBudget budget = budget();
    noteAside(request.matchers(), min, max, missing);
    List<Future<List<String>>> asked = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("oriel/store/labels").factory())) {
      for (RemoteBlock block : blocks.all()) {
        if (block.overlaps(min, max)) {
          asked.add(threads.submit(() -> labels(block, request, budget, missing)));
        }
      }
    }
    TreeSet<String> values = new TreeSet<>(Utf8Order.COMPARATOR);
    asked.forEach(answer -> values.addAll(Reading.join(answer)));
    long limit = request.limit() <= 0 ? Long.MAX_VALUE : request.limit();
    return new LabelsResponse(values.stream().limit(limit).toList(), missing.warnings());
  }

  private List<String> labels(
      RemoteBlock block, LabelsRequest request, RequestBudget budget, MissingParts missing) {
    Optional<List<Matcher>> inner = block.external().inner(request.matchers());
    if (inner.isEmpty()) {
      return List.of();
    }
    try {
      Reading reading = reading(block, budget);
      try {
        return LabelsQuery.labels(reading, request, inner.get());
      } finally {
        block.header().release();
      }
    } catch (OrielException e) {
      SeriesQuery.failed(block, e, missing, blocks);
    } catch (IOException e) {
      missing.note(Kind.UNAVAILABLE, "no answer of " + block + ": " + e.getMessage());
    }
    return List.of();
  }

  @Override
  public void close() {
    blocks.close();
  }
}
