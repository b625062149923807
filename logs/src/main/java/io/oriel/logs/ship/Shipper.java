package io.oriel.logs.ship;

import io.oriel.disk.DirectoryLock;
import io.oriel.disk.Disk;
import io.oriel.logs.deliver.DeadLetters;
import io.oriel.logs.deliver.DeliverMetrics;
import io.oriel.logs.deliver.Deliverer;
import io.oriel.logs.enrich.PodDirectory;
import io.oriel.logs.parse.ParseMetrics;
import io.oriel.logs.spool.Spool;
import io.oriel.logs.tail.Registry;
import io.oriel.logs.tail.TailMetrics;
import io.oriel.logs.tail.Tailer;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.trace.Tracer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ships logs. Thread-safe.
///
/// Closing: reading stops, what was read is synced, delivery goes on until the spool is empty or
/// the configured time is over; what is left is delivered after the next start.
public final class Shipper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);
  private static final Duration IDLE = Duration.ofSeconds(1);

  /** Between two syncs, so that chunks of many files share one. */
  private static final long GATHER_MILLIS = 5;

  private static final long SAVE_NANOS = Duration.ofSeconds(2).toNanos();

  private final ShipConfig config;
  private final With with;
  private final Closer closer;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch stopSync = new CountDownLatch(1);
  private final TailMetrics tailing;
  private final ParseMetrics parsing;
  private final DeliverMetrics delivering;
  private final ShipMetrics metrics;
  private final Registry registry;
  private final Spool spool;
  private final Tailer tailer;
  private final long foundEvents;

  /// What a shipper is given.
  ///
  /// @param client for the engine; stays the caller's
  /// @param pods empty when nobody asks about pods; stays the caller's
  /// @param nanos elapsed time
  /// @param random must differ between any two processes: file keys are made with it
  /// @param tracer records deliveries; stays the caller's
  public record With(
      Disk disk,
      HttpClient client,
      Optional<PodDirectory> pods,
      PrometheusRegistry telemetry,
      Host host,
      InstantSource clock,
      LongSupplier nanos,
      RandomGenerator random,
      Tracer tracer) {
    /// Without traces of its own.
    public With(
        Disk disk,
        HttpClient client,
        Optional<PodDirectory> pods,
        PrometheusRegistry telemetry,
        Host host,
        InstantSource clock,
        LongSupplier nanos,
        RandomGenerator random) {
      this(disk, client, pods, telemetry, host, clock, nanos, random, Tracer.off());
    }
  }

  /// Where it runs.
  ///
  /// @param name of the machine
  /// @param agentName of the shipper; the machine's by default
  public record Host(String name, String agentName, String version) {}

  private Shipper(ShipConfig config, With with, Closer closer) throws IOException {
    this.config = config;
    this.with = with;
    this.closer = closer;
    this.tailing = new TailMetrics(with.telemetry());
    this.parsing = new ParseMetrics(with.telemetry());
    this.delivering = new DeliverMetrics(with.telemetry());
    this.metrics = new ShipMetrics(with.telemetry());
    Disk disk = with.disk();
    Path data = config.data();
    closer.push(DirectoryLock.acquire(data));
    registry = closer.push(Registry.open(disk, data.resolve("registry")));
    spool =
        closer.push(
            Spool.open(
                disk, data.resolve("spool"), config.spool(), with.clock(), new Durable(registry)));
    foundEvents = spool.fill().events();
    metrics.eventsSpooled.inc(foundEvents);
    DeadLetters deadLetters =
        closer.push(
            new DeadLetters(
                disk, data.resolve("dead-letters"), config.deadLetterBytes(), with.clock()));
    closer.push(
        Deliverer.start(
            new Deliverer.Parts(
                spool,
                config.delivery(),
                with.client(),
                deadLetters,
                with.clock(),
                with.nanos(),
                with.random(),
                with.tracer()),
            delivering));
    Thread syncing =
        Thread.ofVirtual().name("oriel/ship/spool/sync").start(this::syncAgainAndAgain);
    closer.push(
        () -> {
          stopSync.countDown();
          syncing.join();
        });
    tailer = startTailing(data);
    closer.push(this::drain);
    metrics.watch(with.telemetry(), this);
  }

  private Tailer startTailing(Path data) throws IOException {
    Map<String, Object> agent =
        Agent.fields(with.disk(), data, with.random(), with.clock().instant(), with.host());
    FilePipeline.Shared shared =
        new FilePipeline.Shared(
            spool, parsing, metrics, with.clock(), with.nanos(), registry::note, stopping);
    Sinks sinks = new Sinks(config, agent, with.pods(), shared);
    for (JournalConfig journal : config.journals()) {
      closer.push(
          JournalTail.start(
              journal,
              with.disk(),
              data.resolve("journal"),
              shared,
              sinks.journal(journal),
              IndexName.of(config.index())));
    }
    return Tailer.start(
        new Tailer.Setup(
            config.inputs().stream().map(ShipInput::tail).toList(),
            registry,
            sinks,
            config.running().readers(),
            config.running().maxOpenFiles(),
            config.running().keepRemoved(),
            with.clock(),
            with.nanos(),
            with.random()),
        tailing);
  }

  /// Starts to ship.
  ///
  /// @throws OrielException of kind CONFLICT when somebody else uses the data directory, of kind
  ///   CORRUPT when what is in it cannot be read
  /// @throws IOException when the directory cannot be used
  public static Shipper start(ShipConfig config, With with) throws IOException {
    Closer closer = new Closer();
    try {
      return new Shipper(config, with, closer);
    } catch (IOException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  private void syncAgainAndAgain() {
    long saved = with.nanos().getAsLong();
    try {
      while (stopSync.getCount() > 0) {
        try {
          if (spool.awaitUnsynced(IDLE)) {
            spool.sync();
          }
          if (with.nanos().getAsLong() - saved > SAVE_NANOS) {
            saved = with.nanos().getAsLong();
            registry.sync();
            spool.saveAcknowledged();
          }
          stopSync.await(GATHER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (IOException e) {
          LOG.atError().setCause(e).log("cannot sync the spool, trying again");
          stopSync.await(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void drain() throws IOException, InterruptedException {
    stopping.countDown();
    tailer.close();
    spool.sync();
    if (!spool.awaitEmpty(config.running().drain())) {
      LOG.atInfo()
          .addKeyValue("events", spool.fill().events())
          .log("stopping with events in the spool, they are delivered after the next start");
    }
  }

  /// Looks for files now and waits until that is done.
  public void lookNow() throws InterruptedException {
    tailer.lookNow();
  }

  /// What is in the spool.
  public Spool.Fill fill() {
    return spool.fill();
  }

  /// Age of the oldest event that is not acknowledged; zero when there is none.
  double oldestAgeSeconds() {
    long oldest = spool.fill().oldestMillis();
    return oldest == 0 ? 0 : Math.max(0, with.clock().millis() - oldest) / 1000.0;
  }

  /// How many bytes of each open file are not in the spool yet, by path.
  public Map<String, Long> behind() {
    return new LinkedHashMap<>(tailer.behind());
  }

  /// Where every line and event is now.
  public Accounting accounting() {
    return new Accounting(
        tailing.linesRead() + (long) metrics.journalEntries.get(),
        parsing.linesDropped(),
        metrics.held.sum(),
        (long) metrics.linesSpooled.get(),
        (long) metrics.eventsSpooled.get(),
        delivering.acknowledged(),
        delivering.dead(),
        spool.fill().events());
  }

  /// What every file is known as.
  public List<io.oriel.logs.tail.FileEntry> files() {
    return registry.entries();
  }

  @Override
  public void close() {
    closer.close();
  }
}
