package io.oriel.federation.storegateway;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.tsdb.block.Ulid;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// A block's header that is mapped while somebody uses it, and some time longer. Thread-safe.
///
/// Whoever comes first maps it, others wait for that; nobody holds the lock meanwhile.
final class LazyHeader implements AutoCloseable {
  private final HeaderPool pool;
  private final Ulid ulid;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private @Nullable FutureTask<IndexHeader> current;

  @GuardedBy("lock")
  private int holders;

  @GuardedBy("lock")
  private boolean closed;

  /** When it was used last; written under the lock, read without. */
  private volatile long lastUsed;

  LazyHeader(HeaderPool pool, Ulid ulid) {
    this.pool = pool;
    this.ulid = ulid;
    this.lastUsed = pool.now();
  }

  /// The header, which stays mapped until {@link #release}.
  ///
  /// @throws OrielException of kind NOT_FOUND when the block was let go
  IndexHeader acquire() throws IOException {
    FutureTask<IndexHeader> task;
    boolean first = false;
    synchronized (lock) {
      if (closed) {
        throw new OrielException(Kind.NOT_FOUND, "block " + ulid + " is gone");
      }
      if (current == null) {
        current = new FutureTask<>(() -> pool.load(ulid));
        first = true;
      }
      task = current;
      holders++;
    }
    if (first) {
      task.run();
    }
    try {
      IndexHeader header = task.get();
      lastUsed = pool.now();
      return header;
    } catch (ExecutionException e) {
      failed(task);
      throw rethrown(e);
    } catch (InterruptedException e) {
      release();
      Thread.currentThread().interrupt();
      throw new OrielException(Kind.CANCELLED, "interrupted", e);
    }
  }

  private void failed(FutureTask<IndexHeader> task) {
    synchronized (lock) {
      holders--;
      if (Objects.equals(current, task)) {
        current = null;
      }
    }
  }

  private OrielException rethrown(ExecutionException e) throws IOException {
    return switch (e.getCause()) {
      case OrielException known -> known;
      case IOException io -> throw io;
      case null, default -> OrielException.bug("loading header of " + ulid + ": " + e.getCause());
    };
  }

  /// Lets go of what {@link #acquire} gave.
  void release() {
    IndexHeader unused = null;
    synchronized (lock) {
      holders--;
      lastUsed = pool.now();
      if (closed && holders == 0) {
        unused = take();
      }
    }
    unmap(unused);
    pool.shrink();
  }

  long lastUsed() {
    return lastUsed;
  }

  boolean isLoaded() {
    synchronized (lock) {
      return current != null && current.isDone();
    }
  }

  /// Unmaps it when nobody has used it since {@code before}.
  void unload(long before) {
    IndexHeader unused = null;
    synchronized (lock) {
      if (holders == 0 && lastUsed <= before) {
        unused = take();
      }
    }
    unmap(unused);
  }

  @GuardedBy("lock")
  private @Nullable IndexHeader take() {
    FutureTask<IndexHeader> task = current;
    current = null;
    return task != null && task.state() == FutureTask.State.SUCCESS ? task.resultNow() : null;
  }

  private void unmap(@Nullable IndexHeader header) {
    if (header != null) {
      pool.unloaded(header);
      header.close();
    }
  }

  /// Lets nobody in any more; it is unmapped when the last user has left.
  @Override
  public void close() {
    IndexHeader unused = null;
    synchronized (lock) {
      closed = true;
      if (holders == 0) {
        unused = take();
      }
    }
    unmap(unused);
    pool.closed(this, ulid);
  }
}
