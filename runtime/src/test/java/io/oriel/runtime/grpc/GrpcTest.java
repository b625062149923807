package io.oriel.runtime.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcClientConfig.Compression;
import io.oriel.runtime.grpc.GrpcService.Method;
import io.oriel.runtime.grpc.GrpcService.Shape;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final GrpcMetrics clientMetrics = GrpcMetrics.ofClient(registry);
  private final AtomicInteger sent = new AtomicInteger();
  private final CountDownLatch givenUp = new CountDownLatch(1);
  private GrpcServer server;

  @BeforeEach
  void start() throws IOException {
    GrpcService service =
        new GrpcService(
            "test.Echo",
            List.of(
                new Method("Once", Shape.UNARY, call -> call.send(call.request())),
                new Method("Many", Shape.SERVER_STREAM, this::many),
                new Method(
                    "Header",
                    Shape.UNARY,
                    call -> call.send(bytes(call.header("thanos-tenant").orElse("none")))),
                new Method(
                    "Fail",
                    Shape.UNARY,
                    _ -> {
                      throw new OrielException(Kind.LIMITED, "too many series: got 3, want 2");
                    }),
                new Method("Hang", Shape.UNARY, _ -> hang())));
    GrpcServerConfig config =
        new GrpcServerConfig("127.0.0.1:0", Optional.empty(), 1 << 20, Duration.ofMinutes(1));
    server =
        GrpcServer.start(
            config, List.of(service), InstantSource.system(), GrpcMetrics.ofServer(registry));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void many(GrpcCall call) {
    int n = Integer.parseInt(text(call.request()));
    byte[] large = new byte[64 << 10];
    for (int i = 0; i < n; i++) {
      large[0] = (byte) i;
      call.send(ByteBuffer.wrap(large.clone()));
      sent.incrementAndGet();
    }
  }

  private void hang() throws InterruptedException {
    try {
      Thread.sleep(LONG);
    } catch (InterruptedException e) {
      givenUp.countDown();
      throw e;
    }
  }

  private GrpcClient client(Compression compression) throws IOException {
    return GrpcClient.create(
        new GrpcClientConfig(
            "127.0.0.1:" + server.port(), Optional.empty(), compression, Integer.MAX_VALUE),
        clientMetrics);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  @ParameterizedTest
  @EnumSource
  void answersWithEveryCompression(Compression compression) throws Exception {
    try (GrpcClient client = client(compression)) {
      String long1 = "abc".repeat(50_000);

      assertEquals(long1, text(client.call("test.Echo", "Once", bytes(long1), LONG, Map.of())));
    }
  }

  @Test
  void passesHeaders() throws Exception {
    try (GrpcClient client = client(Compression.NONE)) {
      assertEquals(
          "team-a",
          text(
              client.call(
                  "test.Echo", "Header", bytes(""), LONG, Map.of("thanos-tenant", "team-a"))));
    }
  }

  @Test
  void streamsEveryMessageInOrder() throws Exception {
    try (GrpcClient client = client(Compression.SNAPPY);
        GrpcStream stream = client.stream("test.Echo", "Many", bytes("100"), LONG, Map.of())) {
      for (int i = 0; i < 100; i++) {
        ByteBuffer message = stream.next();
        assertNotNull(message);
        assertEquals((byte) i, message.get(0));
      }
      assertNull(stream.next());
    }
  }

  @Test
  void waitsForASlowReader() throws Exception {
    try (GrpcClient client = client(Compression.NONE);
        GrpcStream stream = client.stream("test.Echo", "Many", bytes("2000"), LONG, Map.of())) {
      assertNotNull(stream.next());
      int before = -1;
      while (before != sent.get()) {
        before = sent.get();
        Thread.sleep(200);
      }

      assertTrue(before < 500, () -> "sent " + sent.get() + " messages of 64 KiB ahead");
      int rest = 1;
      while (stream.next() != null) {
        rest++;
      }
      assertEquals(2000, rest);
    }
  }

  @Test
  void failuresKeepTheirKindAndReason() throws Exception {
    try (GrpcClient client = client(Compression.NONE)) {
      OrielException failure =
          assertThrows(
              OrielException.class,
              () -> client.call("test.Echo", "Fail", bytes(""), LONG, Map.of()));

      assertEquals(Kind.LIMITED, failure.kind());
      assertTrue(failure.reason().endsWith("Fail: too many series: got 3, want 2"));
      assertEquals(1, count("grpc_server_handled", "ResourceExhausted"));
      assertEquals(1, count("grpc_client_handled", "ResourceExhausted"));
    }
  }

  @Test
  void theDeadlineEndsTheCallOnBothSides() throws Exception {
    try (GrpcClient client = client(Compression.NONE)) {
      OrielException failure =
          assertThrows(
              OrielException.class,
              () -> client.call("test.Echo", "Hang", bytes(""), Duration.ofMillis(300), Map.of()));

      assertEquals(Kind.TIMEOUT, failure.kind());
      assertTrue(givenUp.await(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void closingTheStreamStopsTheServer() throws Exception {
    try (GrpcClient client = client(Compression.NONE)) {
      GrpcStream stream = client.stream("test.Echo", "Hang", bytes(""), LONG, Map.of());
      Thread.sleep(200);
      stream.close();

      assertTrue(givenUp.await(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void refusesAnOversizedRequest() throws Exception {
    try (GrpcClient client = client(Compression.NONE)) {
      OrielException failure =
          assertThrows(
              OrielException.class,
              () ->
                  client.call(
                      "test.Echo", "Once", ByteBuffer.wrap(new byte[2 << 20]), LONG, Map.of()));

      assertEquals(Kind.LIMITED, failure.kind());
    }
  }

  @Test
  void anAbsentServerIsUnavailable() throws Exception {
    try (GrpcClient client =
        GrpcClient.create(GrpcClientConfig.plain("127.0.0.1:1"), clientMetrics)) {
      OrielException failure =
          assertThrows(
              OrielException.class,
              () -> client.call("test.Echo", "Once", bytes(""), LONG, Map.of()));

      assertEquals(Kind.UNAVAILABLE, failure.kind());
    }
  }

  @Test
  void plainGrpcCallsUs() {
    ManagedChannel channel =
        OkHttpChannelBuilder.forAddress(
                "127.0.0.1", server.port(), InsecureChannelCredentials.create())
            .build();
    try {
      Iterator<ByteBuffer> answer =
          ClientCalls.blockingServerStreamingCall(
              channel,
              Codecs.method("test.Echo", "Many"),
              CallOptions.DEFAULT.withCompression("gzip"),
              bytes("20"));
      List<Byte> firsts = new ArrayList<>();
      answer.forEachRemaining(message -> firsts.add(message.get(0)));
      assertEquals(20, firsts.size());

      StatusRuntimeException failure =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  ClientCalls.blockingServerStreamingCall(
                          channel,
                          Codecs.method("test.Echo", "Fail"),
                          CallOptions.DEFAULT,
                          bytes(""))
                      .next());
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, failure.getStatus().getCode());
      byte[] serving = {8, 1};
      ByteBuffer health =
          ClientCalls.blockingServerStreamingCall(
                  channel,
                  Codecs.method("grpc.health.v1.Health", "Check"),
                  CallOptions.DEFAULT,
                  bytes(""))
              .next();
      assertEquals(ByteBuffer.wrap(serving), health);
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void weCallPlainGrpc() throws Exception {
    Server plain =
        OkHttpServerBuilder.forPort(0, InsecureServerCredentials.create())
            .addService(
                ServerServiceDefinition.builder("test.Echo")
                    .addMethod(
                        Codecs.method("test.Echo", "Many"),
                        ServerCalls.<ByteBuffer, ByteBuffer>asyncServerStreamingCall(
                            (request, out) -> {
                              for (int i = 0; i < 50; i++) {
                                out.onNext(request);
                              }
                              out.onError(Status.UNAVAILABLE.withDescription("half").asException());
                            }))
                    .build())
            .build()
            .start();
    try (GrpcClient client =
            GrpcClient.create(
                GrpcClientConfig.plain("127.0.0.1:" + plain.getPort()), clientMetrics);
        GrpcStream stream = client.stream("test.Echo", "Many", bytes("x"), LONG, Map.of())) {
      for (int i = 0; i < 50; i++) {
        assertNotNull(stream.next());
      }
      OrielException failure = assertThrows(OrielException.class, stream::next);
      assertEquals(Kind.UNAVAILABLE, failure.kind());
      assertTrue(failure.reason().endsWith("half"));
    } finally {
      plain.shutdownNow();
    }
  }

  private double count(String name, String code) {
    return registry.scrape(name::equals).stream()
        .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
        .filter(point -> code.equals(point.getLabels().get("grpc_code")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }
}
