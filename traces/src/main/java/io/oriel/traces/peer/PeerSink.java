package io.oriel.traces.peer;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.error.RetryLater;
import io.oriel.model.trace.Span;
import io.oriel.traces.batch.SpanBatch;
import io.oriel.traces.batch.SpanLedger;
import io.oriel.traces.batch.SpanSink;
import io.oriel.wire.otlp.OtlpTraces;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Hands each span to the collector that owns its trace. Thread-safe.
///
/// The sender is answered once every owner has taken its part, so nothing is held here. An owner
/// that is full refuses the whole, and what others took meanwhile comes to them again with the
/// sender's next try, under the same ids. Spans whose owner does not answer stay here.
public final class PeerSink implements SpanSink {
  /// Marks what a peer has handed on: it is not handed on again, whoever owns it.
  public static final String HANDED_ON = "oriel-handed-on";

  private static final String SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService";
  private static final Duration SOON = Duration.ofSeconds(1);

  private final Peers peers;
  private final SpanSink here;
  private final SpanLedger ledger;
  private final Counter kept;

  /// @param here takes the spans that we own
  public PeerSink(Peers peers, SpanSink here, SpanLedger ledger, PrometheusRegistry registry) {
    this.peers = peers;
    this.here = here;
    this.ledger = ledger;
    this.kept =
        Counter.builder()
            .name("oriel_collect_peer_unreachable_spans_total")
            .help("Spans of other collectors' traces kept here, since they do not answer.")
            .register(registry);
    CounterWithCallback.builder()
        .name("oriel_collect_handed_on_spans_total")
        .help("Spans that the collectors that own their traces have taken.")
        .callback(callback -> callback.call((double) ledger.handedOn()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("oriel_collect_peers")
        .help("Collectors that share the work: all that are known, and those that answer.")
        .labelNames("state")
        .callback(
            callback -> {
              callback.call(peers.known(), "known");
              callback.call(peers.active(), "active");
            })
        .register(registry);
  }

  @Override
  public void take(SpanBatch batch) {
    PeerRing ring = peers.ring();
    if (ring.members().size() == 1) {
      here.take(batch);
      return;
    }
    Map<String, List<Span>> parts = new LinkedHashMap<>();
    for (Span span : batch.spans()) {
      parts.computeIfAbsent(ring.ownerOf(span.traceId()), _ -> new ArrayList<>()).add(span);
    }
    List<Span> own = new ArrayList<>(parts.getOrDefault(peers.self(), List.of()));
    parts.remove(peers.self());
    handOn(parts).forEach(own::addAll);
    if (!own.isEmpty()) {
      here.take(batch.part(own));
    }
    ledger.handOn(batch.size() - own.size());
  }

  /// @return what could not be handed on
  private List<List<Span>> handOn(Map<String, List<Span>> parts) {
    List<List<Span>> back = new ArrayList<>();
    if (parts.isEmpty()) {
      return back;
    }
    List<Future<List<Span>>> calls = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("oriel/collect/hand-on").factory())) {
      parts.forEach((owner, spans) -> calls.add(threads.submit(() -> handOn(owner, spans))));
    }
    for (Future<List<Span>> call : calls) {
      back.add(result(call));
    }
    return back;
  }

  private static List<Span> result(Future<List<Span>> call) {
    try {
      return call.get();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new RetryLater(Kind.UNAVAILABLE, SOON, "the collector is stopping");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetryLater full) {
        throw full;
      }
      throw new OrielException(Kind.BUG, "handing spans on: " + e.getCause(), e.getCause());
    }
  }

  private List<Span> handOn(String owner, List<Span> spans) throws InterruptedException {
    try {
      ByteBuffer _ =
          peers
              .client(owner)
              .call(
                  SERVICE,
                  "Export",
                  ByteBuffer.wrap(OtlpTraces.write(spans)),
                  peers.timeout(),
                  Map.of(HANDED_ON, peers.self()));
      return List.of();
    } catch (OrielException e) {
      if (e.kind() == Kind.LIMITED) {
        throw new RetryLater(
            Kind.LIMITED, SOON, "collector " + owner + ", which has the trace: " + e.reason());
      }
      return keep(owner, spans, e.reason());
    } catch (IOException e) {
      return keep(owner, spans, String.valueOf(e.getMessage()));
    }
  }

  private List<Span> keep(String owner, List<Span> spans, String reason) {
    peers.failed(owner, reason);
    kept.inc(spans.size());
    return spans;
  }
}
