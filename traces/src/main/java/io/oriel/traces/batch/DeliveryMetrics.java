package io.oriel.traces.batch;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Optional;
import java.util.function.LongSupplier;

/// The queue and the delivery in figures, under the names of Jaeger 1.x and of the OpenTelemetry
/// collector, which alert rules use. Thread-safe.
///
/// The collector's counters have no `_total`, so they are shown as gauges, which alone may be
/// without it here.
public final class DeliveryMetrics {
  private static final double[] SECONDS = {.001, .005, .01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30};
  private static final String EXPORTER = "jaeger_storage_exporter";

  private final Histogram inQueue;
  private final Histogram save;
  private final Counter retries;
  private final Counter failures;

  /** What the engine answered last instead of taking a request; empty when it took it. */
  private volatile String trouble = "";

  public DeliveryMetrics(PrometheusRegistry registry, SpanQueue queue, SpanLedger ledger) {
    inQueue =
        histogram(registry, "jaeger_collector_in_queue_latency", "Time from receipt to writing.");
    save = histogram(registry, "jaeger_collector_save_latency", "Time of one bulk request.");
    retries =
        Counter.builder()
            .name("oriel_collector_retries_total")
            .help("Bulk requests or items that the engine could not take at first.")
            .register(registry);
    failures =
        Counter.builder()
            .name("oriel_collector_save_failures_total")
            .help("Bulk requests that the engine, or the gateway before it, took nothing of.")
            .register(registry);
    gauge(
        registry,
        "oriel_collector_engine_up",
        "Whether the engine took the last bulk request; 1 before the first.",
        () -> trouble.isEmpty() ? 1 : 0);
    gauge(registry, "jaeger_collector_queue_length", "Spans held.", queue::heldSpans);
    gauge(registry, "jaeger_collector_queue_capacity", "Most spans held.", () -> spans(queue));
    gauge(registry, "oriel_collector_queue_bytes", "Bytes held.", queue::heldBytes);
    gauge(registry, "oriel_collector_queue_capacity_bytes", "Most bytes.", () -> bytes(queue));
    counted(registry, "oriel_collector_spans_received", "Spans that came in.", ledger::received);
    counted(registry, "oriel_collector_spans_stored", "Spans the engine has.", ledger::stored);
    counted(
        registry,
        "oriel_collector_spans_recovered",
        "Spans that an earlier process had taken and left on disk.",
        ledger::recovered);
    CounterWithCallback.builder()
        .name("jaeger_collector_spans_dropped")
        .help("Spans that are not stored, by reason; full queues were told to their senders.")
        .labelNames("reason")
        .callback(
            callback -> {
              for (SpanLedger.Loss loss : SpanLedger.Loss.values()) {
                callback.call((double) ledger.droppedFor(loss), loss.word());
              }
            })
        .register(registry);
    exported(registry, "otelcol_exporter_sent_spans", ledger::stored);
    exported(
        registry,
        "otelcol_exporter_send_failed_spans",
        () ->
            ledger.droppedFor(SpanLedger.Loss.REFUSED_BY_ENGINE)
                + ledger.droppedFor(SpanLedger.Loss.SHUTDOWN));
    exported(
        registry,
        "otelcol_exporter_enqueue_failed_spans",
        () ->
            ledger.droppedFor(SpanLedger.Loss.QUEUE_FULL)
                + ledger.droppedFor(SpanLedger.Loss.UNAVAILABLE));
    exported(registry, "otelcol_exporter_queue_size", queue::heldSpans);
    exported(registry, "otelcol_exporter_queue_capacity", () -> spans(queue));
  }

  private static long spans(SpanQueue queue) {
    return queue.bounds().spans();
  }

  private static long bytes(SpanQueue queue) {
    return queue.bounds().bytes();
  }

  private static Histogram histogram(PrometheusRegistry registry, String name, String help) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .classicUpperBounds(SECONDS)
        .classicOnly()
        .register(registry);
  }

  static void gauge(PrometheusRegistry registry, String name, String help, LongSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call((double) value.getAsLong()))
        .register(registry);
  }

  static void counted(PrometheusRegistry registry, String name, String help, LongSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call((double) value.getAsLong()))
        .register(registry);
  }

  private static void exported(PrometheusRegistry registry, String name, LongSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help("As the OpenTelemetry collector has it.")
        .labelNames("exporter")
        .callback(callback -> callback.call((double) value.getAsLong(), EXPORTER))
        .register(registry);
  }

  void waited(long nanos) {
    inQueue.observe(nanos / 1e9);
  }

  void saved(long nanos) {
    trouble = "";
    save.observe(nanos / 1e9);
  }

  void failed(String reason) {
    trouble = reason;
    failures.inc();
  }

  /// Why the engine did not take the last request; empty when it did, or there was none.
  public Optional<String> trouble() {
    return trouble.isEmpty() ? Optional.empty() : Optional.of(trouble);
  }

  void retried(long count) {
    retries.inc((double) count);
  }
}
