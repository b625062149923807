package io.oriel.federation.bucket;

import io.oriel.model.error.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;

/// A bucket that goes wrong on demand: it fails chosen operations, dies at the n-th change, tears
/// streams, and lists late. Remembers what was asked of it.
public final class FaultyBucket extends ForwardingBucket {
  private final AtomicLong changesLeft = new AtomicLong(Long.MAX_VALUE);
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final Set<String> unlisted = ConcurrentHashMap.newKeySet();
  private volatile BiPredicate<String, String> fails = (_, _) -> false;
  private volatile Kind kind = Kind.UNAVAILABLE;
  private volatile long tornAfter = Long.MAX_VALUE;
  private volatile boolean listsLate;
  private volatile boolean answersLost;

  public FaultyBucket(Bucket inner) {
    super(inner);
  }

  /// Fails, with {@code kind}, every operation for which {@code test} says so; it is given the
  /// operation (`upload`, `delete`, `get`, `stat`, `iter`) and the name.
  public void fail(Kind failure, BiPredicate<String, String> test) {
    kind = failure;
    fails = test;
  }

  /// Works from now on.
  public void heal() {
    fails = (_, _) -> false;
    changesLeft.set(Long.MAX_VALUE);
    tornAfter = Long.MAX_VALUE;
    answersLost = false;
  }

  /// Lets {@code changes} uploads and deletions succeed, then fails everything, as a process that
  /// died would.
  public void dieAfter(long changes) {
    changesLeft.set(changes);
  }

  /// Whether it died.
  public boolean isDead() {
    return changesLeft.get() <= 0;
  }

  /// The change that fails next takes place all the same, and only its answer is lost.
  public void loseAnswers() {
    answersLost = true;
  }

  /// Breaks streams after so many bytes.
  public void tearAfter(long bytes) {
    tornAfter = bytes;
  }

  /// Leaves what is uploaded from now on out of listings until {@link #settle}.
  public void listLate() {
    listsLate = true;
  }

  /// Lists everything from now on.
  public void settle() {
    listsLate = false;
    unlisted.clear();
  }

  /// What was asked, `upload meta.json`, in order.
  public List<String> log() {
    return List.copyOf(log);
  }

  /// How many uploads and deletions succeeded.
  public long changes() {
    return log.stream().filter(x -> x.startsWith("upload ") || x.startsWith("delete ")).count();
  }

  private void read(String operation, String name) {
    if (isDead()) {
      throw new BucketException(Kind.CANCELLED, operation, name(), name, "the process is dead");
    }
    if (fails.test(operation, name)) {
      throw new BucketException(kind, operation, name(), name, "injected fault");
    }
    log.add(operation + " " + name);
  }

  private void change(String operation, String name, Runnable work) {
    boolean failing = fails.test(operation, name);
    if (!failing || answersLost) {
      if (changesLeft.decrementAndGet() < 0) {
        throw new BucketException(Kind.CANCELLED, operation, name(), name, "the process is dead");
      }
      work.run();
      log.add(operation + " " + name);
    }
    if (failing) {
      throw new BucketException(kind, operation, name(), name, "injected fault");
    }
  }

  @Override
  public InputStream get(String name) {
    read("get", name);
    return torn(inner.get(name));
  }

  @Override
  public InputStream range(String name, long offset, long length) {
    read("get", name);
    return torn(inner.range(name, offset, length));
  }

  private InputStream torn(InputStream in) {
    long most = tornAfter;
    return new FilterInputStream(in) {
      private long given;

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        if (given >= most) {
          throw new IOException("connection reset");
        }
        int n = in.read(into, offset, (int) Math.min(length, most - given));
        given += Math.max(0, n);
        return n;
      }
    };
  }

  @Override
  public ObjectEntry attributes(String name) {
    read("stat", name);
    return inner.attributes(name);
  }

  @Override
  public boolean exists(String name) {
    read("stat", name);
    return inner.exists(name);
  }

  @Override
  public void upload(String name, Content content) {
    change(
        "upload",
        name,
        () -> {
          inner.upload(name, content);
          if (listsLate) {
            unlisted.add(name);
          }
        });
  }

  @Override
  public void delete(String name) {
    change("delete", name, () -> inner.delete(name));
  }

  @Override
  public void iter(String directory, Depth depth, Visitor visitor) {
    read("iter", directory);
    inner.iter(
        directory,
        depth,
        entry -> unlisted.contains(entry.name()) || isNewDirectory(entry) || visitor.visit(entry));
  }

  private boolean isNewDirectory(ObjectEntry entry) {
    if (!entry.isDirectory() || unlisted.isEmpty()) {
      return false;
    }
    boolean[] any = {false};
    inner.iter(
        entry.name(),
        Depth.ALL,
        object -> {
          any[0] = !unlisted.contains(object.name());
          return !any[0];
        });
    return !any[0];
  }
}
