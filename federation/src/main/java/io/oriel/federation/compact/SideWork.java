package io.oriel.federation.compact;

import io.oriel.federation.bucket.Pause;
import io.oriel.model.error.OrielException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does small things every so often while something large goes on, so that a merge of hours delays
/// neither deletions nor the numbers that people watch. Closing it waits for what is under way.
final class SideWork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SideWork.class);

  private final Pause pause;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  /// What is done.
  record Chores(Runnable cleanup, Runnable progress) {}

  SideWork(CompactorConfig.Pace pace, Pause pause, Chores chores) {
    this.pause = pause;
    every("cleanup", pace.cleanupInterval(), chores.cleanup());
    every("progress", pace.progressInterval(), chores.progress());
  }

  private void every(String name, Duration interval, Runnable chore) {
    if (interval.isPositive()) {
      threads.add(
          Thread.ofVirtual().name("oriel/compact/" + name).start(() -> repeat(interval, chore)));
    }
  }

  private void repeat(Duration interval, Runnable chore) {
    try {
      while (!closed) {
        pause.of(interval);
        attempt(chore);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void attempt(Runnable chore) {
    try {
      chore.run();
    } catch (OrielException e) {
      if (!closed) {
        LOG.atWarn().setCause(e).log("work beside merges failed; trying again");
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    boolean interrupted = false;
    for (Thread thread : threads) {
      interrupted |= !joined(thread);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean joined(Thread thread) {
    try {
      thread.join();
      return true;
    } catch (InterruptedException _) {
      return false;
    }
  }
}
