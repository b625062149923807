package io.oriel.traces.sample;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.error.Kind;
import io.oriel.model.error.RetryLater;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import io.oriel.traces.batch.Receipt;
import io.oriel.traces.batch.SpanBatch;
import io.oriel.traces.batch.SpanLedger;
import io.oriel.traces.batch.SpanSink;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Keeps spans until their trace is there as a whole, then keeps or drops it by its policies.
/// Thread-safe.
///
/// Memory is bounded in traces and bytes: when there is more, the oldest traces are decided early.
/// Spans that come after the decision follow it as long as it is remembered. Kept traces that the
/// queue behind has no room for stay here, and count: when that fills the bound, senders are
/// refused.
public final class TailSampler implements SpanSink, AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LAST_TRIES = 100;

  private final TailConfig config;
  private final SpanSink next;
  private final SpanLedger ledger;
  private final LongSupplier nanoTime;
  private final Counter decisions;
  private final List<TailDecider> deciders;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();
  private final Thread ticker;

  @GuardedBy("lock")
  private final Map<TraceId, PendingTrace> pending = new LinkedHashMap<>();

  @GuardedBy("lock")
  private final Deque<SpanBatch> outbox = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Map<TraceId, Boolean> sampled;

  @GuardedBy("lock")
  private final Map<TraceId, Boolean> dropped;

  @GuardedBy("lock")
  private int heldSpans;

  @GuardedBy("lock")
  private long heldBytes;

  @GuardedBy("lock")
  private long sampledTraces;

  @GuardedBy("lock")
  private long decidedTraces;

  /** Whether what is held is on disk as well. */
  @GuardedBy("lock")
  private boolean kept;

  @GuardedBy("lock")
  private boolean closed;

  /// What differs between a test and a collector.
  public record Surroundings(LongSupplier nanoTime, PrometheusRegistry registry) {}

  private TailSampler(
      TailConfig config, SpanSink next, SpanLedger ledger, Surroundings surroundings) {
    this.config = config;
    this.next = next;
    this.ledger = ledger;
    this.nanoTime = surroundings.nanoTime();
    this.sampled = remembering(config.sampledCache());
    this.dropped = remembering(config.droppedCache());
    this.deciders =
        config.policies().stream().map(policy -> TailDecider.of(policy.rule())).toList();
    this.decisions =
        Counter.builder()
            .name("oriel_tail_sampling_decisions_total")
            .help("Traces decided, by the policy that did and what it said.")
            .labelNames("policy", "decision")
            .register(surroundings.registry());
    gauge(surroundings.registry(), "oriel_tail_sampling_held_spans", this::heldSpans);
    gauge(surroundings.registry(), "oriel_tail_sampling_held_bytes", this::heldBytes);
    GaugeWithCallback.builder()
        .name("oriel_tail_sampling_sampled_ratio")
        .help("Traces kept of those decided.")
        .callback(callback -> callback.call(sampledRatio()))
        .register(surroundings.registry());
    this.ticker =
        Thread.ofPlatform().daemon().name("oriel/collect/tail-sampling").unstarted(this::run);
  }

  private static void gauge(PrometheusRegistry registry, String name, LongSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help("Undecided, or kept and waiting for room.")
        .callback(callback -> callback.call((double) value.getAsLong()))
        .register(registry);
  }

  private static Map<TraceId, Boolean> remembering(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<TraceId, Boolean> eldest) {
        return size() > most;
      }
    };
  }

  /// Starts deciding by itself.
  public static TailSampler start(
      TailConfig config, SpanSink next, SpanLedger ledger, Surroundings surroundings) {
    TailSampler sampler = new TailSampler(config, next, ledger, surroundings);
    sampler.ticker.start();
    return sampler;
  }

  /// One that decides when it is told to: for tests.
  static TailSampler idle(
      TailConfig config, SpanSink next, SpanLedger ledger, Surroundings surroundings) {
    return new TailSampler(config, next, ledger, surroundings);
  }

  private void run() {
    lock.lock();
    try {
      while (!closed) {
        if (wake.awaitNanos(TICK_NANOS) <= 0) {
          tick();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void take(SpanBatch batch) {
    if (batch.size() == 0) {
      return;
    }
    lock.lock();
    try {
      if (closed) {
        throw new RetryLater(Kind.UNAVAILABLE, SOON, "the collector is stopping");
      }
      makeRoom(batch.bytes());
      kept = batch.isKept();
      Receipt receipt = batch.receipt();
      long each = Math.max(1, batch.bytes() / batch.size());
      List<Span> late = new ArrayList<>();
      for (Span span : batch.spans()) {
        if (pending.containsKey(span.traceId())) {
          hold(span, each, receipt);
        } else if (sampled.containsKey(span.traceId())) {
          late.add(span);
        } else if (dropped.containsKey(span.traceId())) {
          ledger.drop(SpanLedger.Loss.SAMPLED_OUT, 1);
          receipt.settle(1);
        } else {
          hold(span, each, receipt);
        }
      }
      if (!late.isEmpty()) {
        heldSpans += late.size();
        heldBytes += each * late.size();
        outbox.add(new SpanBatch(late, each * late.size(), batch.answer(), receipt));
        flush();
      }
      while (pending.size() > config.traces()) {
        decideOldest();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Only what could not be held is refused beforehand: what is older gives way otherwise.
  @Override
  public void check(int spans, long bytes) {
    lock.lock();
    try {
      if (closed) {
        throw new RetryLater(Kind.UNAVAILABLE, SOON, "the collector is stopping");
      }
      if (pending.isEmpty()) {
        makeRoom(bytes);
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void hold(Span span, long bytes, Receipt receipt) {
    pending
        .computeIfAbsent(span.traceId(), id -> new PendingTrace(id, nanoTime.getAsLong()))
        .add(span, bytes, receipt);
    heldSpans++;
    heldBytes += bytes;
  }

  @GuardedBy("lock")
  private void makeRoom(long bytes) {
    while (heldBytes + bytes > config.maxBytes() && !pending.isEmpty()) {
      decideOldest();
    }
    if (heldBytes + bytes > config.maxBytes() && !outbox.isEmpty()) {
      throw new RetryLater(
          Kind.LIMITED,
          SOON,
          "tail sampling holds "
              + heldBytes
              + " of "
              + config.maxBytes()
              + " bytes, and the span queue is full");
    }
  }

  /// Decides what has waited long enough, and passes on what was kept.
  void tick() {
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      long wait = config.decisionWait().toNanos();
      while (!pending.isEmpty() && now - pending.values().iterator().next().sinceNanos >= wait) {
        decideOldest();
      }
      flush();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void decideOldest() {
    PendingTrace trace = pending.values().iterator().next();
    pending.remove(trace.traceId);
    boolean keep = decide(trace);
    decidedTraces++;
    if (keep) {
      sampledTraces++;
      sampled.put(trace.traceId, true);
      outbox.add(new SpanBatch(trace.spans, trace.bytes, SpanBatch.Answer.NONE, trace.receipt()));
      flush();
    } else {
      dropped.put(trace.traceId, true);
      heldSpans -= trace.spans.size();
      heldBytes -= trace.bytes;
      ledger.drop(SpanLedger.Loss.SAMPLED_OUT, trace.spans.size());
      trace.receipt().settle(trace.spans.size());
    }
  }

  /// Every policy is asked, since those that limit rates count; one that drops wins over all.
  @GuardedBy("lock")
  private boolean decide(PendingTrace trace) {
    long now = nanoTime.getAsLong();
    boolean keep = false;
    for (int i = 0; i < deciders.size(); i++) {
      TailDecider.Word word = deciders.get(i).decide(trace, now);
      String policy = config.policies().get(i).name();
      switch (word) {
        case DROPPED -> {
          decisions.labelValues(policy, "dropped").inc();
          return false;
        }
        case SAMPLED -> {
          decisions.labelValues(policy, "sampled").inc();
          keep = true;
        }
        case NOT_SAMPLED -> decisions.labelValues(policy, "not_sampled").inc();
      }
      if (keep && config.firstMatch()) {
        return true;
      }
    }
    return keep;
  }

  /// Passes on what was kept, as far as there is room.
  @GuardedBy("lock")
  private void flush() {
    while (!outbox.isEmpty()) {
      SpanBatch batch = outbox.getFirst();
      try {
        next.take(batch);
      } catch (RetryLater _) {
        return;
      }
      outbox.removeFirst();
      heldSpans -= batch.size();
      heldBytes -= batch.bytes();
    }
  }

  /// Spans that are undecided, or kept and waiting for room.
  public int heldSpans() {
    lock.lock();
    try {
      return heldSpans;
    } finally {
      lock.unlock();
    }
  }

  public long heldBytes() {
    lock.lock();
    try {
      return heldBytes;
    } finally {
      lock.unlock();
    }
  }

  /// Traces kept of those decided; 1 when none is.
  public double sampledRatio() {
    lock.lock();
    try {
      return decidedTraces == 0 ? 1 : (double) sampledTraces / decidedTraces;
    } finally {
      lock.unlock();
    }
  }

  /// Takes nothing more; decides or drops what is undecided, as configured, and passes on what was
  /// kept, waiting a while for room. What is on disk as well stays there instead of being dropped.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      wake.signalAll();
      if (!config.dropPending()) {
        while (!pending.isEmpty()) {
          decideOldest();
        }
      }
      for (int i = 0; i < LAST_TRIES && !outbox.isEmpty(); i++) {
        flush();
        if (!outbox.isEmpty()) {
          wake.await(50, TimeUnit.MILLISECONDS);
        }
      }
      if (kept) {
        ledger.keep(heldSpans);
      } else {
        ledger.drop(SpanLedger.Loss.SHUTDOWN, heldSpans);
      }
      pending.clear();
      outbox.clear();
      heldSpans = 0;
      heldBytes = 0;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
