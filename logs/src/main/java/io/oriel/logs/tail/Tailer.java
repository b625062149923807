package io.oriel.logs.tail;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Reads the files of all inputs. Thread-safe.
///
/// One thread looks for files and for growth ({@link FileLooking}); a few platform threads read
/// ({@link FileReading}), file by file in turns, one buffer full each, so that a file with much to
/// say keeps no other one waiting. A file is read by one thread at a time, so its lines stay in
/// order.
///
/// Closing stops reading; what is not in the spool by then is read again after the next start.
public final class Tailer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final OpenFiles open;
  private final Opener opener;
  private final FileLooking looking;
  private final List<Thread> threads = new ArrayList<>();

  /// What reading needs.
  ///
  /// @param maxOpenFiles the rest wait until one is closed
  /// @param keepRemoved how long a file is remembered that is gone, for a copy that may turn up
  /// @param random makes keys; must differ between any two processes
  /// @param nanos elapsed time
  public record Setup(
      List<TailConfig> inputs,
      Registry registry,
      LineSink.Factory sinks,
      int threads,
      int maxOpenFiles,
      Duration keepRemoved,
      InstantSource clock,
      LongSupplier nanos,
      RandomGenerator random) {
    public Setup {
      inputs = List.copyOf(inputs);
    }
  }

  private Tailer(Setup setup, TailMetrics metrics) {
    KnownFiles known = new KnownFiles(setup);
    open = new OpenFiles(setup.maxOpenFiles(), metrics.open);
    opener = new Opener(setup, known, open, metrics);
    looking = new FileLooking(setup, known, open, opener, metrics);
    threads.add(Thread.ofVirtual().name("oriel/ship/tail/look").unstarted(looking));
    for (int i = 0; i < setup.threads(); i++) {
      threads.add(
          Thread.ofPlatform()
              .daemon(true)
              .name("oriel/ship/tail/" + i)
              .unstarted(new FileReading(setup, known, open, opener, metrics)));
    }
  }

  /// Begins to look and to read.
  public static Tailer start(Setup setup, TailMetrics metrics) {
    Tailer tailer = new Tailer(setup, metrics);
    tailer.threads.forEach(Thread::start);
    return tailer;
  }

  /// Looks for files now and waits until that is done.
  public void lookNow() throws InterruptedException {
    looking.lookNow();
  }

  /// How many bytes each open file is ahead of what was read of it and passed on.
  public Map<String, Long> behind() {
    return open.behind();
  }

  /// Stops looking and reading, and closes the files.
  @Override
  public void close() throws IOException {
    looking.end();
    open.end();
    boolean interrupted = false;
    for (Thread thread : threads) {
      interrupted |= end(thread);
    }
    for (TailedFile file : open.all()) {
      opener.close(file, CloseReason.STOP);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Gives the thread a moment to end its step by itself: an interrupt would close its file.
  private static boolean end(Thread thread) {
    try {
      if (!thread.join(PATIENCE)) {
        thread.interrupt();
        thread.join();
      }
      return false;
    } catch (InterruptedException _) {
      thread.interrupt();
      return true;
    }
  }
}
