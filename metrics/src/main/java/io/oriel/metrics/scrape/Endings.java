package io.oriel.metrics.scrape;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What waits to mark the series of targets that are gone as ended. Thread-safe.
///
/// A target may come back, with another config or after a hiccup of its discovery, and a process
/// that stops goes on where it was when it is started again. So nothing is marked at once, and what
/// still waits at {@link #close} never is.
final class Endings implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Endings.class);

  /// Waits, then marks.
  interface Ending {
    void run() throws InterruptedException;
  }

  private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /// Runs {@code ending} beside the caller.
  ///
  /// @param name whose it is
  void begin(String name, Ending ending) {
    Thread thread =
        Thread.ofVirtual()
            .name("oriel/metrics/scrape/" + name + "/end")
            .unstarted(() -> run(ending));
    waiting.add(thread);
    thread.start();
  }

  private void run(Ending ending) {
    try {
      if (!closed) {
        ending.run();
      }
    } catch (InterruptedException _) {
      LOG.atDebug().log("stopping before a target's series were marked as ended");
    } finally {
      waiting.remove(Thread.currentThread());
    }
  }

  /// Gives up all that waits, and returns when what was being marked is.
  @Override
  public void close() {
    closed = true;
    try {
      for (Thread thread : waiting) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
