package io.oriel.runtime.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Closes what was opened, last first, once. Thread-safe.
///
/// A failure to close one thing does not keep the rest open: the first failure is thrown in the end
/// with the others suppressed.
public final class Closer implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private boolean closed;

  /// Takes ownership of {@code resource}; closes it at once when this closer is closed already.
  public <T extends AutoCloseable> T push(T resource) {
    synchronized (this) {
      if (!closed) {
        open.push(resource);
        return resource;
      }
    }
    closeAll(resource, null);
    throw new IllegalStateException("closed");
  }

  @Override
  public void close() {
    RuntimeException first = null;
    while (true) {
      AutoCloseable next;
      synchronized (this) {
        closed = true;
        next = open.poll();
      }
      if (next == null) {
        break;
      }
      first = closeAll(next, first);
    }
    if (first != null) {
      throw first;
    }
  }

  private static @Nullable RuntimeException closeAll(
      AutoCloseable resource, @Nullable RuntimeException first) {
    try {
      resource.close();
      return first;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return with(first, e);
    } catch (Exception e) {
      return with(first, e);
    }
  }

  private static RuntimeException with(@Nullable RuntimeException first, Exception next) {
    if (first == null) {
      return next instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException("cannot close: " + next.getMessage(), next);
    }
    first.addSuppressed(next);
    return first;
  }
}
