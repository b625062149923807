package io.oriel.runtime.trace;

import com.google.errorprone.annotations.MustBeClosed;
import io.oriel.model.error.OrielException;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes spans of what a role does and sends the finished ones. Thread-safe.
///
/// A bounded number waits to be sent; beyond that, and when the other side does not take them after
/// some attempts, they are dropped and counted. Nothing that is traced ever waits for it.
public final class Tracer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Tracer.class);
  private static final int QUEUE = 2_048;
  private static final int BATCH = 512;
  private static final long LINGER_MILLIS = 1_000;
  private static final int ATTEMPTS = 3;
  private static final Duration LAST = Duration.ofSeconds(3);
  private static final double ALL = 0x1p56;
  private static final long RANDOM_BITS = (1L << 56) - 1;

  private static final Tracer OFF = new Tracer();
  private final String resource;

  /** A trace is sampled when its random bits reach it; 2^56 for never. */
  private final long threshold;

  private final String state;
  private final ArrayBlockingQueue<Finished> queue = new ArrayBlockingQueue<>(QUEUE);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final long epochNanos =
      TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();
  private final Thread sender;
  private final Counter sent;
  private final Counter dropped;

  /// Brings a request to where spans are taken.
  @FunctionalInterface
  public interface Post {
    /// @param json OTLP
    /// @throws OrielException when it was not taken
    void send(byte[] json) throws IOException, InterruptedException;
  }

  record Finished(ActiveSpan span, long endNanos) {}

  private Tracer() {
    PrometheusRegistry nowhere = new PrometheusRegistry();
    this.resource = "";
    this.threshold = 1L << 56;
    this.state = "";
    this.sent = sent(nowhere);
    this.dropped = dropped(nowhere);
    this.sender = Thread.ofVirtual().unstarted(() -> {});
  }

  private Tracer(String service, double ratio, Post post, PrometheusRegistry registry) {
    this.resource = service;
    this.threshold = Math.round((1 - ratio) * ALL);
    this.state = "ot=th:" + hex(threshold);
    this.sent = sent(registry);
    this.dropped = dropped(registry);
    this.sender = Thread.ofVirtual().name("oriel/trace/" + service).unstarted(() -> run(post));
  }

  private static Counter sent(PrometheusRegistry registry) {
    return Counter.builder()
        .name("oriel_tracing_spans_sent_total")
        .help("Spans of this role's own work that were taken.")
        .register(registry);
  }

  private static Counter dropped(PrometheusRegistry registry) {
    Counter counter =
        Counter.builder()
            .name("oriel_tracing_spans_dropped_total")
            .help("Spans of this role's own work that were not, by reason.")
            .labelNames("reason")
            .register(registry);
    counter.initLabelValues("queue_full");
    counter.initLabelValues("not_taken");
    return counter;
  }

  /// OpenTelemetry's notation: 14 digits without the zeros at their end.
  private static String hex(long threshold) {
    String digits = "%014x".formatted(threshold).replaceAll("0+$", "");
    return digits.isEmpty() ? "0" : digits;
  }

  /// One that records nothing, and hands on contexts that come in.
  public static Tracer off() {
    return OFF;
  }

  /// Starts one.
  ///
  /// @param service the resource attribute `service.name`
  /// @param ratio the share of traces that begin here and are recorded, above 0 and up to 1; what
  ///   began elsewhere was decided there
  public static Tracer start(String service, double ratio, Post post, PrometheusRegistry registry) {
    if (!(ratio > 0 && ratio <= 1)) {
      throw OrielException.invalid("tracing ratio: got " + ratio + ", want above 0 and up to 1");
    }
    Tracer tracer = new Tracer(service, ratio, post, registry);
    tracer.sender.start();
    return tracer;
  }

  /// Serves a request.
  ///
  /// @param name of the endpoint, with no values in it
  /// @param traceparent the header; empty for none
  /// @param tracestate the header; empty for none
  public <T, X extends Exception> T serve(
      String name, String traceparent, String tracestate, ActiveSpan.Work<T, X> work) throws X {
    return SpanContext.of(traceparent, tracestate)
        .map(
            from ->
                new ActiveSpan(
                    this, from.child(newSpanId()), from.span(), name, ActiveSpan.Kind.SERVER))
        .orElseGet(() -> root(name, ActiveSpan.Kind.SERVER))
        .during(work);
  }

  /// Does something of its own accord: the beginning of a trace, or a part of what is current.
  ///
  /// @param name of the work, with no values in it
  public <T, X extends Exception> T work(String name, ActiveSpan.Work<T, X> work) throws X {
    return inner(name).during(work);
  }

  /// As {@link #work}, for what throws several exceptions: the caller closes the span, on the same
  /// thread, and says itself when it failed.
  @MustBeClosed
  public ActiveSpan begin(String name) {
    return inner(name).enter();
  }

  private ActiveSpan inner(String name) {
    return ActiveSpan.current()
        .map(current -> current.child(name, ActiveSpan.Kind.INTERNAL))
        .orElseGet(() -> root(name, ActiveSpan.Kind.INTERNAL));
  }

  private ActiveSpan root(String name, ActiveSpan.Kind kind) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = random.nextLong();
    long low = random.nextLong() | 1;
    boolean sampled = (low & RANDOM_BITS) >= threshold;
    int flags = SpanContext.RANDOM | (sampled ? SpanContext.SAMPLED : 0);
    return new ActiveSpan(
        this, new SpanContext(high, low, newSpanId(), flags, sampled ? state : ""), 0, name, kind);
  }

  long newSpanId() {
    return ThreadLocalRandom.current().nextLong() | 1;
  }

  /// Unix nanoseconds.
  long now() {
    return epochNanos + System.nanoTime();
  }

  void end(ActiveSpan span) {
    boolean off = resource.isEmpty();
    if (!off && !queue.offer(new Finished(span, now()))) {
      dropped.labelValues("queue_full").inc();
    }
  }

  private void run(Post post) {
    try {
      while (true) {
        boolean last = closing.await(LINGER_MILLIS, TimeUnit.MILLISECONDS);
        List<Finished> batch = new ArrayList<>();
        while (queue.drainTo(batch, BATCH) > 0) {
          send(post, batch);
          batch.clear();
        }
        if (last) {
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(Post post, List<Finished> batch) throws InterruptedException {
    byte[] json = OtlpSpans.json(resource, batch);
    boolean taken = false;
    try {
      for (int attempt = 1; !taken && attempt <= ATTEMPTS; attempt++) {
        try {
          post.send(json);
          taken = true;
        } catch (IOException | OrielException e) {
          LOG.atDebug().addKeyValue("reason", e.getMessage()).log("own spans not taken");
          if (closing.await(LINGER_MILLIS, TimeUnit.MILLISECONDS)) {
            return;
          }
        }
      }
    } finally {
      (taken ? sent : dropped.labelValues("not_taken")).inc((double) batch.size());
    }
  }

  /// Sends what is there, for some seconds at most.
  @Override
  public void close() {
    closing.countDown();
    if (resource.isEmpty()) {
      return;
    }
    try {
      if (!sender.join(LAST)) {
        sender.interrupt();
        sender.join();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
