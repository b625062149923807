package io.oriel.traces.receive;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.Kind;
import io.oriel.model.error.RetryLater;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Span;
import io.oriel.traces.batch.Receipt;
import io.oriel.traces.batch.SpanBatch;
import io.oriel.traces.batch.SpanLedger;
import io.oriel.traces.batch.SpanSink;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Takes decoded spans from all receivers. Thread-safe.
public final class SpanIntake {
  private static final String CLUSTER = "cluster";
  private static final String ENVIRONMENT = "environment";

  /// Who we are; stamped over whatever a sender said itself.
  ///
  /// @param cluster empty for no stamp
  /// @param environment empty for no stamp
  public record Stamp(String cluster, String environment) {}

  private final Stamp stamp;
  private final SpanSink sink;
  private final List<SpanTap> taps;
  private final SpanLedger ledger;
  private final Map<Protocol, LongAdder> accepted = new EnumMap<>(Protocol.class);
  private final Map<Protocol, LongAdder> refused = new EnumMap<>(Protocol.class);

  /// @param registry gets the receivers' metrics
  public SpanIntake(
      Stamp stamp,
      SpanSink sink,
      List<SpanTap> taps,
      SpanLedger ledger,
      PrometheusRegistry registry) {
    this.stamp = stamp;
    this.sink = sink;
    this.taps = List.copyOf(taps);
    this.ledger = ledger;
    for (Protocol protocol : Protocol.values()) {
      accepted.put(protocol, new LongAdder());
      refused.put(protocol, new LongAdder());
    }
    CounterWithCallback.builder()
        .name("jaeger_collector_spans_received")
        .help("Spans that came in, the refused ones too.")
        .labelNames("format", "transport")
        .callback(
            callback ->
                accepted.forEach(
                    (protocol, count) ->
                        callback.call(
                            (double) (count.sum() + sum(refused, protocol)),
                            protocol.receiver(),
                            protocol.transport())))
        .register(registry);
    shown(registry, "otelcol_receiver_accepted_spans", accepted);
    shown(registry, "otelcol_receiver_refused_spans", refused);
  }

  private SpanIntake(SpanIntake other, SpanSink sink) {
    this.stamp = other.stamp;
    this.sink = sink;
    this.taps = List.of();
    this.ledger = other.ledger;
    this.accepted.putAll(other.accepted);
    this.refused.putAll(other.refused);
  }

  /// One that counts together with this one, but gives spans to another sink, which no tap sees.
  public SpanIntake into(SpanSink other) {
    return new SpanIntake(this, other);
  }

  private static long sum(Map<Protocol, LongAdder> counts, Protocol protocol) {
    LongAdder count = counts.get(protocol);
    return count == null ? 0 : count.sum();
  }

  private static void shown(
      PrometheusRegistry registry, String name, Map<Protocol, LongAdder> counts) {
    GaugeWithCallback.builder()
        .name(name)
        .help("As the OpenTelemetry collector has it.")
        .labelNames("receiver", "transport")
        .callback(
            callback ->
                counts.forEach(
                    (protocol, count) ->
                        callback.call(
                            (double) count.sum(), protocol.receiver(), protocol.transport())))
        .register(registry);
  }

  /// Refuses spans that are not decoded yet when there is no room for them; what is let pass may be
  /// refused all the same.
  ///
  /// @param spans how many there are
  /// @param bytes what they take on the wire, decompressed
  /// @throws RetryLater when there is no room for them
  void check(Protocol protocol, int spans, long bytes) {
    try {
      sink.check(spans, bytes);
    } catch (RetryLater e) {
      ledger.receive(spans);
      refuse(protocol, spans, e);
      throw e;
    }
  }

  /// Takes spans that were decoded.
  ///
  /// @param bytes what they took on the wire, decompressed
  /// @param rejected how many more there were that are none
  /// @throws RetryLater when there is no room for them
  public void take(Protocol protocol, List<Span> spans, long bytes, int rejected) {
    int count = spans.size();
    ledger.receive(count + rejected);
    ledger.drop(SpanLedger.Loss.INVALID, rejected);
    add(refused, protocol, rejected);
    List<Span> stamped = stamped(spans);
    try {
      sink.take(new SpanBatch(stamped, bytes, protocol.answer(), Receipt.NONE));
    } catch (RetryLater e) {
      refuse(protocol, count, e);
      throw e;
    }
    add(accepted, protocol, count);
    taps.forEach(tap -> tap.see(stamped));
  }

  private void refuse(Protocol protocol, int count, RetryLater why) {
    ledger.drop(
        why.kind() == Kind.LIMITED ? SpanLedger.Loss.QUEUE_FULL : SpanLedger.Loss.UNAVAILABLE,
        count);
    add(refused, protocol, count);
  }

  private static void add(Map<Protocol, LongAdder> counts, Protocol protocol, long count) {
    LongAdder adder = counts.get(protocol);
    if (adder != null) {
      adder.add(count);
    }
  }

  private List<Span> stamped(List<Span> spans) {
    if (stamp.cluster().isEmpty() && stamp.environment().isEmpty()) {
      return spans;
    }
    List<Span> stamped = new ArrayList<>(spans.size());
    Resource before = Resource.of(Attributes.empty());
    Resource after = stamped(before);
    for (Span span : spans) {
      if (!span.resource().equals(before)) {
        before = span.resource();
        after = stamped(before);
      }
      stamped.add(span.withResource(after));
    }
    return stamped;
  }

  private Resource stamped(Resource resource) {
    Attributes attributes = resource.attributes();
    if (!stamp.cluster().isEmpty()) {
      attributes = attributes.with(CLUSTER, AttributeValue.of(stamp.cluster()));
    }
    if (!stamp.environment().isEmpty()) {
      attributes = attributes.with(ENVIRONMENT, AttributeValue.of(stamp.environment()));
    }
    return resource.withAttributes(attributes);
  }
}
