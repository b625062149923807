package io.oriel.federation.bucket;

import io.oriel.disk.Disk;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.limit.Limit;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Keeps to so many operations at once and so many bytes a second. A stream counts as an operation
/// until it is closed.
final class LimitedBucket extends ForwardingBucket {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Limit atOnce;
  private final Bandwidth bandwidth;

  LimitedBucket(Bucket inner, BucketLimits limits, Pause pause, LongSupplier nanos) {
    super(inner);
    this.atOnce = new Limit("concurrent operations on bucket " + name(), limits.concurrency());
    this.bandwidth = new Bandwidth(limits.bytesPerSecond(), pause, nanos);
  }

  private Limit.Permit enter(String operation, String name) {
    try {
      return atOnce.acquire(PATIENCE);
    } catch (InterruptedException _) {
      throw BucketException.interrupted(operation, name(), name);
    } catch (OrielException e) {
      throw new BucketException(e.kind(), operation, name(), name, e.reason(), e);
    }
  }

  private <T> T limited(String operation, String name, Supplier<T> work) {
    try (Limit.Permit _ = enter(operation, name)) {
      return work.get();
    }
  }

  private InputStream stream(String operation, String name, Supplier<InputStream> open) {
    Limit.Permit permit = enter(operation, name);
    try {
      return new LimitedStream(open.get(), permit);
    } catch (RuntimeException e) {
      permit.close();
      throw e;
    }
  }

  @Override
  public InputStream get(String name) {
    return stream("get", name, () -> inner.get(name));
  }

  @Override
  public InputStream range(String name, long offset, long length) {
    return stream("get range of", name, () -> inner.range(name, offset, length));
  }

  @Override
  public boolean link(String name, Disk disk, Path file) {
    return limited("get", name, () -> inner.link(name, disk, file));
  }

  @Override
  public ObjectEntry attributes(String name) {
    return limited("stat", name, () -> inner.attributes(name));
  }

  @Override
  public boolean exists(String name) {
    return limited("stat", name, () -> inner.exists(name));
  }

  @Override
  public void upload(String name, Content content) {
    Content paced =
        new Content() {
          @Override
          public long length() {
            return content.length();
          }

          @Override
          public InputStream open() throws IOException {
            return bandwidth.pace(content.open());
          }

          @Override
          public Optional<Path> file() {
            return content.file();
          }
        };
    limited(
        "upload",
        name,
        () -> {
          inner.upload(name, paced);
          return true;
        });
  }

  @Override
  public void delete(String name) {
    limited(
        "delete",
        name,
        () -> {
          inner.delete(name);
          return true;
        });
  }

  // A listing holds no permit: its visitor may ask for objects, and must not wait for itself.

  private final class LimitedStream extends FilterInputStream {
    private final Limit.Permit permit;
    private boolean closed;

    LimitedStream(InputStream in, Limit.Permit permit) {
      super(bandwidth.pace(in));
      this.permit = permit;
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        permit.close();
      }
      in.close();
    }
  }
}
