package io.oriel.federation.bucket;

import io.oriel.disk.Disk;
import io.oriel.runtime.retry.Backoff;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Tries again what may work later, with growing pauses; a stream that breaks goes on where it
/// broke. Listings are tried again only while nothing of them was shown.
final class RetryingBucket extends ForwardingBucket {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final int attempts;
  private final Pause pause;
  private final RandomGenerator random;

  /// @param attempts how often to try in all, at least 1
  RetryingBucket(Bucket inner, int attempts, Pause pause, RandomGenerator random) {
    super(inner);
    this.attempts = attempts;
    this.pause = pause;
    this.random = random;
  }

  /// The attempts at one thing.
  private final class Patience {
    private final Backoff backoff = new Backoff(FIRST, LONGEST, random);
    private final String operation;
    private final String name;
    private int left = attempts;

    Patience(String operation, String name) {
      this.operation = operation;
      this.name = name;
    }

    /// Waits for the next attempt, or throws {@code failure} when there is none.
    void afterwards(BucketException failure) {
      if (!failure.kind().isRetryable() || --left <= 0) {
        throw failure;
      }
      try {
        pause.of(backoff.next());
      } catch (InterruptedException _) {
        throw BucketException.interrupted(operation, name(), name);
      }
    }
  }

  private <T> T attempt(String operation, String name, Supplier<T> work) {
    Patience patience = new Patience(operation, name);
    while (true) {
      try {
        return work.get();
      } catch (BucketException e) {
        patience.afterwards(e);
      }
    }
  }

  private void run(String operation, String name, Runnable work) {
    attempt(
        operation,
        name,
        () -> {
          work.run();
          return true;
        });
  }

  @Override
  public InputStream get(String name) {
    InputStream first = attempt("get", name, () -> inner.get(name));
    return new ResumingStream(first, name, 0, Long.MAX_VALUE);
  }

  @Override
  public InputStream range(String name, long offset, long length) {
    InputStream first = attempt("get", name, () -> inner.range(name, offset, length));
    return new ResumingStream(first, name, offset, length);
  }

  @Override
  public byte[] read(String name, long offset, int length) {
    return attempt("read", name, () -> inner.read(name, offset, length));
  }

  @Override
  public boolean link(String name, Disk disk, Path file) {
    return attempt("get", name, () -> inner.link(name, disk, file));
  }

  @Override
  public ObjectEntry attributes(String name) {
    return attempt("stat", name, () -> inner.attributes(name));
  }

  @Override
  public boolean exists(String name) {
    return attempt("stat", name, () -> inner.exists(name));
  }

  @Override
  public void upload(String name, Content content) {
    run("upload", name, () -> inner.upload(name, content));
  }

  @Override
  public void delete(String name) {
    run("delete", name, () -> inner.delete(name));
  }

  @Override
  public void iter(String directory, Depth depth, Visitor visitor) {
    boolean[] shown = {false};
    Patience patience = new Patience("list", directory);
    while (true) {
      try {
        inner.iter(
            directory,
            depth,
            entry -> {
              shown[0] = true;
              return visitor.visit(entry);
            });
        return;
      } catch (BucketException e) {
        if (shown[0]) {
          throw e;
        }
        patience.afterwards(e);
      }
    }
  }

  /// Opens the rest of the object anew when a read fails.
  private final class ResumingStream extends FilterInputStream {
    private final String name;
    private final Patience patience;
    private long offset;
    private long left;

    ResumingStream(InputStream first, String name, long offset, long length) {
      super(first);
      this.name = name;
      this.patience = new Patience("get", name);
      this.offset = offset;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      while (true) {
        try {
          int n = in.read(into, at, length);
          offset += Math.max(0, n);
          left -= Math.max(0, n);
          return n;
        } catch (IOException e) {
          resume(e);
        }
      }
    }

    private void resume(IOException cause) throws IOException {
      BucketException failure = BucketException.of("read", RetryingBucket.this, name, cause);
      while (true) {
        try {
          patience.afterwards(failure);
          in.close();
          in = inner.range(name, offset, left);
          return;
        } catch (BucketException e) {
          if (!e.kind().isRetryable() || patience.left <= 0) {
            throw new IOException(e.reason(), e);
          }
          failure = e;
        }
      }
    }

    @Override
    public long skip(long n) throws IOException {
      return readNBytes((int) Math.min(n, 1 << 16)).length;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
