package io.oriel.app.role.compact;

import io.oriel.app.process.Buckets;
import io.oriel.app.process.RolePage;
import io.oriel.app.process.SelfTracing;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.BlockFetcher;
import io.oriel.federation.block.FetcherMetrics;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.compact.BucketCompactor;
import io.oriel.federation.compact.BucketCompactor.Task;
import io.oriel.federation.compact.BucketLease;
import io.oriel.federation.compact.CompactorConfig;
import io.oriel.federation.compact.CompactorMetrics;
import io.oriel.federation.compact.CompactorParts;
import io.oriel.federation.compact.CompactorReport;
import io.oriel.federation.dedup.Deduplication;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import io.oriel.runtime.trace.ActiveSpan;
import io.oriel.runtime.trace.Tracer;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a bucket: merges, downsamples, expires and deletes blocks, again and again or once.
/// Thread-safe.
///
/// Any number may run on one bucket; one of them works, the others wait for its lease. A run that
/// fails is counted, told of and tried again; nothing halts.
///
/// Stopping: the run under way is cut short, which leaves the bucket valid; then the lease is given
/// back, then the bucket is closed.
public final class CompactRole implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CompactRole.class);
  private static final Duration LEASE = Duration.ofMinutes(5);

  private final Closer closer;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Options options;
  private final BucketCompactor compactor;
  private final Tracer tracer;
  private final HttpServer http;
  private final Counter failedRuns;
  private final Gauge lastSuccess;

  /** Whether the last run did all there was to do; written by the working thread. */
  private volatile boolean done;

  /// How a compactor is run.
  ///
  /// @param data a directory of its own
  /// @param compaction whose scratch directory lies below {@code data}
  /// @param merge of overlapping blocks
  /// @param metaReads how many `meta.json` are read at once
  public record Options(
      HttpServerConfig http,
      BucketConfig bucket,
      Path data,
      CompactorConfig compaction,
      Deduplication merge,
      int metaReads,
      Repeat repeat) {
    /// Thanos' defaults, for ever.
    public static Options standard(HttpServerConfig http, BucketConfig bucket, Path data) {
      return new Options(
          http,
          bucket,
          data,
          CompactorConfig.standard(scratch(data)),
          Deduplication.CHAIN,
          32,
          Repeat.every(Duration.ofMinutes(5), Duration.ofMinutes(5)));
    }

    /// Where blocks are worked on.
    static Path scratch(Path data) {
      return data.resolve("compact");
    }
  }

  /// When the compactor runs.
  ///
  /// @param forEver whether there is a next run at all
  /// @param interval from the end of a run to the next
  /// @param cleanupInterval from a deletion of what was marked long enough ago to the next, also
  ///   between runs; zero for only in runs
  public record Repeat(boolean forEver, Duration interval, Duration cleanupInterval) {
    /// One run.
    public static Repeat once() {
      return new Repeat(false, Duration.ZERO, Duration.ZERO);
    }

    public static Repeat every(Duration interval, Duration cleanupInterval) {
      return new Repeat(true, interval, cleanupInterval);
    }
  }

  private CompactRole(Options options, SelfTracing tracing, String version, Closer closer)
      throws IOException {
    this.closer = closer;
    this.options = options;
    Telemetry telemetry = new Telemetry("thanos_build_info", version);
    PrometheusRegistry registry = telemetry.registry();
    failedRuns =
        Counter.builder()
            .name("oriel_compact_failed_runs_total")
            .help("Runs that could not do all there was to do.")
            .register(registry);
    lastSuccess =
        Gauge.builder()
            .name("oriel_compact_last_done_timestamp_seconds")
            .help("When a run last did all there was to do, Unix seconds.")
            .register(registry);
    tracer = tracing.start("oriel-compact", registry, closer);
    Files.createDirectories(options.data());
    Bucket bucket = closer.push(Buckets.open(options.bucket(), registry));
    compactor = new BucketCompactor(options.compaction(), parts(bucket, registry));
    Routes routes = new Routes();
    routes.get("/", _ -> RolePage.answer("compact", version));
    routes.get("/metrics", telemetry::expose);
    routes.get("/-/healthy", _ -> HttpAnswer.text(200, "OK\n"));
    routes.get("/-/ready", _ -> HttpAnswer.text(200, "OK\n"));
    http =
        closer.push(
            HttpServer.start(options.http(), routes, new HttpServerMetrics("thanos", registry)));
    Thread worker = Thread.ofPlatform().name("oriel/compact/run").daemon(true).start(this::run);
    closer.push(
        () -> {
          closing.countDown();
          worker.interrupt();
          worker.join();
        });
  }

  /// Starts the role; when this returns, HTTP is served and the first run has begun.
  ///
  /// @throws OrielException when the address is taken or the bucket cannot be used
  /// @throws IOException when the data directory cannot be made
  public static CompactRole start(Options options, String version) throws IOException {
    return start(options, SelfTracing.off(), version);
  }

  /// The same, with each run as a trace.
  public static CompactRole start(Options options, SelfTracing tracing, String version)
      throws IOException {
    Closer closer = new Closer();
    try {
      return new CompactRole(options, tracing, version, closer);
    } catch (IOException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  private CompactorParts parts(Bucket bucket, PrometheusRegistry registry) {
    FileDisk disk = new FileDisk();
    return new CompactorParts(
        disk,
        bucket,
        new BlockFetcher(
            bucket,
            disk,
            Optional.of(options.data().resolve("meta-syncer")),
            options.metaReads(),
            new FetcherMetrics(registry),
            System::nanoTime),
        options.merge(),
        InstantSource.system(),
        System::nanoTime,
        Thread::sleep,
        new Random(),
        new CompactorMetrics(registry),
        new BucketLease.Terms("compactor", "role-" + UUID.randomUUID(), LEASE));
  }

  private void run() {
    try {
      do {
        done = attempt(EnumSet.allOf(Task.class));
      } while (options.repeat().forEver() && waits());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      ended.countDown();
    }
  }

  /// Waits for the next run, cleaning up in between.
  ///
  /// @return whether there is a next run
  private boolean waits() throws InterruptedException {
    Repeat repeat = options.repeat();
    long until = System.nanoTime() + repeat.interval().toNanos();
    long left = until - System.nanoTime();
    while (left > 0) {
      boolean cleans =
          repeat.cleanupInterval().isPositive() && repeat.cleanupInterval().toNanos() < left;
      if (closing.await(cleans ? repeat.cleanupInterval().toNanos() : left, TimeUnit.NANOSECONDS)) {
        return false;
      }
      if (cleans) {
        attempt(EnumSet.of(Task.CLEANUP));
      }
      left = until - System.nanoTime();
    }
    return true;
  }

  private boolean attempt(Set<Task> tasks) throws InterruptedException {
    try {
      CompactorReport report = traced(tasks);
      tell(report);
      if (report.isDone()) {
        lastSuccess.set(InstantSource.system().millis() / 1000.0);
      } else if (report.worked()) {
        failedRuns.inc();
      }
      return report.isDone();
    } catch (IOException | OrielException e) {
      if (closing.getCount() > 0) {
        failedRuns.inc();
        LOG.atError()
            .setCause(e)
            .log("a run was cut short; the bucket is as it was between two changes");
      }
      return false;
    }
  }

  private CompactorReport traced(Set<Task> tasks) throws IOException, InterruptedException {
    try (ActiveSpan span = tracer.begin("compaction")) {
      CompactorReport report;
      try {
        report = compactor.runOnce(tasks);
      } catch (IOException | OrielException e) {
        span.fail(String.valueOf(e.getMessage()));
        throw e;
      }
      span.set("merges", String.valueOf(report.compactions()));
      span.set("downsampled", String.valueOf(report.downsamples()));
      span.set("deleted", String.valueOf(report.deleted()));
      if (!report.failures().isEmpty()) {
        span.fail(report.failures().size() + " streams or blocks failed");
      }
      return report;
    }
  }

  private static void tell(CompactorReport report) {
    if (!report.worked()) {
      LOG.atInfo().log("another compactor is at work on this bucket");
      return;
    }
    LOG.atInfo()
        .addKeyValue("merges", report.compactions())
        .addKeyValue("downsampled", report.downsamples())
        .addKeyValue("marked", report.marked())
        .addKeyValue("set_aside", report.setAside())
        .addKeyValue("deleted", report.deleted())
        .addKeyValue("failures", report.failures().size())
        .log("run is over");
  }

  /// Where HTTP is served.
  public int port() {
    return http.port();
  }

  /// Waits until the role is closed, or, when it runs once, until that is over.
  ///
  /// @return whether the last run did all there was to do
  public boolean await() throws InterruptedException {
    ended.await();
    return done;
  }

  @Override
  public void close() {
    closer.close();
  }
}
