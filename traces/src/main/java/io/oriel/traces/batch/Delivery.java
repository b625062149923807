package io.oriel.traces.batch;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.retry.Backoff;
import io.oriel.runtime.trace.Tracer;
import io.oriel.search.client.Documents;
import io.oriel.search.client.EngineException;
import io.oriel.traces.index.SpanItemMaker;
import io.oriel.traces.index.SpanItems;
import io.oriel.wire.elastic.BulkItem;
import io.oriel.wire.elastic.BulkReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Empties the queue into the engine.
///
/// A request that the engine could not take is sent again until it can, however long that takes:
/// the queue fills meanwhile and refuses. Closing drains the queue, for as long as its options say.
public final class Delivery implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
  private static final int TOO_LARGE = 413;
  private static final long LOG_EVERY_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final SpanQueue queue;
  private final Documents engine;
  private final SpanItemMaker maker;
  private final DeliveryOptions options;
  private final Surroundings around;
  private final List<Thread> workers = new ArrayList<>();
  private final CountDownLatch givingUp = new CountDownLatch(1);

  /** When a loss or a failure was last logged; races between workers log once more at worst. */
  private volatile long loggedNanos;

  /// What differs between a test and a collector.
  ///
  /// @param random of pauses; used under a lock
  /// @param tracer records requests to the engine
  /// @param prepared opens when the engine knows how spans are indexed; before that it would make
  ///   an index of its own guess, which refuses spans for good
  public record Surroundings(
      SpanLedger ledger,
      DeliveryMetrics metrics,
      LongSupplier nanoTime,
      RandomGenerator random,
      Tracer tracer,
      CountDownLatch prepared) {}

  private Delivery(
      SpanQueue queue,
      Documents engine,
      SpanItemMaker maker,
      DeliveryOptions options,
      Surroundings around) {
    this.queue = queue;
    this.engine = engine;
    this.maker = maker;
    this.options = options;
    this.around = around;
    this.loggedNanos = around.nanoTime().getAsLong() - LOG_EVERY_NANOS;
  }

  /// Starts delivering.
  ///
  /// @param maker made what is in the queue, and is told what the engine has of it
  public static Delivery start(
      SpanQueue queue,
      Documents engine,
      SpanItemMaker maker,
      DeliveryOptions options,
      Surroundings around) {
    Delivery delivery = new Delivery(queue, engine, maker, options, around);
    for (int i = 0; i < options.workers(); i++) {
      delivery.workers.add(
          Thread.ofVirtual().name("oriel/collect/deliver/" + i).start(delivery::run));
    }
    return delivery;
  }

  private void run() {
    Backoff backoff;
    synchronized (around.random()) {
      backoff =
          new Backoff(
              options.firstPause(),
              options.longestPause(),
              new SplittableRandom(around.random().nextLong()));
    }
    try {
      around.prepared().await();
      while (true) {
        List<SpanQueue.Entry> taken =
            queue.poll(options.batchSpans(), options.batchBytes(), options.linger());
        if (taken.isEmpty()) {
          return;
        }
        long now = around.nanoTime().getAsLong();
        taken.forEach(entry -> around.metrics().waited(now - entry.sinceNanos()));
        deliver(taken, backoff);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whatever happens, every span is accounted for and its room given back.
  private void deliver(List<SpanQueue.Entry> taken, Backoff backoff) throws InterruptedException {
    int owed = taken.stream().mapToInt(SpanQueue.Entry::spans).sum();
    int settled = 0;
    try {
      Portion rest = Portion.of(taken.stream().map(SpanQueue.Entry::items).toList());
      while (!rest.isEmpty()) {
        int fitting = rest.fitting(options.batchBytes());
        settled += settle(rest.part(0, fitting), backoff);
        rest = rest.part(fitting, rest.count());
      }
    } finally {
      giveUp(taken, owed - settled);
    }
  }

  /// Gives the room of spans back, and counts those that were not settled: they are lost, unless
  /// somebody keeps them, who has all of these batches again then.
  private void giveUp(List<SpanQueue.Entry> taken, int unsettled) {
    if (unsettled == 0) {
      taken.forEach(SpanQueue.Entry::settle);
    } else if (taken.stream().allMatch(SpanQueue.Entry::isKept)) {
      around.ledger().keep(unsettled);
    } else {
      around.ledger().drop(SpanLedger.Loss.SHUTDOWN, unsettled);
    }
    taken.forEach(queue::release);
  }

  /// Sends items until each has its outcome.
  ///
  /// @return how many spans were settled; fewer than there are when the collector gave up
  private int settle(Portion request, Backoff backoff) throws InterruptedException {
    Portion rest = request;
    int settled = 0;
    while (!rest.isEmpty()) {
      Round round = send(rest);
      settled += round.settled;
      rest = round.again;
      if (rest.isEmpty()) {
        backoff.reset();
        return settled;
      }
      around.metrics().retried(rest.count());
      Duration pause = backoff.next(round.pause);
      if (givingUp.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        return settled;
      }
    }
    return settled;
  }

  /// One attempt's result.
  private record Round(int settled, Portion again, Duration pause) {}

  private Round send(Portion request) throws InterruptedException {
    return around
        .tracer()
        .work(
            "deliver spans",
            span -> {
              Round round = attempt(request);
              span.set("items", Integer.toString(request.count()));
              span.set("again", Integer.toString(round.again.count()));
              return round;
            });
  }

  private Round attempt(Portion request) throws InterruptedException {
    long start = around.nanoTime().getAsLong();
    try {
      BulkReply reply = engine.bulk(request.body(), Documents.Refresh.LATER);
      around.metrics().saved(around.nanoTime().getAsLong() - start);
      return outcome(request, reply);
    } catch (EngineException e) {
      if (e.status() == TOO_LARGE) {
        return halves(request, e);
      }
      if (!e.kind().isRetryable() && e.kind() == Kind.INVALID) {
        return refuse(request, e.reason());
      }
      around.metrics().failed(e.reason());
      warn("engine takes no spans now, keeping them", e.reason());
      return new Round(0, request, Duration.ofSeconds(e.retryAfterSeconds().orElse(0)));
    } catch (LimitExceeded e) {
      return refuse(request, e.reason());
    } catch (OrielException e) {
      around.metrics().failed(e.reason());
      warn("engine does not answer, keeping spans", e.reason());
      return new Round(0, request, Duration.ZERO);
    }
  }

  private Round halves(Portion request, EngineException why) throws InterruptedException {
    if (request.count() == 1) {
      return refuse(request, why.reason());
    }
    int middle = request.count() / 2;
    Round first = send(request.part(0, middle));
    Round second = send(request.part(middle, request.count()));
    Portion.Builder again = new Portion.Builder();
    first.again.forEach(again::add);
    second.again.forEach(again::add);
    return new Round(
        first.settled + second.settled,
        again.build(),
        first.pause.compareTo(second.pause) > 0 ? first.pause : second.pause);
  }

  private Round refuse(Portion request, String why) {
    int spans = request.spans();
    around.ledger().drop(SpanLedger.Loss.REFUSED_BY_ENGINE, spans);
    warn("engine refused spans, dropping them", why);
    return new Round(spans, Portion.of(List.of()), Duration.ZERO);
  }

  private Round outcome(Portion request, BulkReply reply) {
    Outcomes outcomes = new Outcomes(reply.items());
    request.forEach(outcomes);
    around.ledger().store(outcomes.stored);
    around.ledger().drop(SpanLedger.Loss.REFUSED_BY_ENGINE, outcomes.refused);
    return new Round(outcomes.stored + outcomes.refused, outcomes.again.build(), Duration.ZERO);
  }

  /// Goes through the items of a request with the engine's word on each.
  private final class Outcomes implements Portion.Visitor {
    private final Iterator<BulkItem> told;
    private final Portion.Builder again = new Portion.Builder();
    private int stored;
    private int refused;

    Outcomes(List<BulkItem> told) {
      this.told = told.iterator();
    }

    @Override
    public void see(SpanItems items, int i) {
      BulkItem item = told.next();
      int span = items.isSpan(i) ? 1 : 0;
      switch (item.outcome()) {
        case STORED, DUPLICATE -> {
          stored += span;
          maker.stored(items, i);
        }
        case RETRY -> again.add(items, i);
        case REFUSED -> {
          refused += span;
          warn("engine refused documents, dropping them", item.errorReason());
        }
      }
    }
  }

  private void warn(String what, String why) {
    long now = around.nanoTime().getAsLong();
    if (now - loggedNanos >= LOG_EVERY_NANOS) {
      loggedNanos = now;
      LOG.atWarn().addKeyValue("reason", why).log(what);
    }
  }

  /// Stops: takes nothing more, gives what is there to the engine, and drops and counts what it did
  /// not take in time, or leaves it to whoever keeps it. A request that is under way then is cut
  /// off and its spans are counted as lost or left, though the engine may have them.
  @Override
  public void close() {
    queue.close();
    try {
      long end = around.nanoTime().getAsLong() + options.drain().toNanos();
      for (Thread worker : workers) {
        TimeUnit.NANOSECONDS.timedJoin(worker, Math.max(1, end - around.nanoTime().getAsLong()));
      }
      givingUp.countDown();
      workers.forEach(Thread::interrupt);
      for (Thread worker : workers) {
        worker.join();
      }
      dropRest();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void dropRest() throws InterruptedException {
    int dropped = 0;
    List<SpanQueue.Entry> left = queue.poll(Integer.MAX_VALUE, Long.MAX_VALUE, Duration.ZERO);
    while (!left.isEmpty()) {
      int spans = left.stream().mapToInt(SpanQueue.Entry::spans).sum();
      giveUp(left, spans);
      dropped += spans;
      left = queue.poll(Integer.MAX_VALUE, Long.MAX_VALUE, Duration.ZERO);
    }
    if (dropped > 0) {
      LOG.atWarn().addKeyValue("spans", dropped).log("stopped with spans undelivered");
    }
  }
}
