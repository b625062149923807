package io.oriel.logs.tail;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.logs.spool.Position;
import io.prometheus.metrics.core.metrics.Gauge;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The open files, and whose turn it is to be read. A file is handed to one reader at a time, who
/// gives it back. Thread-safe.
final class OpenFiles {
  private final int most;
  private final Gauge count;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();

  @GuardedBy("lock")
  private final Map<String, TailedFile> open = new LinkedHashMap<>();

  @GuardedBy("lock")
  private final Deque<TailedFile> ready = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean ended;

  /// Closes a file.
  @FunctionalInterface
  interface Closing {
    void close(TailedFile file) throws IOException;
  }

  /// @param most how many may be open
  /// @param count shows how many are
  OpenFiles(int most, Gauge count) {
    this.most = most;
    this.count = count;
  }

  /// The file of {@code entry}, if it is open.
  @Nullable TailedFile find(FileEntry entry) {
    lock.lock();
    try {
      return open.get(entry.id());
    } finally {
      lock.unlock();
    }
  }

  List<TailedFile> all() {
    lock.lock();
    try {
      return List.copyOf(open.values());
    } finally {
      lock.unlock();
    }
  }

  /// Up to where each of them is passed on.
  List<Position> positions() {
    lock.lock();
    try {
      return open.values().stream().map(TailedFile::position).toList();
    } finally {
      lock.unlock();
    }
  }

  /// Those of {@code entries} whose inode is the one that is open.
  Set<String> pinned(List<FileEntry> entries) {
    Set<String> pinned = new HashSet<>();
    lock.lock();
    try {
      for (FileEntry entry : entries) {
        TailedFile file = open.get(entry.id());
        if (file != null && file.entry.inode() == entry.inode()) {
          pinned.add(entry.id());
        }
      }
    } finally {
      lock.unlock();
    }
    return pinned;
  }

  /// How many bytes each of them is ahead of what was read of it and passed on, by path.
  Map<String, Long> behind() {
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

  /// Makes room for one more by closing the one that has been silent longest.
  ///
  /// @return false when there is none and none can be made
  boolean makeRoom(Closing closing) throws IOException {
    TailedFile silent = null;
    lock.lock();
    try {
      if (open.size() < most) {
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
    closing.close(silent);
    return true;
  }

  /// Adds a file, which is read as soon as it is its turn.
  void add(TailedFile file) {
    lock.lock();
    try {
      open.put(file.entry.id(), file);
      count.set(open.size());
      enqueue(file);
    } finally {
      lock.unlock();
    }
  }

  void remove(TailedFile file) {
    lock.lock();
    try {
      open.remove(file.entry.id());
      count.set(open.size());
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void enqueue(TailedFile file) {
    if (!file.busy) {
      file.busy = true;
      ready.add(file);
      work.signal();
    }
  }

  /// Has a file read.
  void wake(TailedFile file) {
    lock.lock();
    try {
      enqueue(file);
    } finally {
      lock.unlock();
    }
  }

  /// Has those read that rest and are {@code due}.
  void wake(Predicate<TailedFile> due) {
    lock.lock();
    try {
      for (TailedFile file : open.values()) {
        if (!file.busy && due.test(file)) {
          enqueue(file);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a file that should be read; null when none will be any more.
  @Nullable TailedFile next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (ready.isEmpty() && !ended) {
        work.await();
      }
      return ended ? null : ready.poll();
    } finally {
      lock.unlock();
    }
  }

  /// Takes a file back that has more to read: it is read again after the others.
  void again(TailedFile file) {
    lock.lock();
    try {
      file.busy = false;
      enqueue(file);
    } finally {
      lock.unlock();
    }
  }

  /// Takes a file back that is read to its present end.
  void rest(TailedFile file) {
    lock.lock();
    try {
      file.busy = false;
    } finally {
      lock.unlock();
    }
  }

  /// Hands out no more files.
  void end() {
    lock.lock();
    try {
      ended = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
