package io.oriel.runtime.grpc;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcService.Method;
import io.oriel.runtime.tls.PeerCheck;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings calls from the event loop to a virtual thread of their own.
final class CallStarter {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);
  private static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

  private final ExecutorService handlers;
  private final @Nullable PeerCheck check;
  private final GrpcMetrics metrics;

  CallStarter(ExecutorService handlers, @Nullable PeerCheck check, GrpcMetrics metrics) {
    this.handlers = handlers;
    this.check = check;
    this.metrics = metrics;
  }

  ServerCallHandler<ByteBuffer, ByteBuffer> handler(String service, Method method) {
    return (call, headers) -> {
      Running running =
          new Running(call, headers, method, metrics.start(method.shape(), service, method.name()));
      String encoding = headers.get(ENCODING);
      if (encoding != null && Codecs.compressors().lookupCompressor(encoding) != null) {
        call.setCompression(encoding);
      }
      ServiceRequestContext context = ServiceRequestContext.current();
      running.peer = PeerCheck.leaf(context.sslSession());
      Optional<String> refusal =
          check == null ? Optional.empty() : check.refusal(context.sslSession());
      if (refusal.isPresent()) {
        running.refusal = Status.UNAUTHENTICATED.withDescription(refusal.get());
        CompletableFuture<Void> _ = context.initiateConnectionShutdown();
      }
      call.request(running.streamsIn() ? 1 : 2);
      return running;
    };
  }

  /// One call, from its first byte to its status.
  private final class Running extends ServerCall.Listener<ByteBuffer> implements GrpcCall {
    private final ServerCall<ByteBuffer, ByteBuffer> call;
    private final Metadata headers;
    private final Method method;
    private final GrpcMetrics.Meter meter;
    private final Object lock = new Object();
    private @Nullable Status refusal;
    private @Nullable X509Certificate peer;

    /** Set before the handler's thread starts. */
    private ByteBuffer request = ByteBuffer.allocate(0);

    /** Of a bidirectional stream; confined to the event loop. */
    private boolean started;

    /** Guarded by lock; the message of a bidirectional stream that was not taken yet. */
    private @Nullable ByteBuffer received;

    /** Guarded by lock; whether such a message has been asked for and is not there. */
    private boolean asked = true;

    /** Guarded by lock. */
    private boolean halfClosed;

    /** Guarded by lock. */
    private @Nullable Thread thread;

    /** Guarded by lock. */
    private boolean cancelled;

    Running(
        ServerCall<ByteBuffer, ByteBuffer> call,
        Metadata headers,
        Method method,
        GrpcMetrics.Meter meter) {
      this.call = call;
      this.headers = headers;
      this.method = method;
      this.meter = meter;
    }

    @Override
    public void onMessage(ByteBuffer message) {
      meter.received();
      if (!streamsIn()) {
        request = message;
        return;
      }
      synchronized (lock) {
        received = message;
        asked = false;
        lock.notifyAll();
      }
      startStream();
    }

    @Override
    public void onHalfClose() {
      if (!streamsIn()) {
        start();
        return;
      }
      synchronized (lock) {
        halfClosed = true;
        lock.notifyAll();
      }
      startStream();
    }

    boolean streamsIn() {
      return method.shape() == GrpcService.Shape.BIDI_STREAM;
    }

    private void startStream() {
      if (!started) {
        started = true;
        start();
      }
    }

    private void start() {
      if (refusal != null) {
        finish(refusal);
        return;
      }
      try {
        handlers.execute(this::run);
      } catch (RejectedExecutionException _) {
        finish(Status.UNAVAILABLE.withDescription("shutting down"));
      }
    }

    @Override
    public void onReady() {
      synchronized (lock) {
        lock.notifyAll();
      }
    }

    @Override
    public void onCancel() {
      synchronized (lock) {
        cancelled = true;
        lock.notifyAll();
        if (thread != null) {
          thread.interrupt();
        }
      }
      meter.handled(Status.CANCELLED);
    }

    @Override
    public void onComplete() {
      onReady();
    }

    private void run() {
      synchronized (lock) {
        thread = Thread.currentThread();
      }
      Status status;
      try {
        call.sendHeaders(new Metadata());
        method.handler().handle(this);
        status = Status.OK;
      } catch (OrielException e) {
        status = Statuses.of(e);
      } catch (InterruptedException _) {
        status = Status.CANCELLED.withDescription("call given up");
      } catch (Exception e) {
        status = Status.INTERNAL.withDescription(String.valueOf(e.getMessage())).withCause(e);
        LOG.atError().setCause(e).addKeyValue("method", method.name()).log("call failed");
      }
      synchronized (lock) {
        thread = null;
      }
      finish(status);
    }

    private void finish(Status status) {
      synchronized (lock) {
        if (cancelled) {
          return;
        }
        cancelled = true;
      }
      meter.handled(status);
      call.close(status, Statuses.trailers(status));
    }

    @Override
    public ByteBuffer request() {
      return request;
    }

    @Override
    public @Nullable ByteBuffer next() throws InterruptedException {
      if (!streamsIn()) {
        throw new IllegalStateException(method.name() + " has one request");
      }
      if (wantsMore()) {
        call.request(1);
      }
      synchronized (lock) {
        while (received == null && !halfClosed && !cancelled) {
          lock.wait();
        }
        if (cancelled) {
          throw new OrielException(Kind.CANCELLED, "call given up");
        }
        ByteBuffer message = received;
        received = null;
        return message;
      }
    }

    private boolean wantsMore() {
      synchronized (lock) {
        boolean wants = received == null && !asked && !halfClosed && !cancelled;
        asked |= wants;
        return wants;
      }
    }

    @Override
    public Optional<X509Certificate> clientCertificate() {
      return Optional.ofNullable(peer);
    }

    @Override
    public Optional<String> header(String name) {
      return Optional.ofNullable(
          headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
    }

    @Override
    public void send(ByteBuffer message) {
      synchronized (lock) {
        try {
          while (!cancelled && !call.isReady()) {
            lock.wait();
          }
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          throw new OrielException(Kind.CANCELLED, "call given up");
        }
        if (cancelled) {
          throw new OrielException(Kind.CANCELLED, "call given up");
        }
      }
      meter.sent();
      call.sendMessage(message);
    }
  }
}
