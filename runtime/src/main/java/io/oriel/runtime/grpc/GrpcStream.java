package io.oriel.runtime.grpc;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The messages that answer a call, one after another. For one reader at a time.
///
/// A few messages are received ahead of the reader; the sender waits for the rest. Closing it
/// before its end tells the server to stop.
public final class GrpcStream implements AutoCloseable {
  private static final int AHEAD = 4;

  private final String what;
  private final ClientCall<ByteBuffer, ByteBuffer> call;
  private final GrpcMetrics.Meter meter;
  private final Object lock = new Object();

  /** Guarded by lock. */
  private final Deque<ByteBuffer> received = new ArrayDeque<>();

  /** Guarded by lock; the end, once it is known. */
  private @Nullable Status end;

  GrpcStream(String what, ClientCall<ByteBuffer, ByteBuffer> call, GrpcMetrics.Meter meter) {
    this.what = what;
    this.call = call;
    this.meter = meter;
  }

  void start(Metadata headers, ByteBuffer request) {
    call.start(new Receiver(), headers);
    call.request(AHEAD);
    call.sendMessage(request);
    meter.sent();
    call.halfClose();
  }

  /// The next message, or null after the last.
  ///
  /// @throws OrielException with the kind of the call's status when it failed, TIMEOUT past its
  ///   deadline
  public @Nullable ByteBuffer next() throws InterruptedException {
    synchronized (lock) {
      while (received.isEmpty() && end == null) {
        lock.wait();
      }
      ByteBuffer message = received.poll();
      if (message != null) {
        call.request(1);
        return message;
      }
      if (end == null || end.isOk()) {
        return null;
      }
      throw Statuses.failure(what, end);
    }
  }

  @Override
  public void close() {
    boolean running;
    synchronized (lock) {
      running = end == null;
    }
    if (running) {
      call.cancel("no more wanted", new OrielException(Kind.CANCELLED, "no more wanted"));
    }
  }

  private final class Receiver extends ClientCall.Listener<ByteBuffer> {
    @Override
    public void onMessage(ByteBuffer message) {
      meter.received();
      synchronized (lock) {
        received.add(message);
        lock.notifyAll();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      meter.handled(status);
      synchronized (lock) {
        end = status;
        lock.notifyAll();
      }
    }
  }
}
