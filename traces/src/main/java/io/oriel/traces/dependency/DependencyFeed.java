package io.oriel.traces.dependency;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.Span;
import io.oriel.traces.receive.SpanTap;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts dependencies of the spans that come by and writes them now and then, on a thread of its
/// own. Thread-safe.
public final class DependencyFeed implements SpanTap, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DependencyFeed.class);

  /** A span waits this many intervals for its parent. */
  private static final int KEPT = 5;

  private static final Duration LAST_WRITE = Duration.ofSeconds(5);

  private final DependencyTracker tracker;
  private final DependencyWriter writer;
  private final Duration interval;
  private final CountDownLatch prepared;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Counter written;
  private final Counter failures;
  private final Thread thread;

  private DependencyFeed(
      DependencyTracker tracker,
      DependencyWriter writer,
      Duration interval,
      CountDownLatch prepared,
      PrometheusRegistry registry) {
    this.tracker = tracker;
    this.writer = writer;
    this.interval = interval;
    this.prepared = prepared;
    this.written =
        Counter.builder()
            .name("oriel_collector_dependency_calls_total")
            .help("Calls between services that were written.")
            .register(registry);
    this.failures =
        Counter.builder()
            .name("oriel_collector_dependency_write_failures_total")
            .help("Writes that failed: unavailable ones are tried again, refused ones are lost.")
            .labelNames("reason")
            .register(registry);
    failures.initLabelValues("unavailable");
    failures.initLabelValues("refused");
    CounterWithCallback.builder()
        .name("oriel_collector_dependency_unmatched_total")
        .help("Spans whose parent did not come in time, so that their call is in no count.")
        .callback(callback -> callback.call((double) tracker.unmatched()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("oriel_collector_dependency_spans")
        .help("Spans remembered to find parents and children.")
        .callback(callback -> callback.call((double) tracker.remembered()))
        .register(registry);
    this.thread = Thread.ofVirtual().name("oriel/collect/dependencies").unstarted(this::run);
  }

  /// Starts it.
  ///
  /// @param tracker the feed's own from now on
  /// @param writer of the same tracker, the feed's own too
  /// @param interval between writes
  /// @param prepared opens when the engine has its templates: an index made before has fields of
  ///   other types
  public static DependencyFeed start(
      DependencyTracker tracker,
      DependencyWriter writer,
      Duration interval,
      CountDownLatch prepared,
      PrometheusRegistry registry) {
    DependencyFeed feed = new DependencyFeed(tracker, writer, interval, prepared, registry);
    feed.thread.start();
    return feed;
  }

  @Override
  public void see(List<Span> spans) {
    spans.forEach(tracker::add);
  }

  private void run() {
    try {
      while (!closing.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        tracker.grow(KEPT);
        write();
      }
      tracker.forgetAll();
      if (write()) {
        boolean _ = write();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean write() throws InterruptedException {
    try {
      if (prepared.getCount() > 0) {
        throw new OrielException(Kind.UNAVAILABLE, "the engine has no templates for them yet");
      }
      written.inc((double) writer.write());
      return true;
    } catch (OrielException e) {
      failures.labelValues(e.kind() == Kind.INVALID ? "refused" : "unavailable").inc();
      LOG.atWarn().addKeyValue("reason", e.reason()).log("dependencies not written");
      return false;
    }
  }

  /// Stops after a last write, which waits for the engine some seconds at most.
  @Override
  public void close() {
    closing.countDown();
    try {
      if (!thread.join(LAST_WRITE)) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
