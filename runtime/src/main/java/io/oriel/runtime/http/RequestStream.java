package io.oriel.runtime.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// The body of a request as it comes, for one reader that may wait. Some parts of up to 16 KiB are
/// asked for ahead, so that reader and event loop do not wake each other for every part; nothing
/// beyond these is read from the connection before the reader has come that far.
final class RequestStream extends InputStream implements Subscriber<HttpObject> {
  private static final int AHEAD = 16;
  private static final byte[] NOTHING = {};

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final ArrayDeque<byte[]> parts = new ArrayDeque<>();

  @GuardedBy("lock")
  private @Nullable Subscription subscription;

  @GuardedBy("lock")
  private @Nullable Throwable failure;

  @GuardedBy("lock")
  private boolean ended;

  /** Parts that came since some were asked for last; for the reader. */
  private int taken;

  /** What is being read, for the reader. */
  private byte[] part = NOTHING;

  private int at;

  @Override
  public void onSubscribe(Subscription given) {
    lock.lock();
    try {
      subscription = given;
    } finally {
      lock.unlock();
    }
    given.request(AHEAD);
  }

  @Override
  public void onNext(HttpObject object) {
    byte[] bytes = object instanceof HttpData data ? data.array() : NOTHING;
    lock.lock();
    try {
      parts.add(bytes);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onError(Throwable cause) {
    end(cause);
  }

  @Override
  public void onComplete() {
    end(null);
  }

  private void end(@Nullable Throwable cause) {
    lock.lock();
    try {
      failure = cause;
      ended = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    if (at == part.length && !next()) {
      return -1;
    }
    return part[at++] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (at == part.length && !next()) {
      return -1;
    }
    int count = Math.min(length, part.length - at);
    System.arraycopy(part, at, into, offset, count);
    at += count;
    return count;
  }

  @Override
  public int available() {
    return part.length - at;
  }

  /// Goes to the next part that is not empty.
  ///
  /// @return false at the end
  private boolean next() throws IOException {
    at = 0;
    do {
      byte[] got = await();
      if (got == null) {
        part = NOTHING;
        return false;
      }
      part = got;
    } while (part.length == 0);
    return true;
  }

  private byte @Nullable [] await() throws IOException {
    Subscription source;
    byte[] got;
    lock.lock();
    try {
      while (parts.isEmpty() && !ended) {
        changed.await();
      }
      got = parts.poll();
      if (got == null) {
        if (failure != null) {
          throw new IOException("request broken off: " + failure.getMessage(), failure);
        }
        return null;
      }
      source = subscription;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException stopped = new InterruptedIOException("interrupted");
      stopped.initCause(e);
      throw stopped;
    } finally {
      lock.unlock();
    }
    if (++taken == AHEAD / 2 && source != null) {
      source.request(taken);
      taken = 0;
    }
    return got;
  }

  /// Takes no more from the connection.
  @Override
  public void close() {
    Subscription source;
    lock.lock();
    try {
      source = ended ? null : subscription;
      parts.clear();
    } finally {
      lock.unlock();
    }
    if (source != null) {
      source.cancel();
    }
  }
}
