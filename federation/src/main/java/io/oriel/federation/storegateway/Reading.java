package io.oriel.federation.storegateway;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// What reading one block for one request needs. Thread-safe.
///
/// @param header held by the caller as long as it reads
/// @param lazy whether postings may be left out where that is less to read
record Reading(
    RemoteBlock block,
    IndexHeader header,
    IndexCache cache,
    RequestBudget budget,
    GatewayMetrics metrics,
    boolean lazy) {
  /** Bytes between two ranges that are rather read than left out. */
  static final int MOST_GAP = 512 << 10;

  /** What one read of several ranges fetches at most. */
  static final int MOST_PART = 16 << 20;

  private static final int AT_ONCE = 4;

  /// Reads parts of an object, some at a time, and shows them as they come, one at a time.
  void eachPart(String object, List<ByteRange.Part> parts, PartVisitor visitor) {
    if (parts.size() == 1) {
      visit(object, parts.getFirst(), visitor);
      return;
    }
    Semaphore places = new Semaphore(AT_ONCE);
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("oriel/store/read").factory())) {
      for (ByteRange.Part part : parts) {
        places.acquireUninterruptibly();
        running.add(
            threads.submit(
                () -> {
                  try {
                    visit(object, part, visitor);
                  } finally {
                    places.release();
                  }
                }));
      }
    }
    running.forEach(Reading::join);
  }

  private void visit(String object, ByteRange.Part part, PartVisitor visitor) {
    byte[] bytes = block.read(object, part.start(), part.length(), budget);
    synchronized (visitor) {
      visitor.visit(part, bytes);
    }
  }

  /// The result of a finished task.
  static <T> T join(Future<T> task) {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OrielException(Kind.CANCELLED, "interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OrielException known) {
        throw known;
      }
      throw new OrielException(Kind.BUG, "reading: " + e.getCause(), e.getCause());
    }
  }

  /// Takes what was read.
  interface PartVisitor {
    /// @param bytes from the part's start; fewer than its length where the object ends
    void visit(ByteRange.Part part, byte[] bytes);
  }
}
