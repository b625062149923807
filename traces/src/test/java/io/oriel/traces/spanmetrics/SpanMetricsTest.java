package io.oriel.traces.spanmetrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.traces.assemble.Spans;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SharedEngine;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpanMetricsTest {
  private static final long NOW = 1_764_244_800_000L;

  @Test
  void countsCallsAndDurationsWithExemplars() throws Exception {
    SpanMetrics metrics = new SpanMetrics(2, InstantSource.system());
    metrics.add(Spans.of(1, 0, "shop", 0, 3, SpanKind.SERVER));
    metrics.add(Spans.of(1, 0, "shop", 0, 70, SpanKind.SERVER));
    metrics.add(Spans.of(2, 0, "shop", 0, 70, SpanKind.SERVER));
    metrics.add(Spans.of(3, 0, "shop", 0, 70, SpanKind.SERVER));

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OpenMetricsTextFormatWriter.create()
        .write(out, metrics.collect(), EscapingScheme.UNDERSCORE_ESCAPING);
    String text = out.toString(StandardCharsets.UTF_8);

    String labels =
        "service_name=\"shop\",span_kind=\"SPAN_KIND_SERVER\",span_name=\"op-1\","
            + "status_code=\"STATUS_CODE_UNSET\"";
    assertTrue(text.contains("traces_span_metrics_calls_total{" + labels + "} 2.0"), text);
    assertTrue(
        text.contains(
            "traces_span_metrics_duration_milliseconds_bucket{" + labels + ",le=\"4.0\"} 1"),
        text);
    assertTrue(text.contains("trace_id=\"00000000000000000000000000000007\""), text);
    assertTrue(text.contains("traces_span_metrics_dropped_spans_total 1.0"), text);
  }

  @Test
  void weighsByTheThreshold() {
    assertEquals(1, AdjustedCount.of(Spans.of(1, 0, "a", 0, 1)));
    assertEquals(100, weight("ot=th:fd70a4"), 1e-4);
    assertEquals(1, weight("ot=th:0"));
    assertEquals(2, weight("vendor=x, ot=rv:00000000000001;th:8"));
    for (String odd : List.of("ot=th:", "ot=th:zz", "ot=", ",,,", "ot=th:123456789012345")) {
      assertEquals(1, weight(odd));
    }
  }

  private static double weight(String state) {
    Span span = Spans.of(1, 0, "a", 0, 1);
    return AdjustedCount.of(
        new Span(
            span.traceId(),
            1,
            0,
            state,
            0,
            "",
            span.kind(),
            0,
            0,
            span.status(),
            span.attributes(),
            List.of(),
            List.of(),
            span.dropped(),
            span.resource(),
            span.scope()));
  }

  /// One call a second for ten minutes, every fourth one failed and took 300 ms instead of 100.
  @Test
  void theEngineComputesTheSameHoweverTagsAreWritten() throws Exception {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      long start = NOW - 600_000 + i * 1000L;
      Span span =
          Spans.of(i + 1, 0, "shop", start, start + (i % 4 == 0 ? 300 : 100), SpanKind.SERVER);
      spans.add(i % 4 == 0 ? failed(span) : span);
    }
    for (TagFields fields : List.of(TagFields.none(), TagFields.everything())) {
      String prefix = "spm" + (fields.equals(TagFields.none()) ? "" : "-flat");
      SharedEngine.get().write(prefix, fields, spans);
      ServicePerformance performance =
          new ServicePerformance(
              SharedEngine.get().client(), List.of(prefix + "-jaeger-span-*"), fields);
      PerformanceQuery wanted =
          new PerformanceQuery(
              List.of("shop", "none"),
              List.of(),
              PerformanceQuery.Grouping.SERVICE,
              new PerformanceQuery.Steps(NOW - 1, 300_000, 60_000, 120_000));

      List<ServiceSeries> rates = performance.callRates(wanted);
      assertEquals(1, rates.size());
      assertEquals(1.0, last(rates), 1e-9);
      assertEquals(0.25, last(performance.errorRates(wanted)), 1e-9);
      assertEquals(100, last(performance.latencies(wanted, 0.5)), 1);
      assertEquals(300, last(performance.latencies(wanted, 0.95)), 1);
    }
  }

  private static double last(List<ServiceSeries> series) {
    return series.getFirst().points().getLast().value();
  }

  private static Span failed(Span span) {
    return new Span(
        span.traceId(),
        span.spanId(),
        0,
        "",
        0,
        span.name(),
        span.kind(),
        span.startNanos(),
        span.endNanos(),
        new io.oriel.model.trace.SpanStatus(io.oriel.model.trace.SpanStatus.Code.ERROR, ""),
        span.attributes(),
        List.of(),
        List.of(),
        span.dropped(),
        span.resource(),
        span.scope());
  }
}
