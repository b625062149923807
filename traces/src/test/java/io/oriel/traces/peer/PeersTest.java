package io.oriel.traces.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.error.RetryLater;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.testkit.Seed;
import io.oriel.traces.batch.SpanBatch;
import io.oriel.traces.batch.SpanLedger;
import io.oriel.traces.receive.Bodies;
import io.oriel.traces.receive.OtlpReceiver;
import io.oriel.traces.receive.Protocol;
import io.oriel.traces.receive.SpanIntake;
import io.oriel.traces.sample.AdaptiveOptions;
import io.oriel.traces.sample.AdaptiveSampling;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Three collectors over gRPC.
@Timeout(60)
class PeersTest {
  private static final Duration REST = Duration.ofSeconds(30);

  private final Closer closer = new Closer();
  private final SplittableRandom random = Seed.random("peers");
  private final AtomicLong nanos = new AtomicLong();
  private final List<String> names = new CopyOnWriteArrayList<>();
  private final List<Collector> collectors = new ArrayList<>();

  /// What of a collector has to do with its peers; spans end in a list.
  private final class Collector {
    final List<Span> taken = new CopyOnWriteArrayList<>();
    final SpanLedger ledger = new SpanLedger();
    final AdaptiveSampling sampling = new AdaptiveSampling(AdaptiveOptions.standard());
    final Peers peers;
    final SharedSampling shared;
    final SpanIntake intake;
    final GrpcServer server;
    volatile boolean full;

    Collector(int port) throws IOException {
      PrometheusRegistry registry = new PrometheusRegistry();
      peers =
          closer.push(
              new Peers(
                  new Peers.Options(
                      "127.0.0.1:" + port,
                      () -> names,
                      address ->
                          GrpcClient.create(
                              GrpcClientConfig.plain(address),
                              GrpcMetrics.ofClient(new PrometheusRegistry())),
                      Duration.ofSeconds(20),
                      REST),
                  nanos::get));
      shared = new SharedSampling(sampling, peers, registry);
      intake =
          new SpanIntake(
              new SpanIntake.Stamp("dev-01", "dev"),
              new PeerSink(peers, this::take, ledger, registry),
              List.of(),
              ledger,
              registry);
      server =
          closer.push(
              GrpcServer.start(
                  GrpcServerConfig.plain("127.0.0.1:" + port),
                  List.of(
                      new OtlpReceiver(intake, intake.into(this::take), new Bodies(1 << 20, 4))
                          .service(),
                      shared.service()),
                  InstantSource.system(),
                  GrpcMetrics.ofServer(registry)));
    }

    private void take(SpanBatch batch) {
      if (full) {
        throw new RetryLater(Kind.LIMITED, Duration.ofSeconds(1), "no room");
      }
      taken.addAll(batch.spans());
      ledger.store(batch.size());
    }

    String address() {
      return peers.self();
    }
  }

  @BeforeEach
  void start() throws IOException {
    for (int i = 0; i < 3; i++) {
      int port;
      try (ServerSocket free = new ServerSocket(0)) {
        port = free.getLocalPort();
      }
      names.add("127.0.0.1:" + port);
      collectors.add(new Collector(port));
    }
    collectors.forEach(collector -> collector.peers.refresh());
  }

  @AfterEach
  void stop() {
    closer.close();
  }

  private Span span(TraceId trace, Attributes attributes) {
    return new Span(
        trace,
        1 + random.nextLong(1L << 60),
        0,
        "",
        1,
        "op",
        SpanKind.SERVER,
        0,
        1_000_000,
        SpanStatus.UNSET,
        attributes,
        List.of(),
        List.of(),
        Span.Dropped.NOTHING,
        Resource.of(Attributes.of("service.name", AttributeValue.of("s"))),
        Scope.NONE);
  }

  private List<Span> spans(int traces, int each) {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < traces; i++) {
      TraceId trace = new TraceId(random.nextLong(), random.nextLong() | 1);
      for (int k = 0; k < each; k++) {
        spans.add(span(trace, Attributes.empty()));
      }
    }
    return spans;
  }

  /// Spans of every trace reach all collectors in turn.
  private void send(List<Span> spans, List<Collector> to) {
    for (int first = 0; first < to.size(); first++) {
      List<Span> part = new ArrayList<>();
      for (int i = first; i < spans.size(); i += to.size()) {
        part.add(spans.get(i));
      }
      to.get(first).intake.take(Protocol.OTLP_HTTP, part, 100L * part.size(), 0);
    }
  }

  private long taken() {
    return collectors.stream().mapToLong(collector -> collector.taken.size()).sum();
  }

  @Test
  void aTraceComesTogetherAtOneOfThem() {
    send(spans(200, 7), collectors);

    Map<TraceId, Set<String>> where = new HashMap<>();
    Set<Long> ids = new HashSet<>();
    for (Collector collector : collectors) {
      assertTrue(collector.taken.size() > 200, "all have a share");
      for (Span span : collector.taken) {
        where.computeIfAbsent(span.traceId(), _ -> new HashSet<>()).add(collector.address());
        assertTrue(ids.add(span.spanId()), "once");
        assertEquals("dev-01", span.resource().attributes().text("cluster"));
      }
      assertEquals(0, collector.ledger.owed(), "all accounted for");
    }
    assertEquals(1400, ids.size());
    assertTrue(where.values().stream().allMatch(places -> places.size() == 1));
    long handedOn = collectors.stream().mapToLong(one -> one.ledger.handedOn()).sum();
    assertEquals(
        1400 + handedOn, collectors.stream().mapToLong(one -> one.ledger.received()).sum());
  }

  @Test
  void oneThatDiesLosesNothingAndComesBack() {
    Collector gone = collectors.get(1);
    List<Collector> rest = List.of(collectors.get(0), collectors.get(2));
    gone.server.close();

    send(spans(100, 3), rest);

    assertEquals(300, taken());
    assertEquals(0, gone.taken.size());
    rest.forEach(collector -> assertEquals(2, collector.peers.active()));
    rest.forEach(collector -> assertEquals(3, collector.peers.known()));

    nanos.addAndGet(REST.toNanos());
    rest.forEach(collector -> collector.peers.refresh());
    rest.forEach(collector -> assertEquals(3, collector.peers.active(), "it may try again"));
  }

  @Test
  void oneThatIsFullRefusesTheSender() {
    Collector busy = collectors.get(2);
    busy.full = true;
    List<Span> spans = spans(100, 1);

    RetryLater refused =
        assertThrows(
            RetryLater.class,
            () -> collectors.getFirst().intake.take(Protocol.OTLP_HTTP, spans, 100, 0));

    assertTrue(refused.reason().contains(busy.address()), refused.reason());
    assertEquals(3, collectors.getFirst().peers.active(), "full is not gone");
    assertEquals(0, collectors.getFirst().ledger.owed());
    busy.full = false;
    collectors.getFirst().intake.take(Protocol.OTLP_HTTP, spans, 100, 0);
    Set<Long> ids = new HashSet<>();
    collectors.forEach(one -> one.taken.forEach(span -> ids.add(span.spanId())));
    assertEquals(100, ids.size());
  }

  @Test
  void whoIsNotNamedAnyMoreIsForgotten() {
    names.remove(collectors.get(1).address());
    collectors.forEach(collector -> collector.peers.refresh());

    assertEquals(2, collectors.get(0).peers.active());
    send(spans(100, 2), List.of(collectors.get(0), collectors.get(2)));
    assertEquals(200, taken());
    assertEquals(0, collectors.get(1).taken.size());
  }

  @Test
  void theLeaderComputesFromWhatAllHaveSeen() throws Exception {
    for (Collector collector : collectors) {
      List<Span> roots = new ArrayList<>();
      for (int k = 0; k < 240; k++) {
        roots.add(
            span(new TraceId(1, 1 + k), Attributes.of("sampler.param", AttributeValue.of(0.001))));
      }
      collector.sampling.see(roots);
    }
    String leader = collectors.getFirst().peers.ring().leader();
    Collector leading =
        collectors.stream().filter(one -> one.address().equals(leader)).findFirst().orElseThrow();
    for (Collector collector : collectors) {
      if (collector != leading) {
        collector.shared.step(60);
      }
    }
    leading.shared.step(60);

    // 720 in 60 s are twelve a second, so a twelfth of 0.001
    assertEquals(0.001 / 12, probability(leading), 1e-12);
    for (Collector collector : collectors) {
      if (collector != leading) {
        collector.shared.step(60);
      }
      assertEquals(0.001 / 12, probability(collector), 1e-12, "all tell the same");
    }

    leading.server.close();
    Collector follower =
        collectors.stream().filter(one -> one != leading).findFirst().orElseThrow();
    follower.shared.step(60);
    assertEquals(2, follower.peers.active());
    assertEquals(0.001 / 12, probability(follower), 1e-12, "what was computed is kept");
  }

  private static double probability(Collector collector) {
    return collector.sampling.probabilities().getOrDefault("s", Map.of()).getOrDefault("op", 1.0);
  }

  @Test
  void nonsenseFromAPeerIsRefused() throws Exception {
    GrpcClient client = collectors.get(0).peers.client(collectors.get(1).address());
    for (String message :
        List.of(
            "{",
            "{\"seen\":[{\"service\":\"s\"}]}",
            "{\"seen\":[{\"service\":1,\"operation\":\"o\",\"traces\":3}]}")) {
      OrielException refused =
          assertThrows(
              OrielException.class,
              () ->
                  client.call(
                      "oriel.collect.Sampling",
                      "Exchange",
                      ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)),
                      Duration.ofSeconds(20),
                      Map.of()));
      assertEquals(Kind.INVALID, refused.kind());
    }
  }
}
