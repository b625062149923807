package io.oriel.logs.tail;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.logs.spool.Position;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the files of all inputs. Thread-safe.
///
/// One thread looks for files and for growth; a few platform threads read, file by file in turns,
/// one buffer full each, so that a file with much to say keeps no other one waiting. A file is read
/// by one thread at a time, so its lines stay in order.
///
/// Closing stops reading; what is not in the spool by then is read again after the next start.
public final class Tailer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Tailer.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final long REMOVED_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int BUFFER = 256 << 10;

  private final Setup setup;
  private final List<TailConfig> inputs;
  private final FileScan scan;
  private final KnownFiles known;
  private final TailMetrics metrics;
  private final List<Thread> threads = new ArrayList<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition tick = lock.newCondition();

  @GuardedBy("lock")
  private final Map<String, TailedFile> open = new LinkedHashMap<>();

  @GuardedBy("lock")
  private final Deque<TailedFile> ready = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean stopping;

  @GuardedBy("lock")
  private boolean scanWanted;

  @GuardedBy("lock")
  private long scansDone;

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
    this.setup = setup;
    this.inputs = setup.inputs();
    this.metrics = metrics;
    this.scan = new FileScan(inputs);
    this.known = new KnownFiles(setup);
  }

  /// Begins to look and to read.
  public static Tailer start(Setup setup, TailMetrics metrics) {
    Tailer tailer = new Tailer(setup, metrics);
    tailer.threads.add(
        Thread.ofVirtual().name("oriel/ship/tail/look").start(tailer::lookAgainAndAgain));
    for (int i = 0; i < setup.threads(); i++) {
      tailer.threads.add(
          Thread.ofPlatform().daemon(true).name("oriel/ship/tail/" + i).start(tailer::read));
    }
    return tailer;
  }

  /// Looks for files now and waits until that is done.
  public void lookNow() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      // a look that is under way began before this call, so the one after it counts
      long until = scansDone + 2;
      while (scansDone < until && !stopping) {
        scanWanted = true;
        tick.signalAll();
        work.await(10, TimeUnit.MILLISECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  private void lookAgainAndAgain() {
    long nextScan = setup.nanos().getAsLong();
    try {
      while (true) {
        boolean wanted;
        lock.lockInterruptibly();
        try {
          if (stopping) {
            return;
          }
          wanted = scanWanted;
          scanWanted = false;
        } finally {
          lock.unlock();
        }
        long now = setup.nanos().getAsLong();
        if (wanted || now - nextScan >= 0) {
          boolean all = scanOnce();
          Duration pause = all ? interval() : RETRY;
          nextScan = now + pause.toNanos();
        }
        pollOnce();
        lock.lockInterruptibly();
        try {
          if (!scanWanted && !stopping) {
            tick.awaitNanos(POLL.toNanos());
          }
        } finally {
          lock.unlock();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration interval() {
    return inputs.stream()
        .map(TailConfig::scanInterval)
        .min(Duration::compareTo)
        .orElse(Duration.ofSeconds(10));
  }

  /// @return false when a file could not be begun and should be tried soon
  private boolean scanOnce() {
    boolean all = true;
    try {
      Map<Path, FileScan.Found> found = scan.look();
      List<Sighting> sightings = found.values().stream().map(FileScan.Found::sighting).toList();
      FileMatching matching =
          new FileMatching(
              known.entries(openPositions()),
              TimeUnit.MILLISECONDS.toNanos(setup.clock().millis()));
      List<FileMatching.Verdict> verdicts = matching.judge(sightings);
      markMissing(matching.missing(), found);
      for (FileMatching.Verdict verdict : verdicts) {
        all &= apply(verdict, found);
      }
      known.sync();
    } catch (IOException | OrielException e) {
      metrics.errors.inc();
      LOG.atWarn().setCause(e).log("cannot look for log files, trying again");
      all = false;
    }
    metrics.scans.inc();
    lock.lock();
    try {
      scansDone++;
      work.signalAll();
    } finally {
      lock.unlock();
    }
    return all;
  }

  private List<Position> openPositions() {
    lock.lock();
    try {
      return open.values().stream().map(TailedFile::position).toList();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable TailedFile openFile(FileEntry entry) {
    lock.lock();
    try {
      return open.get(entry.id());
    } finally {
      lock.unlock();
    }
  }

  private void markMissing(List<FileEntry> missing, Map<Path, FileScan.Found> found)
      throws IOException {
    List<FileEntry> closed = new ArrayList<>();
    for (FileEntry entry : missing) {
      TailedFile file = openFile(entry);
      if (file == null) {
        closed.add(entry);
      } else {
        // a rename while the directory is listed hides a file from one look, not from two
        file.removed = file.missed;
        file.missed = true;
      }
    }
    known.forgetOld(closed, found.keySet());
  }

  private boolean apply(FileMatching.Verdict verdict, Map<Path, FileScan.Found> found)
      throws IOException {
    boolean stale =
        switch (verdict) {
          case FileMatching.Verdict.Known(FileEntry entry, _) -> !known.isCurrent(entry);
          case FileMatching.Verdict.Emptied(FileEntry entry, _) -> !known.isCurrent(entry);
          case FileMatching.Verdict.Rest(FileEntry entry, _) -> !known.isCurrent(entry);
          case FileMatching.Verdict.Copy _,
              FileMatching.Verdict.Unclear _,
              FileMatching.Verdict.Fresh _ ->
              false;
        };
    if (stale) {
      return false;
    }
    return switch (verdict) {
      case FileMatching.Verdict.Known same -> {
        FileEntry now = known.see(same.entry(), same.sighting());
        TailedFile file = openFile(now);
        if (file != null) {
          file.removed = false;
          file.missed = false;
          file.renamed = !same.sighting().path().toString().equals(file.entry.path());
          yield true;
        }
        boolean unread =
            now.state() != FileEntry.State.FINISHED
                && (same.sighting().compressed() || same.sighting().size() > now.offset());
        yield !unread || begin(now, same.sighting(), found, false);
      }
      case FileMatching.Verdict.Emptied emptied -> {
        TailedFile file = openFile(emptied.entry());
        if (file != null) {
          // it finds out by itself, by the bytes before its position
          wake(file);
          yield true;
        }
        yield begin(emptied.entry(), emptied.sighting(), found, true);
      }
      case FileMatching.Verdict.Copy _ -> true;
      case FileMatching.Verdict.Unclear _ -> false;
      case FileMatching.Verdict.Rest rest -> {
        if (openFile(rest.original()) != null) {
          yield true;
        }
        FileEntry now = known.takeOver(rest.original(), rest.sighting());
        yield now.state() == FileEntry.State.FINISHED || begin(now, rest.sighting(), found, false);
      }
      case FileMatching.Verdict.Fresh fresh ->
          isTooOld(fresh.sighting(), found)
              || begin(known.add(fresh.sighting()), fresh.sighting(), found, false);
    };
  }

  private static int input(Sighting sighting, Map<Path, FileScan.Found> found) {
    FileScan.Found one = found.get(sighting.path());
    return one == null ? 0 : one.input();
  }

  private boolean isTooOld(Sighting sighting, Map<Path, FileScan.Found> found) {
    Duration limit = inputs.get(input(sighting, found)).ignoreOlder();
    long ageMillis =
        setup.clock().millis() - TimeUnit.NANOSECONDS.toMillis(sighting.modifiedNanos());
    return limit.isPositive() && ageMillis > limit.toMillis();
  }

  /// @param doubtful the content does not begin as it did; unless the bytes before the position are
  ///   the same, the file begins anew
  /// @return false when it should be tried again soon
  private boolean begin(
      FileEntry entry, Sighting sighting, Map<Path, FileScan.Found> found, boolean doubtful)
      throws IOException {
    if (!makeRoom()) {
      return true;
    }
    int input = input(sighting, found);
    ByteSource source;
    try {
      source = ByteSource.open(sighting.path(), sighting.compressed());
    } catch (IOException e) {
      metrics.errors.inc();
      LOG.atDebug()
          .addKeyValue("file", sighting.path())
          .setCause(e)
          .log("cannot open a log file, trying again with the next look");
      return true;
    }
    try {
      if (!sighting.isStillThere()) {
        // rotated since it was looked at: what is open now may be another file
        source.close();
        return false;
      }
      FileEntry now = entry;
      if (doubtful && !TailedFile.isWhereItWas(source, entry)) {
        now = known.empty(entry, entry.emptied(sighting, setup.clock().millis()));
        metrics.emptied.inc();
      } else if (doubtful) {
        now = known.see(entry, sighting);
      }
      return opened(input, now, source, sighting.compressed());
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /// Takes over {@code source}.
  private boolean opened(int input, FileEntry entry, ByteSource source, boolean compressed)
      throws IOException {
    boolean complete = compressed || entry.state() == FileEntry.State.COPY;
    Optional<LineSink> sink =
        setup
            .sinks()
            .open(
                new OpenedFile(
                    input,
                    entry.key(),
                    entry.generation(),
                    entry.path(),
                    entry.device(),
                    entry.inode(),
                    entry.fingerprint(),
                    entry.note()));
    if (sink.isEmpty()) {
      source.close();
      return false;
    }
    TailedFile file =
        new TailedFile(
            new TailedFile.Parts(
                input,
                entry,
                complete,
                source,
                sink.get(),
                known::beginsWith,
                setup.nanos().getAsLong()),
            inputs.get(input),
            metrics);
    metrics.opened.inc();
    lock.lock();
    try {
      open.put(entry.id(), file);
      metrics.open.set(open.size());
      enqueue(file);
    } finally {
      lock.unlock();
    }
    return true;
  }

  /// Makes room for one more open file by closing the one that has been silent longest.
  private boolean makeRoom() throws IOException {
    TailedFile silent = null;
    lock.lock();
    try {
      if (open.size() < setup.maxOpenFiles()) {
        return true;
      }
      for (TailedFile file : open.values()) {
        boolean idle = !file.busy && !file.removed && !file.hasMore();
        if (idle && (silent == null || file.activeNanos - silent.activeNanos < 0)) {
          silent = file;
        }
      }
      if (silent == null) {
        return false;
      }
      silent.busy = true;
    } finally {
      lock.unlock();
    }
    close(silent, "limit");
    return true;
  }

  @GuardedBy("lock")
  private void enqueue(TailedFile file) {
    if (!file.busy) {
      file.busy = true;
      ready.add(file);
      work.signal();
    }
  }

  private void wake(TailedFile file) {
    lock.lock();
    try {
      enqueue(file);
    } finally {
      lock.unlock();
    }
  }

  /// Wakes files that grew, have something pending, or should be closed.
  private void pollOnce() {
    lock.lock();
    try {
      long now = setup.nanos().getAsLong();
      for (TailedFile file : open.values()) {
        if (!file.busy && (isDue(file) || reasonToClose(file, now).isPresent())) {
          enqueue(file);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private static boolean isDue(TailedFile file) {
    try {
      return file.hasMore();
    } catch (IOException _) {
      return true;
    }
  }

  private Optional<String> reasonToClose(TailedFile file, long now) {
    TailConfig.Closing closing = inputs.get(file.input).closing();
    long silent = now - file.activeNanos;
    if (file.removed && closing.removed() && silent > REMOVED_GRACE_NANOS) {
      return Optional.of("removed");
    }
    if (file.renamed && closing.renamed() && silent > REMOVED_GRACE_NANOS) {
      return Optional.of("renamed");
    }
    if (closing.inactive().isPositive() && silent > closing.inactive().toNanos()) {
      return Optional.of("inactive");
    }
    boolean openLong =
        closing.afterInterval().isPositive()
            && now - file.openedNanos > closing.afterInterval().toNanos();
    return openLong ? Optional.of("interval") : Optional.empty();
  }

  private void read() {
    byte[] buffer = new byte[BUFFER];
    try {
      for (TailedFile file = next(); file != null; file = next()) {
        step(file, buffer);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable TailedFile next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (ready.isEmpty() && !stopping) {
        work.await();
      }
      return stopping ? null : ready.poll();
    } finally {
      lock.unlock();
    }
  }

  /// The loop's body: whatever goes wrong with one file is counted and costs that file a pause.
  private void step(TailedFile file, byte[] buffer) throws InterruptedException {
    try {
      switch (file.step(buffer, setup.nanos().getAsLong())) {
        case MORE -> atMore(file);
        case END -> atEnd(file, buffer);
        case COMPLETE -> {
          // finished is for ever, so its last lines must be safe first
          file.sync();
          known.finish(file.entry);
          close(file, "complete");
        }
        case EMPTIED -> {
          if (file.complete) {
            // a copy that is another one's by now: the rest may turn up elsewhere
            known.remains(file.entry);
            close(file, "replaced");
          } else {
            empty(file);
          }
        }
      }
    } catch (IOException | OrielException e) {
      metrics.errors.inc();
      LOG.atWarn()
          .addKeyValue("file", file.entry.path())
          .setCause(e)
          .log("cannot read a log file, closing it and trying again with the next look");
      closeQuietly(file);
    }
  }

  private void atMore(TailedFile file) throws IOException {
    Optional<String> reason = reasonToClose(file, setup.nanos().getAsLong());
    if (reason.isPresent() && reason.get().equals("interval")) {
      close(file, reason.get());
      return;
    }
    lock.lock();
    try {
      file.busy = false;
      enqueue(file);
    } finally {
      lock.unlock();
    }
  }

  private void atEnd(TailedFile file, byte[] buffer) throws IOException, InterruptedException {
    Optional<String> reason = reasonToClose(file, setup.nanos().getAsLong());
    if (reason.isEmpty() && inputs.get(file.input).closing().eof()) {
      reason = Optional.of("eof");
    }
    if (reason.isPresent()) {
      if (reason.get().equals("removed")) {
        file.finish(buffer);
      }
      close(file, reason.get());
      return;
    }
    lock.lock();
    try {
      file.busy = false;
    } finally {
      lock.unlock();
    }
  }

  /// What was read of the old content is passed on, and the file goes on in a new generation.
  private void empty(TailedFile file) throws IOException, InterruptedException {
    file.flush();
    metrics.emptied.inc();
    known.handed(file.position());
    byte[] head = file.head();
    FileEntry next = known.nextGeneration(file.entry, Fingerprint.of(head, head.length));
    ByteSource source = file.release();
    lock.lock();
    try {
      open.remove(file.entry.id());
    } finally {
      lock.unlock();
    }
    LOG.atInfo()
        .addKeyValue("file", file.entry.path())
        .addKeyValue("generation", next.generation())
        .log("log file was emptied, reading it from its beginning");
    if (!opened(file.input, next, source, false)) {
      metrics.open.set(openCount());
    }
  }

  private int openCount() {
    lock.lock();
    try {
      return open.size();
    } finally {
      lock.unlock();
    }
  }

  private void close(TailedFile file, String reason) throws IOException {
    known.handed(file.position());
    lock.lock();
    try {
      open.remove(file.entry.id());
      metrics.open.set(open.size());
    } finally {
      lock.unlock();
    }
    metrics.closed.labelValues(reason).inc();
    file.close();
  }

  private void closeQuietly(TailedFile file) {
    try {
      close(file, "error");
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("cannot close a log file");
    }
  }

  /// How many bytes each open file is ahead of what was read of it and passed on.
  public Map<String, Long> behind() {
    Map<String, Long> behind = new HashMap<>();
    lock.lock();
    try {
      for (TailedFile file : open.values()) {
        behind.merge(file.entry.path(), file.behind(), Long::sum);
      }
    } finally {
      lock.unlock();
    }
    return behind;
  }

  /// Stops looking and reading, and closes the files.
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      stopping = true;
      work.signalAll();
      tick.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      interrupted |= end(thread);
    }
    List<TailedFile> files;
    lock.lock();
    try {
      files = new ArrayList<>(open.values());
    } finally {
      lock.unlock();
    }
    for (TailedFile file : files) {
      close(file, "stop");
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Gives the thread a moment to end its step by itself: an interrupt would close its file.
  private static boolean end(Thread thread) {
    try {
      if (!thread.join(Duration.ofMillis(500))) {
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
