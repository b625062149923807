package io.oriel.logs.deliver;

import io.oriel.logs.spool.Spool;
import io.oriel.logs.spool.SpooledChunk;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.retry.Backoff;
import io.oriel.runtime.trace.Tracer;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends what is in the spool, without end. Thread-safe.
///
/// Nothing is given up but what the engine says it will never take; everything else is tried again,
/// with growing pauses, for as long as it takes. Closing stops sending; what is not acknowledged is
/// sent again after the next start.
public final class Deliverer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);
  private static final Duration READ = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Parts parts;
  private final List<Worker> workers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch stopping = new CountDownLatch(1);

  /// What delivery needs.
  ///
  /// @param nanos elapsed time
  /// @param tracer records requests
  public record Parts(
      Spool spool,
      DeliverConfig config,
      HttpClient client,
      DeadLetters deadLetters,
      InstantSource clock,
      LongSupplier nanos,
      RandomGenerator random,
      Tracer tracer) {}

  private Deliverer(Parts parts) {
    this.parts = parts;
  }

  /// Begins to send.
  public static Deliverer start(Parts parts, DeliverMetrics metrics) {
    Deliverer deliverer = new Deliverer(parts);
    DeliverConfig config = parts.config();
    Hosts hosts = new Hosts(config, parts.nanos());
    for (int i = 0; i < config.workers(); i++) {
      Worker worker = new Worker(parts, hosts, metrics, deliverer.stopping);
      deliverer.workers.add(worker);
      deliverer.threads.add(Thread.ofVirtual().name("oriel/ship/deliver/" + i).start(worker::run));
    }
    deliverer.threads.add(
        Thread.ofVirtual().name("oriel/ship/deliver/read").start(deliverer::read));
    return deliverer;
  }

  private void read() {
    Backoff backoff = new Backoff(PAUSE, Duration.ofSeconds(30), parts.random());
    try {
      while (stopping.getCount() > 0) {
        try {
          SpooledChunk chunk = parts.spool().read(READ).orElse(null);
          if (chunk != null) {
            int worker = Math.floorMod(chunk.position().source().hashCode(), workers.size());
            workers.get(worker).take(chunk);
          }
          backoff.reset();
        } catch (IOException | OrielException e) {
          LOG.atError().setCause(e).log("cannot read the spool, trying again");
          if (stopping.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stopping.countDown();
    for (Thread thread : threads) {
      thread.interrupt();
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    workers.forEach(Worker::close);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
