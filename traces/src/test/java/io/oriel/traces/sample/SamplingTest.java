package io.oriel.traces.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigException;
import io.oriel.testkit.Conformance;
import io.oriel.testkit.Seed;
import io.oriel.traces.batch.Receipt;
import io.oriel.traces.batch.SpanBatch;
import io.oriel.traces.batch.SpanLedger;
import io.oriel.wire.jaeger.SamplingStrategy;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SamplingTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final SplittableRandom random = Seed.random("sampling");
  private final SpanLedger ledger = new SpanLedger();
  private final List<Span> kept = new ArrayList<>();
  private final List<SpanBatch> keptBatches = new ArrayList<>();
  private long now;

  private Span span(TraceId traceId, String state, Attributes attributes, long millis) {
    return new Span(
        traceId,
        1 + random.nextLong(1L << 60),
        0,
        state,
        1,
        "op",
        SpanKind.SERVER,
        0,
        millis * 1_000_000,
        attributes.text("status").equals("error")
            ? new SpanStatus(SpanStatus.Code.ERROR, "")
            : SpanStatus.UNSET,
        attributes,
        List.of(),
        List.of(),
        Span.Dropped.NOTHING,
        Resource.of(Attributes.of("service.name", AttributeValue.of("s"))),
        Scope.NONE);
  }

  private TraceId anyTrace() {
    return new TraceId(random.nextLong(), random.nextLong() | 1);
  }

  private void keep(SpanBatch batch) {
    kept.addAll(batch.spans());
    keptBatches.add(batch);
  }

  @Test
  void keepsItsShareOfTracesAndCountsThemUnbiased() {
    ConsistentSampling sampling = new ConsistentSampling(0.1, this::keep, ledger);
    int traces = 40_000;
    for (int i = 0; i < traces; i++) {
      sampling.take(new SpanBatch(List.of(span(anyTrace(), "", Attributes.empty(), 1)), 100));
    }

    double deviation = Math.sqrt(traces * 0.1 * 0.9);
    assertEquals(traces * 0.1, kept.size(), 5 * deviation);
    assertEquals(traces - kept.size(), ledger.droppedFor(SpanLedger.Loss.SAMPLED_OUT));
    double counted = kept.stream().mapToDouble(ConsistentSampling::adjustedCount).sum();
    assertEquals(traces, counted, 50 * deviation);
    assertEquals("ot=th:e6666666666668", kept.getFirst().traceState());
  }

  @Test
  void aThresholdIsRaisedAndNeverLowered() {
    ConsistentSampling half = new ConsistentSampling(0.5, this::keep, ledger);
    TraceId sure = new TraceId(0, 0x00ffffffffffffffL);
    half.take(new SpanBatch(List.of(span(sure, "ot=th:fd70a4,v=1", Attributes.empty(), 1)), 1));
    half.take(
        new SpanBatch(List.of(span(sure, "v=1,ot=rv:90000000000000", Attributes.empty(), 1)), 1));

    assertEquals("ot=th:fd70a4,v=1", kept.get(0).traceState());
    assertEquals(100, ConsistentSampling.adjustedCount(kept.get(0)), 0.01);
    assertEquals("ot=th:8;rv:90000000000000,v=1", kept.get(1).traceState());
    assertEquals(2, ConsistentSampling.adjustedCount(kept.get(1)));
    assertEquals("0", ConsistentSampling.hex(0));
    assertThrows(OrielException.class, () -> ConsistentSampling.threshold(0));
  }

  private TailSampler tail(String yaml) {
    ConfigDocument document = ConfigDocument.parse("tail.yaml", yaml);
    TailConfig config = TailConfig.bind(document.root());
    document.check();
    return TailSampler.idle(
        config,
        this::keep,
        ledger,
        new TailSampler.Surroundings(() -> now, new PrometheusRegistry()));
  }

  private static String policy(String type, String settings) {
    return "policies: [{name: p, type: "
        + type
        + (settings.isEmpty() ? "" : ", " + type + ": {" + settings + "}")
        + "}]";
  }

  private boolean keeps(String yaml, Span... spans) {
    kept.clear();
    TailSampler sampler = tail(yaml);
    for (Span span : spans) {
      sampler.take(new SpanBatch(List.of(span), 100));
    }
    now += 31_000_000_000L;
    sampler.tick();
    assertEquals(0, sampler.heldSpans());
    return kept.size() == spans.length;
  }

  /// Whoever keeps spans until they are done with hears of each, whatever becomes of its trace.
  @Test
  void everySpanOfABatchIsSettledOnce() {
    TailSampler sampler = tail(policy("latency", "threshold_ms: 10"));
    TraceId fast = anyTrace();
    TraceId slow = anyTrace();
    AtomicInteger owed = new AtomicInteger(4);
    Receipt receipt = spans -> owed.addAndGet(-spans);
    sampler.take(
        new SpanBatch(
            List.of(
                span(fast, "", Attributes.empty(), 1),
                span(slow, "", Attributes.empty(), 20),
                span(slow, "", Attributes.empty(), 1),
                span(fast, "", Attributes.empty(), 2)),
            400,
            SpanBatch.Answer.AWAITED,
            receipt));
    assertEquals(4, owed.get());
    now += 31_000_000_000L;
    sampler.tick();
    assertEquals(2, owed.get(), "the fast trace is dropped");

    owed.addAndGet(2);
    sampler.take(
        new SpanBatch(
            List.of(span(fast, "", Attributes.empty(), 1), span(slow, "", Attributes.empty(), 1)),
            200,
            SpanBatch.Answer.AWAITED,
            receipt));
    assertEquals(3, owed.get(), "a late span of it, too");
    keptBatches.forEach(batch -> batch.receipt().settle(batch.size()));
    assertEquals(0, owed.get());
  }

  private Span with(String name, AttributeValue value) {
    return span(anyTrace(), "", Attributes.of(name, value), 10);
  }

  @Test
  void eachPolicyDecidesByWhatItSays() {
    Span plain = with("k", AttributeValue.of("v"));
    assertTrue(keeps(policy("always_sample", ""), plain));
    assertTrue(keeps(policy("latency", "threshold_ms: 10"), plain));
    assertTrue(!keeps(policy("latency", "threshold_ms: 11"), plain));
    assertTrue(!keeps(policy("latency", "threshold_ms: 1, upper_threshold_ms: 9"), plain));
    assertTrue(
        keeps(
            policy("numeric_attribute", "key: n, min_value: 5, max_value: 9"),
            with("n", AttributeValue.of(7L))));
    assertTrue(
        !keeps(
            policy("numeric_attribute", "key: n, min_value: 5, max_value: 6"),
            with("n", AttributeValue.of(7L))));
    assertTrue(
        keeps(
            policy("status_code", "status_codes: [ERROR]"),
            with("status", AttributeValue.of("error"))));
    assertTrue(!keeps(policy("status_code", "status_codes: [ERROR]"), plain));
    assertTrue(keeps(policy("string_attribute", "key: k, values: [v]"), plain));
    assertTrue(keeps(policy("string_attribute", "key: service.name, values: [s]"), plain));
    assertTrue(
        !keeps(policy("string_attribute", "key: k, values: [v], invert_match: true"), plain));
    assertTrue(
        keeps(
            policy("string_attribute", "key: k, values: ['^[u-w]$'], enabled_regex_matching: true"),
            plain));
    assertTrue(
        keeps(
            policy("trace_state", "key: a, values: [b]"),
            span(anyTrace(), "x=y, a=b", Attributes.empty(), 1)));
    assertTrue(
        keeps(
            policy("boolean_attribute", "key: b, value: true"),
            with("b", AttributeValue.of(true))));
    assertTrue(!keeps(policy("boolean_attribute", "key: b, value: true"), plain));
    assertTrue(!keeps(policy("span_count", "min_spans: 2"), plain));
    assertTrue(keeps(policy("trace_flags", ""), plain));
    TraceId one = anyTrace();
    assertTrue(
        keeps(
            policy("span_count", "min_spans: 2, max_spans: 2"),
            span(one, "", Attributes.empty(), 1),
            span(one, "", Attributes.empty(), 1)));
    assertTrue(
        keeps(
            "policies: [{name: a, type: and, and: {and_sub_policy: [{name: x, type: always_sample}, {name: y, type: latency, latency: {threshold_ms: 5}}]}}]",
            plain));
    assertTrue(
        !keeps(
            "policies: [{name: s, type: always_sample}, {name: d, type: drop, drop: {drop_sub_policy: [{name: x, type: string_attribute, string_attribute: {key: k, values: [v]}}]}}]",
            plain));
  }

  @Test
  void probabilityAndRatesKeepTheirShare() {
    TailSampler share =
        tail("num_traces: 100000\n" + policy("probabilistic", "sampling_percentage: 20"));
    for (int i = 0; i < 20_000; i++) {
      share.take(new SpanBatch(List.of(span(anyTrace(), "", Attributes.empty(), 1)), 10));
    }
    now += 31_000_000_000L;
    share.tick();
    assertEquals(4_000, kept.size(), 5 * Math.sqrt(20_000 * 0.2 * 0.8));
    assertEquals(0.2, share.sampledRatio(), 0.02);

    kept.clear();
    TailSampler rate = tail(policy("rate_limiting", "spans_per_second: 50"));
    TailSampler bytes = tail(policy("bytes_limiting", "bytes_per_second: 1000"));
    TailSampler parts =
        tail(
            "policies: [{name: c, type: composite, composite: {max_total_spans_per_second: 100, policy_order: [e, r], composite_sub_policy: [{name: e, type: status_code, status_code: {status_codes: [ERROR]}}, {name: r, type: always_sample}], rate_allocation: [{policy: e, percent: 70}, {policy: r, percent: 30}]}}]");
    List<Integer> counts = new ArrayList<>();
    for (TailSampler sampler : List.of(rate, bytes, parts)) {
      kept.clear();
      for (int i = 0; i < 300; i++) {
        sampler.take(
            new SpanBatch(
                List.of(with("status", AttributeValue.of(i % 2 == 0 ? "error" : ""))), 100));
      }
      now += 31_000_000_000L;
      sampler.tick();
      counts.add(kept.size());
    }
    assertEquals(List.of(50, 20, 100), counts);
  }

  @Test
  void lateSpansFollowTheDecisionAndMemoryIsBounded() {
    TailSampler sampler =
        tail("num_traces: 10\nmax_bytes: 2000B\n" + policy("latency", "threshold_ms: 100"));
    TraceId slow = anyTrace();
    TraceId fast = anyTrace();
    sampler.take(
        new SpanBatch(
            List.of(span(slow, "", Attributes.empty(), 200), span(fast, "", Attributes.empty(), 1)),
            200));
    now += 31_000_000_000L;
    sampler.tick();
    sampler.take(
        new SpanBatch(
            List.of(span(slow, "", Attributes.empty(), 1), span(fast, "", Attributes.empty(), 300)),
            200));

    assertEquals(2, kept.size());
    assertTrue(kept.stream().allMatch(span -> span.traceId().equals(slow)));
    for (int i = 0; i < 100; i++) {
      sampler.take(new SpanBatch(List.of(span(anyTrace(), "", Attributes.empty(), 1)), 300));
      assertTrue(sampler.heldBytes() <= 2000, () -> "holds " + sampler.heldBytes());
    }
    ledger.receive(104);
    ledger.store(kept.size());
    assertEquals(ledger.owed(), sampler.heldSpans());
    sampler.close();
    ledger.store(kept.size() - 2);
    assertEquals(0, ledger.owed());
  }

  @Test
  void whatIsNotSupportedIsNamed() {
    ConfigException refused =
        assertThrows(ConfigException.class, () -> tail(policy("ottl_condition", "")));
    assertTrue(refused.reason().contains("ottl_condition is not supported"), refused::reason);
  }

  @Test
  void strategiesAreThoseOfUpstreamsFiles() throws IOException {
    FileStrategies strategies = new FileStrategies(0.001);
    strategies.load(conformance("operation_strategies.json"));

    SamplingStrategy foo = strategies.strategyOf("foo");
    assertEquals(0.8, foo.rate());
    SamplingStrategy.Operations operations = foo.operations().orElseThrow();
    assertEquals(0.8, operations.probability());
    assertEquals(
        List.of("op6", "op1", "op0", "op7"),
        operations.each().stream().map(SamplingStrategy.Operation::name).toList());
    assertEquals(0.5, operations.each().getFirst().probability());
    SamplingStrategy bar = strategies.strategyOf("bar");
    assertEquals(SamplingStrategy.Type.RATE_LIMITING, bar.type());
    assertEquals(5, bar.rate());
    assertEquals(0.5, strategies.strategyOf("unknown").rate());

    strategies.load(conformance("strategies.json"));
    assertEquals(SamplingStrategy.probability(0.8), strategies.strategyOf("foo"));
    assertEquals(5, strategies.strategyOf("bar").rate());
    assertEquals(SamplingStrategy.probability(0.5), strategies.strategyOf("unknown"));

    strategies.load(conformance("service_no_per_operation.json"));
    JsonNode recorded =
        JSON.readTree(
            conformance("TestServiceNoPerOperationStrategiesDeprecatedBehavior_ServiceA.json"));
    JsonNode told = JSON.readTree(strategies.strategyOf("ServiceA").toJson());
    for (String member : List.of("probabilisticSampling", "operationSampling")) {
      // upstream's recording leaves out what is zero
      recorded
          .path(member)
          .properties()
          .forEach(each -> assertEquals(each.getValue(), told.path(member).path(each.getKey())));
    }
    assertEquals(
        "{\"strategyType\":\"PROBABILISTIC\",\"probabilisticSampling\":{\"samplingRate\":1},"
            + "\"operationSampling\":{\"defaultSamplingProbability\":1,"
            + "\"defaultLowerBoundTracesPerSecond\":0,\"perOperationStrategies\":["
            + "{\"operation\":\"/health\",\"probabilisticSampling\":{\"samplingRate\":0.1}}],"
            + "\"defaultUpperBoundTracesPerSecond\":0}}",
        new String(strategies.strategyOf("ServiceA").toJson(), StandardCharsets.UTF_8));
    assertThrows(
        OrielException.class,
        () ->
            strategies.load(
                "{\"default_strategy\":{\"type\":\"x\"}}".getBytes(StandardCharsets.UTF_8)));
    assertEquals(1, strategies.strategyOf("ServiceA").rate(), "those before stay");
  }

  /// The file that upstream ships: a rate of 0.9 traces a second becomes a whole number on the
  /// wire.
  @Test
  void theFileThatUpstreamShipsIsTaken() throws IOException {
    FileStrategies strategies = new FileStrategies(0.001);
    strategies.load(
        Files.readAllBytes(Conformance.require("traces/jaeger/config/sampling-strategies.json")));

    assertEquals(SamplingStrategy.probability(0.8), strategies.strategyOf("foo"));
    assertEquals(
        "{\"strategyType\":\"RATE_LIMITING\",\"rateLimitingSampling\":{\"maxTracesPerSecond\":0}}",
        new String(strategies.strategyOf("bar").toJson(), StandardCharsets.UTF_8));
    assertEquals(SamplingStrategy.probability(1), strategies.strategyOf("unknown"));
  }

  private static byte[] conformance(String name) throws IOException {
    return Files.readAllBytes(Conformance.require("traces/jaeger/sampling-strategies/" + name));
  }

  /// Clients that do as they are told, at a hundred traces a second and at one in a minute.
  @Test
  void adaptiveSamplingConvergesToItsTarget() {
    AdaptiveSampling adaptive = new AdaptiveSampling(AdaptiveOptions.standard());
    double[] offered = {1000, 20, 0.5};
    for (int minute = 0; minute < 120; minute++) {
      for (int service = 0; service < offered.length; service++) {
        double p = told(adaptive, "s" + service);
        long roots = Math.round(offered[service] * 60);
        List<Span> sampled = new ArrayList<>();
        for (long i = 0; i < roots; i++) {
          if (random.nextDouble() < p) {
            sampled.add(root("s" + service, p));
          }
        }
        adaptive.see(sampled);
      }
      adaptive.calculate(60);
    }

    assertEquals(1, told(adaptive, "s0") * 1000, 0.35);
    assertEquals(1, told(adaptive, "s1") * 20, 0.35);
    assertTrue(told(adaptive, "s2") > 0.9);
    assertEquals(0.2, adaptive.next(0.1, 0.1), 1e-9, "doubles at most");
    assertEquals(0.16, adaptive.next(0.1, 0.625), 1e-9, "or goes where it should");
    assertEquals(0.01, adaptive.next(0.1, 10), 1e-9, "falls at once");
    assertEquals(0.1, adaptive.next(0.1, 1.2), "near enough");
    assertEquals(1e-5, adaptive.next(1e-5, 1000), "not below the lowest");
  }

  private static double told(AdaptiveSampling adaptive, String service) {
    SamplingStrategy.Operations operations =
        adaptive.strategyOf(service).operations().orElseThrow();
    return operations.each().isEmpty()
        ? operations.probability()
        : operations.each().getFirst().probability();
  }

  private Span root(String service, double p) {
    Attributes attributes =
        Attributes.builder()
            .add("sampler.type", "probabilistic")
            .add("sampler.param", AttributeValue.of(p))
            .build();
    return span(anyTrace(), "", attributes, 1)
        .withResource(Resource.of(Attributes.of("service.name", AttributeValue.of(service))));
  }
}
