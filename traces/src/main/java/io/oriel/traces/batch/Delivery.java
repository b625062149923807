package io.oriel.traces.batch;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.Span;
import io.oriel.runtime.retry.Backoff;
import io.oriel.runtime.trace.Tracer;
import io.oriel.search.client.BulkBody;
import io.oriel.search.client.Documents;
import io.oriel.search.client.EngineException;
import io.oriel.traces.index.SpanItems;
import io.oriel.wire.elastic.BulkItem;
import io.oriel.wire.elastic.BulkReply;
import java.time.Duration;
import java.util.ArrayList;
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
  private final SpanItems.Maker items;
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
      SpanItems.Maker items,
      DeliveryOptions options,
      Surroundings around) {
    this.queue = queue;
    this.engine = engine;
    this.items = items;
    this.options = options;
    this.around = around;
    this.loggedNanos = around.nanoTime().getAsLong() - LOG_EVERY_NANOS;
  }

  /// Starts delivering.
  public static Delivery start(
      SpanQueue queue,
      Documents engine,
      SpanItems.Maker items,
      DeliveryOptions options,
      Surroundings around) {
    Delivery delivery = new Delivery(queue, engine, items, options, around);
    for (int i = 0; i < options.workers(); i++) {
      // encoding computes, so these are platform threads
      delivery.workers.add(
          Thread.ofPlatform().daemon().name("oriel/collect/deliver/" + i).start(delivery::run));
    }
    return delivery;
  }

  private void run() {
    SpanItems encoder = items.make();
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
        deliver(taken, encoder, backoff);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whatever happens, every span is accounted for and its room given back.
  private void deliver(List<SpanQueue.Entry> taken, SpanItems encoder, Backoff backoff)
      throws InterruptedException {
    int owed = taken.stream().mapToInt(entry -> entry.batch().size()).sum();
    int settled = 0;
    try {
      List<SpanItems.Item> rest = new ArrayList<>();
      for (SpanQueue.Entry entry : taken) {
        for (Span span : entry.batch().spans()) {
          encoder.add(span, rest);
        }
      }
      while (!rest.isEmpty()) {
        List<SpanItems.Item> request = next(rest, options.batchBytes());
        rest.subList(0, request.size()).clear();
        settled += settle(request, encoder, backoff);
      }
    } finally {
      giveUp(taken, owed - settled);
    }
  }

  /// Gives the room of spans back, and counts those that were not settled: they are lost, unless
  /// somebody keeps them, who has all of these batches again then.
  private void giveUp(List<SpanQueue.Entry> taken, int unsettled) {
    if (unsettled == 0) {
      taken.forEach(entry -> entry.batch().settle());
    } else if (taken.stream().allMatch(entry -> entry.batch().isKept())) {
      around.ledger().keep(unsettled);
    } else {
      around.ledger().drop(SpanLedger.Loss.SHUTDOWN, unsettled);
    }
    taken.forEach(entry -> queue.release(entry.batch()));
  }

  private static List<SpanItems.Item> next(List<SpanItems.Item> items, long maxBytes) {
    long bytes = 0;
    int count = 0;
    while (count < items.size() && (count == 0 || bytes + items.get(count).size() <= maxBytes)) {
      bytes += items.get(count).size();
      count++;
    }
    return List.copyOf(items.subList(0, count));
  }

  /// Sends items until each has its outcome.
  ///
  /// @return how many spans were settled; fewer than there are when the collector gave up
  private int settle(List<SpanItems.Item> request, SpanItems encoder, Backoff backoff)
      throws InterruptedException {
    List<SpanItems.Item> rest = request;
    int settled = 0;
    while (!rest.isEmpty()) {
      Round round = send(rest, encoder);
      settled += round.settled;
      rest = round.again;
      if (rest.isEmpty()) {
        backoff.reset();
        return settled;
      }
      around.metrics().retried(rest.size());
      Duration pause = backoff.next(round.pause);
      if (givingUp.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        return settled;
      }
    }
    return settled;
  }

  /// One attempt's result.
  private record Round(int settled, List<SpanItems.Item> again, Duration pause) {}

  private Round send(List<SpanItems.Item> request, SpanItems encoder) throws InterruptedException {
    return around
        .tracer()
        .work(
            "deliver spans",
            span -> {
              Round round = attempt(request, encoder);
              span.set("items", Integer.toString(request.size()));
              span.set("again", Integer.toString(round.again.size()));
              return round;
            });
  }

  private Round attempt(List<SpanItems.Item> request, SpanItems encoder)
      throws InterruptedException {
    BulkBody body = new BulkBody(Integer.MAX_VALUE);
    request.forEach(item -> body.add(item.action(), item.document()));
    long start = around.nanoTime().getAsLong();
    try {
      BulkReply reply = engine.bulk(body, Documents.Refresh.LATER);
      around.metrics().saved(around.nanoTime().getAsLong() - start);
      return outcome(request, reply, encoder);
    } catch (EngineException e) {
      if (e.status() == TOO_LARGE) {
        return halves(request, encoder, e);
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

  private Round halves(List<SpanItems.Item> request, SpanItems encoder, EngineException why)
      throws InterruptedException {
    if (request.size() == 1) {
      return refuse(request, why.reason());
    }
    int middle = request.size() / 2;
    Round first = send(request.subList(0, middle), encoder);
    Round second = send(request.subList(middle, request.size()), encoder);
    List<SpanItems.Item> again = new ArrayList<>(first.again);
    again.addAll(second.again);
    return new Round(
        first.settled + second.settled,
        again,
        first.pause.compareTo(second.pause) > 0 ? first.pause : second.pause);
  }

  private Round refuse(List<SpanItems.Item> request, String why) {
    int spans = (int) request.stream().filter(SpanItems.Item::isSpan).count();
    around.ledger().drop(SpanLedger.Loss.REFUSED_BY_ENGINE, spans);
    warn("engine refused spans, dropping them", why);
    return new Round(spans, List.of(), Duration.ZERO);
  }

  private Round outcome(List<SpanItems.Item> request, BulkReply reply, SpanItems encoder) {
    List<BulkItem> told = reply.items();
    List<SpanItems.Item> again = new ArrayList<>();
    int stored = 0;
    int refused = 0;
    for (int i = 0; i < request.size(); i++) {
      SpanItems.Item item = request.get(i);
      switch (told.get(i).outcome()) {
        case STORED, DUPLICATE -> {
          stored += item.isSpan() ? 1 : 0;
          encoder.stored(item);
        }
        case RETRY -> again.add(item);
        case REFUSED -> {
          refused += item.isSpan() ? 1 : 0;
          warn("engine refused documents, dropping them", told.get(i).errorReason());
        }
      }
    }
    around.ledger().store(stored);
    around.ledger().drop(SpanLedger.Loss.REFUSED_BY_ENGINE, refused);
    return new Round(stored + refused, again, Duration.ZERO);
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
      int spans = left.stream().mapToInt(entry -> entry.batch().size()).sum();
      giveUp(left, spans);
      dropped += spans;
      left = queue.poll(Integer.MAX_VALUE, Long.MAX_VALUE, Duration.ZERO);
    }
    if (dropped > 0) {
      LOG.atWarn().addKeyValue("spans", dropped).log("stopped with spans undelivered");
    }
  }
}
