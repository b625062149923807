package io.oriel.federation.bucket;

import io.oriel.disk.Disk;
import io.oriel.model.error.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Counts and times what is asked of a bucket. Every attempt counts, so it lies below the retries.
final class MeasuredBucket extends ForwardingBucket {
  private static final List<String> OPERATIONS =
      List.of("iter", "get", "get_range", "exists", "upload", "delete", "attributes");

  private final BucketMetrics metrics;
  private final InstantSource clock;
  private final LongSupplier nanos;

  MeasuredBucket(Bucket inner, BucketMetrics metrics, InstantSource clock, LongSupplier nanos) {
    super(inner);
    this.metrics = metrics;
    this.clock = clock;
    this.nanos = nanos;
    for (String operation : OPERATIONS) {
      metrics.operations.labelValues(name(), operation);
      metrics.failures.labelValues(name(), operation);
      metrics.seconds.labelValues(name(), operation);
    }
    metrics.lastUpload.labelValues(name());
  }

  private <T> T measured(String operation, Supplier<T> work) {
    long start = nanos.getAsLong();
    T result = counted(operation, work);
    finished(operation, start);
    return result;
  }

  private <T> T counted(String operation, Supplier<T> work) {
    metrics.operations.labelValues(name(), operation).inc();
    try {
      return work.get();
    } catch (BucketException e) {
      if (e.kind() != Kind.NOT_FOUND && e.kind() != Kind.CANCELLED) {
        metrics.failures.labelValues(name(), operation).inc();
      }
      throw e;
    }
  }

  private void finished(String operation, long start) {
    double seconds = (nanos.getAsLong() - start) / 1e9;
    metrics.seconds.labelValues(name(), operation).observe(seconds);
  }

  @Override
  public InputStream get(String name) {
    long start = nanos.getAsLong();
    return new MeasuredStream(counted("get", () -> inner.get(name)), "get", start);
  }

  @Override
  public InputStream range(String name, long offset, long length) {
    long start = nanos.getAsLong();
    InputStream in = counted("get_range", () -> inner.range(name, offset, length));
    return new MeasuredStream(in, "get_range", start);
  }

  /// Counts as a `get` where it can be done.
  @Override
  public boolean link(String name, Disk disk, Path file) {
    long start = nanos.getAsLong();
    try {
      boolean linked = inner.link(name, disk, file);
      if (linked) {
        metrics.operations.labelValues(name(), "get").inc();
        finished("get", start);
      }
      return linked;
    } catch (BucketException e) {
      return counted(
          "get",
          () -> {
            throw e;
          });
    }
  }

  @Override
  public ObjectEntry attributes(String name) {
    return measured("attributes", () -> inner.attributes(name));
  }

  @Override
  public boolean exists(String name) {
    return measured("exists", () -> inner.exists(name));
  }

  @Override
  public void upload(String name, Content content) {
    measured(
        "upload",
        () -> {
          inner.upload(name, content);
          return true;
        });
    metrics.transferredBytes.labelValues(name(), "upload").observe((double) content.length());
    metrics.lastUpload.labelValues(name()).set(clock.millis() / 1000.0);
  }

  @Override
  public void delete(String name) {
    measured(
        "delete",
        () -> {
          inner.delete(name);
          return true;
        });
  }

  @Override
  public void iter(String directory, Depth depth, Visitor visitor) {
    measured(
        "iter",
        () -> {
          inner.iter(directory, depth, visitor);
          return true;
        });
  }

  private final class MeasuredStream extends FilterInputStream {
    private final String operation;
    private final long start;
    private long bytes;
    private boolean failed;
    private boolean closed;

    MeasuredStream(InputStream in, String operation, long start) {
      super(in);
      this.operation = operation;
      this.start = start;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        int n = in.read(into, offset, length);
        bytes += Math.max(0, n);
        return n;
      } catch (IOException e) {
        if (!failed) {
          failed = true;
          metrics.failures.labelValues(name(), operation).inc();
        }
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        metrics.fetchedBytes.labelValues(name(), operation).inc(bytes);
        metrics.transferredBytes.labelValues(name(), operation).observe((double) bytes);
        if (!failed) {
          finished(operation, start);
        }
      }
      in.close();
    }
  }
}
