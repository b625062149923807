package io.oriel.federation.bucket;

import io.oriel.model.error.Kind;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// A bucket that does not answer for some names until it is let go, as one behind a slow network.
/// Whoever waits can be interrupted.
public final class HeldBucket extends ForwardingBucket {
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile Predicate<String> held = _ -> false;
  private volatile CountDownLatch gate = new CountDownLatch(1);

  public HeldBucket(Bucket inner) {
    super(inner);
  }

  /// Answers nothing more about these names.
  public void hold(Predicate<String> names) {
    gate = new CountDownLatch(1);
    held = names;
  }

  /// Answers everything, also what was asked before.
  public void letGo() {
    held = _ -> false;
    gate.countDown();
  }

  /// How many wait for an answer.
  public int waiting() {
    return waiting.get();
  }

  private void await(String operation, String name) {
    if (!held.test(name)) {
      return;
    }
    waiting.incrementAndGet();
    try {
      gate.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new BucketException(Kind.CANCELLED, operation, name(), name, "interrupted");
    } finally {
      waiting.decrementAndGet();
    }
  }

  @Override
  public InputStream get(String name) {
    await("get", name);
    return inner.get(name);
  }

  @Override
  public InputStream range(String name, long offset, long length) {
    await("get range of", name);
    return inner.range(name, offset, length);
  }

  @Override
  public ObjectEntry attributes(String name) {
    await("stat", name);
    return inner.attributes(name);
  }

  @Override
  public boolean exists(String name) {
    await("stat", name);
    return inner.exists(name);
  }

  @Override
  public void iter(String directory, Depth depth, Visitor visitor) {
    await("iter", directory);
    inner.iter(directory, depth, visitor);
  }
}
