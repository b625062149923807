package io.oriel.runtime.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcService.Method;
import io.oriel.runtime.grpc.GrpcService.Shape;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Bidirectional streams, asked for by grpc-java itself.
@Timeout(60)
class BidiTest {
  private static final int MAX_BYTES = 1 << 20;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Semaphore mayTake = new Semaphore(0);
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private GrpcServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    GrpcService service =
        new GrpcService(
            "test.Talk",
            List.of(
                new Method("Echo", Shape.BIDI_STREAM, BidiTest::echo),
                new Method("Slow", Shape.BIDI_STREAM, this::slow),
                new Method("Wait", Shape.BIDI_STREAM, this::await),
                new Method("First", Shape.BIDI_STREAM, BidiTest::first),
                new Method("Refuse", Shape.BIDI_STREAM, BidiTest::refuse),
                new Method("Unary", Shape.UNARY, GrpcCall::next)));
    server =
        GrpcServer.start(
            new GrpcServerConfig("127.0.0.1:0", Optional.empty(), MAX_BYTES, Duration.ofMinutes(1)),
            List.of(service),
            InstantSource.system(),
            GrpcMetrics.ofServer(registry));
    channel =
        OkHttpChannelBuilder.forAddress(
                "127.0.0.1", server.port(), InsecureChannelCredentials.create())
            .build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  private static void echo(GrpcCall call) throws InterruptedException {
    for (ByteBuffer next = call.next(); next != null; next = call.next()) {
      call.send(next);
    }
    call.send(bytes("end"));
  }

  private void slow(GrpcCall call) throws InterruptedException {
    mayTake.acquire();
    while (call.next() != null) {
      taken.incrementAndGet();
      mayTake.acquire();
    }
  }

  private void await(GrpcCall call) throws InterruptedException {
    running.incrementAndGet();
    try {
      while (call.next() != null) {
        taken.incrementAndGet();
      }
    } catch (InterruptedException | OrielException e) {
      interrupted.countDown();
      throw e;
    }
  }

  private static void first(GrpcCall call) throws InterruptedException {
    ByteBuffer first = call.next();
    if (first != null) {
      call.send(first);
    }
  }

  private static void refuse(GrpcCall call) throws InterruptedException {
    first(call);
    throw OrielException.invalid("second: got none of it, want it all");
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /// One call, whose answers are kept.
  private final class Talk extends ClientCall.Listener<ByteBuffer> {
    final ClientCall<ByteBuffer, ByteBuffer> call;
    final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    final CompletableFuture<Status> end = new CompletableFuture<>();

    Talk(String method) {
      call =
          channel.newCall(
              Codecs.method("test.Talk", new Method(method, Shape.BIDI_STREAM, _ -> {})),
              CallOptions.DEFAULT);
      call.start(this, new Metadata());
      call.request(1_000);
    }

    @Override
    public void onMessage(ByteBuffer message) {
      answers.add(StandardCharsets.UTF_8.decode(message).toString());
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
    }

    void send(String text) {
      call.sendMessage(bytes(text));
    }
  }

  @Test
  void answersEachMessageBeforeTheNextIsSent() throws Exception {
    Talk talk = new Talk("Echo");
    for (int i = 0; i < 100; i++) {
      talk.send("m" + i);
      assertEquals("m" + i, talk.answers.take());
    }
    talk.call.halfClose();

    assertEquals("end", talk.answers.take());
    assertEquals(Status.Code.OK, talk.end.get().getCode());
    assertEquals(101, count("grpc_server_msg_sent"));
    assertEquals(100, count("grpc_server_msg_received"));
    assertEquals(1, count("grpc_server_handled"));
  }

  @Test
  void keepsOrderWhenManyMessagesComeAtOnce() throws Exception {
    Talk talk = new Talk("Echo");
    for (int i = 0; i < 500; i++) {
      talk.send("m" + i);
    }
    talk.call.halfClose();

    for (int i = 0; i < 500; i++) {
      assertEquals("m" + i, talk.answers.take());
    }
    assertEquals("end", talk.answers.take());
    assertTrue(talk.end.get().isOk());
  }

  @Test
  void anEndWithoutMessagesIsAnsweredToo() throws Exception {
    Talk talk = new Talk("Echo");
    talk.call.halfClose();

    assertEquals("end", talk.answers.take());
    assertTrue(talk.end.get().isOk());
  }

  /// A handler that does not take holds the sender back: neither side piles messages up.
  @Test
  void whoSendsWaitsForASlowHandler() throws Exception {
    Talk talk = new Talk("Slow");
    String large = "x".repeat(64 << 10);
    int sent = 0;
    while (sent < 2_000 && readyWithin(talk)) {
      talk.send(large);
      sent++;
    }

    assertTrue(sent < 500, "sent " + sent + " messages of 64 KiB ahead");
    assertEquals(0, taken.get());
    talk.call.halfClose();
    mayTake.release(10_000);
    assertTrue(talk.end.get().isOk());
    assertEquals(sent, taken.get());
  }

  /// Whether the connection takes more before long.
  private static boolean readyWithin(Talk talk) throws InterruptedException {
    for (int i = 0; i < 50 && !talk.call.isReady(); i++) {
      Thread.sleep(10);
    }
    return talk.call.isReady();
  }

  @Test
  void givingUpInterruptsTheHandler() throws Exception {
    Talk talk = new Talk("Wait");
    talk.send("one");
    while (taken.get() < 1) {
      Thread.onSpinWait();
    }
    talk.call.cancel("enough", null);

    assertTrue(interrupted.await(30, TimeUnit.SECONDS));
    assertEquals(Status.Code.CANCELLED, talk.end.get().getCode());
  }

  @Test
  void aStreamOnWhichNothingCameOccupiesNoThread() throws Exception {
    Talk silent = new Talk("Wait");
    Talk talk = new Talk("Echo");
    talk.send("there");

    assertEquals("there", talk.answers.take());
    assertEquals(0, running.get());
    silent.call.cancel("enough", null);
  }

  @Test
  void anAnswerMayEndBeforeTheQuestions() throws Exception {
    Talk talk = new Talk("First");
    talk.send("one");

    assertEquals("one", talk.answers.take());
    assertTrue(talk.end.get().isOk());
  }

  @Test
  void aFailureEndsTheStreamWithItsReason() throws Exception {
    Talk talk = new Talk("Refuse");
    talk.send("one");

    assertEquals("one", talk.answers.take());
    Status status = talk.end.get();
    assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
    assertEquals("second: got none of it, want it all", status.getDescription());
  }

  @Test
  void aMessageThatIsTooLargeEndsTheStream() throws Exception {
    Talk talk = new Talk("Echo");
    talk.send("small");
    assertEquals("small", talk.answers.take());
    talk.send("x".repeat(MAX_BYTES + 1));

    assertEquals(Status.Code.RESOURCE_EXHAUSTED, talk.end.get().getCode());
    assertNull(talk.answers.poll());
  }

  @Test
  void askingForTheNextOfAUnaryCallIsAMistake() throws Exception {
    Talk talk = new Talk("Unary");
    talk.send("one");
    talk.call.halfClose();

    assertEquals(Status.Code.INTERNAL, talk.end.get().getCode());
  }

  private double count(String name) {
    return registry.scrape(name::equals).stream()
        .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
        .filter(point -> "bidi_stream".equals(point.getLabels().get("grpc_type")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }
}
