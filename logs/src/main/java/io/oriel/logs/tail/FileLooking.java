package io.oriel.logs.tail;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the looking thread does: looks for files, has those begun that should be read, and wakes
/// open ones that grew, have something pending, or should be closed.
final class FileLooking implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(FileLooking.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Tailer.Setup setup;
  private final FileScan scan;
  private final KnownFiles known;
  private final OpenFiles open;
  private final Opener opener;
  private final TailMetrics metrics;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wanted = lock.newCondition();
  private final Condition done = lock.newCondition();

  @GuardedBy("lock")
  private boolean stopping;

  @GuardedBy("lock")
  private boolean scanWanted;

  @GuardedBy("lock")
  private long scansDone;

  FileLooking(
      Tailer.Setup setup, KnownFiles known, OpenFiles open, Opener opener, TailMetrics metrics) {
    this.setup = setup;
    this.scan = new FileScan(setup.inputs());
    this.known = known;
    this.open = open;
    this.opener = opener;
    this.metrics = metrics;
  }

  @Override
  public void run() {
    long nextScan = setup.nanos().getAsLong();
    try {
      while (!isStopping()) {
        long now = setup.nanos().getAsLong();
        if (isScanWanted() || now - nextScan >= 0) {
          boolean all = scanOnce();
          Duration pause = all ? interval() : RETRY;
          nextScan = now + pause.toNanos();
        }
        long polled = setup.nanos().getAsLong();
        open.wake(file -> isDue(file, polled));
        pause();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isStopping() {
    lock.lock();
    try {
      return stopping;
    } finally {
      lock.unlock();
    }
  }

  private boolean isScanWanted() {
    lock.lock();
    try {
      boolean was = scanWanted;
      scanWanted = false;
      return was;
    } finally {
      lock.unlock();
    }
  }

  private void pause() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = POLL.toNanos();
      while (!scanWanted && !stopping && left > 0) {
        left = wanted.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Looks for files now and waits until that is done.
  void lookNow() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      // a look that is under way began before this call, so the one after it counts
      long until = scansDone + 2;
      while (scansDone < until && !stopping) {
        scanWanted = true;
        wanted.signalAll();
        done.await(10, TimeUnit.MILLISECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends the thread's loop.
  void end() {
    lock.lock();
    try {
      stopping = true;
      wanted.signalAll();
      done.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Duration interval() {
    return setup.inputs().stream()
        .map(TailConfig::scanInterval)
        .min(Duration::compareTo)
        .orElse(Duration.ofSeconds(10));
  }

  private boolean isDue(TailedFile file, long now) {
    try {
      return file.hasMore()
          || CloseReason.of(file, setup.inputs().get(file.input).closing(), now).isPresent();
    } catch (IOException _) {
      return true;
    }
  }

  /// @return false when a file could not be begun and should be tried soon
  private boolean scanOnce() {
    boolean all = true;
    try {
      Map<Path, FileScan.Found> found = scan.look();
      List<FileEntry> entries = known.entries(open.positions());
      FileMatching matching =
          new FileMatching(
              entries, open.pinned(entries), TimeUnit.MILLISECONDS.toNanos(setup.clock().millis()));
      List<FileMatching.Verdict> verdicts =
          matching.judge(found.values().stream().map(FileScan.Found::sighting).toList());
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
      done.signalAll();
    } finally {
      lock.unlock();
    }
    return all;
  }

  private void markMissing(List<FileEntry> missing, Map<Path, FileScan.Found> found)
      throws IOException {
    List<FileEntry> closed = new ArrayList<>();
    for (FileEntry entry : missing) {
      TailedFile file = open.find(entry);
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

  /// @return false when it should be tried again soon
  private boolean apply(FileMatching.Verdict verdict, Map<Path, FileScan.Found> found)
      throws IOException {
    return switch (verdict) {
      case FileMatching.Verdict.Known(FileEntry entry, Sighting sighting) ->
          known.isCurrent(entry) && goOn(entry, of(sighting, found));
      case FileMatching.Verdict.Emptied(FileEntry entry, Sighting sighting) ->
          known.isCurrent(entry) && beginAnew(entry, of(sighting, found));
      case FileMatching.Verdict.Rest(FileEntry original, Sighting sighting) ->
          known.isCurrent(original) && readRest(original, of(sighting, found));
      case FileMatching.Verdict.Copy _ -> true;
      case FileMatching.Verdict.Unclear _ -> false;
      case FileMatching.Verdict.Fresh(Sighting sighting) -> beginFirst(of(sighting, found));
    };
  }

  private static FileScan.Found of(Sighting sighting, Map<Path, FileScan.Found> found) {
    return Objects.requireNonNull(found.get(sighting.path()), "judged, so it was found");
  }

  private boolean goOn(FileEntry entry, FileScan.Found found) throws IOException {
    Sighting sighting = found.sighting();
    FileEntry now = known.see(entry, sighting);
    TailedFile file = open.find(now);
    if (file != null) {
      file.removed = false;
      file.missed = false;
      file.renamed = !sighting.path().toString().equals(file.entry.path());
      return true;
    }
    boolean unread =
        now.state() != FileEntry.State.FINISHED
            && (sighting.compressed() || sighting.size() > now.offset());
    return !unread || opener.begin(now, found, false);
  }

  private boolean beginAnew(FileEntry entry, FileScan.Found found) throws IOException {
    TailedFile file = open.find(entry);
    if (file == null) {
      return opener.begin(entry, found, true);
    }
    // it finds out by itself, by the bytes before its position
    open.wake(file);
    return true;
  }

  private boolean readRest(FileEntry original, FileScan.Found found) throws IOException {
    if (open.find(original) != null) {
      return true;
    }
    FileEntry now = known.takeOver(original, found.sighting());
    return now.state() == FileEntry.State.FINISHED || opener.begin(now, found, false);
  }

  private boolean beginFirst(FileScan.Found found) throws IOException {
    return isTooOld(found) || opener.begin(known.add(found.sighting()), found, false);
  }

  private boolean isTooOld(FileScan.Found found) {
    Duration limit = setup.inputs().get(found.input()).ignoreOlder();
    long ageMillis =
        setup.clock().millis() - TimeUnit.NANOSECONDS.toMillis(found.sighting().modifiedNanos());
    return limit.isPositive() && ageMillis > limit.toMillis();
  }
}
