package io.oriel.wire.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.testkit.Seed;
import io.oriel.wire.remotewrite.RemoteWriteSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OtlpMetricsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final AggregationTemporality CUMULATIVE =
      AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;

  @Test
  void namesCountersByUnitAndResource() {
    Metric metric =
        Metric.newBuilder()
            .setName("http.server.duration")
            .setUnit("s")
            .setSum(
                Sum.newBuilder()
                    .setIsMonotonic(true)
                    .setAggregationTemporality(CUMULATIVE)
                    .addDataPoints(
                        NumberDataPoint.newBuilder()
                            .setTimeUnixNano(5 * SECOND)
                            .setStartTimeUnixNano(SECOND)
                            .setAsInt(7)
                            .addAttributes(text("http.method", "GET"))))
            .build();

    assertEquals(
        List.of(
            "{__name__=\"http_server_duration_seconds_total\", http_method=\"GET\","
                + " instance=\"i-1\", job=\"shop/cart\"} 7.0 @5000 since 1000",
            "{__name__=\"target_info\", host_name=\"h\", instance=\"i-1\", job=\"shop/cart\"} 1.0"
                + " @5000 since 0"),
        read(OtlpOptions.standard(), metric).lines);
    assertEquals(
        "{__name__=\"http.server.duration\", host.name=\"h\", http.method=\"GET\","
                .replace("host.name", "\"host.name\"")
                .replace("http.method=", "\"http.method\"=")
            + " instance=\"i-1\", job=\"shop/cart\"} 7.0 @5000 since 1000",
        read(
                new OtlpOptions(
                    false,
                    false,
                    Set.of("host.name"),
                    false,
                    Set.of(),
                    false,
                    false,
                    false,
                    OtlpOptions.LabelNames.standard(),
                    false,
                    300_000),
                metric)
            .lines
            .getFirst());
  }

  @Test
  void foldsFinerExponentialHistogramsIntoSchemaEight() {
    Metric metric =
        Metric.newBuilder()
            .setName("x")
            .setExponentialHistogram(
                ExponentialHistogram.newBuilder()
                    .setAggregationTemporality(CUMULATIVE)
                    .addDataPoints(
                        ExponentialHistogramDataPoint.newBuilder()
                            .setTimeUnixNano(5 * SECOND)
                            .setScale(9)
                            .setCount(10)
                            .setSum(3)
                            .setPositive(
                                ExponentialHistogramDataPoint.Buckets.newBuilder()
                                    .setOffset(2)
                                    .addAllBucketCounts(List.of(1L, 2L, 3L, 0L, 0L, 0L, 4L)))))
            .build();

    assertEquals(
        "{__name__=\"x\", instance=\"i-1\", job=\"shop/cart\"} histogram schema 8 count 10.0"
            + " spans 2+2 1+1 counts [3.0, 3.0, 4.0] @5000",
        read(OtlpOptions.standard(), metric).lines.getFirst());
  }

  @Test
  void spreadsExplicitHistogramsOverSeriesOrCustomBuckets() {
    Metric metric =
        Metric.newBuilder()
            .setName("x")
            .setHistogram(
                Histogram.newBuilder()
                    .setAggregationTemporality(CUMULATIVE)
                    .addDataPoints(
                        HistogramDataPoint.newBuilder()
                            .setTimeUnixNano(5 * SECOND)
                            .setCount(6)
                            .setSum(9)
                            .addAllExplicitBounds(List.of(0.5, 2.0))
                            .addAllBucketCounts(List.of(1L, 2L, 3L))))
            .build();

    assertEquals(
        List.of(
            "x_sum 9.0", "x_count 6.0", "x_bucket 0.5 1.0", "x_bucket 2 3.0", "x_bucket +Inf 6.0"),
        read(OtlpOptions.standard(), metric).brief.subList(0, 5));
    assertEquals(
        "{__name__=\"x\", instance=\"i-1\", job=\"shop/cart\"} histogram schema -53 count 6.0"
            + " spans 0+3 counts [1.0, 2.0, 3.0] @5000",
        read(
                new OtlpOptions(
                    true,
                    true,
                    Set.of(),
                    false,
                    Set.of(),
                    false,
                    true,
                    false,
                    OtlpOptions.LabelNames.standard(),
                    false,
                    300_000),
                metric)
            .lines
            .getFirst());
  }

  @Test
  void refusesDeltasAndSaysSo() {
    Metric metric =
        Metric.newBuilder()
            .setName("x")
            .setSum(
                Sum.newBuilder()
                    .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
                    .addDataPoints(NumberDataPoint.newBuilder().setAsInt(1)))
            .build();
    Recorder recorder = new Recorder();

    OtlpMetrics.Outcome outcome =
        OtlpMetrics.read(request(metric).toByteArray(), OtlpOptions.standard(), recorder);

    assertEquals(1, outcome.rejectedPoints());
    assertEquals("invalid temporality and type combination for metric \"x\"", outcome.reason());
    assertEquals(List.of(), recorder.lines);
  }

  @Test
  void survivesDamage() {
    SplittableRandom random = Seed.random("otlp");
    Metric metric =
        Metric.newBuilder()
            .setName("x")
            .setGauge(Gauge.newBuilder().addDataPoints(NumberDataPoint.newBuilder().setAsInt(1)))
            .build();
    byte[] good = request(metric).toByteArray();
    for (int i = 0; i < Seed.iterations(10_000); i++) {
      byte[] bytes = Arrays.copyOf(good, random.nextInt(good.length + 1));
      for (int n = random.nextInt(5); n > 0 && bytes.length > 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        OtlpMetrics.read(bytes, OtlpOptions.standard(), new Recorder());
      } catch (OrielException e) {
        assertEquals(io.oriel.model.error.Kind.INVALID, e.kind(), Seed.replay(i));
      } catch (RuntimeException e) {
        throw new AssertionError(Seed.replay(i), e);
      }
    }
    assertThrows(
        OrielException.class,
        () -> OtlpMetrics.read(new byte[] {1}, OtlpOptions.standard(), new Recorder()));
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static ExportMetricsServiceRequest request(Metric metric) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .setResource(
                    Resource.newBuilder()
                        .addAttributes(text("service.name", "cart"))
                        .addAttributes(text("service.namespace", "shop"))
                        .addAttributes(text("service.instance.id", "i-1"))
                        .addAttributes(text("host.name", "h")))
                .addScopeMetrics(ScopeMetrics.newBuilder().addMetrics(metric)))
        .build();
  }

  private static Recorder read(OtlpOptions options, Metric metric) {
    Recorder recorder = new Recorder();
    OtlpMetrics.read(request(metric).toByteArray(), options, recorder);
    return recorder;
  }

  @Test
  void readsJsonAsTheCollectorWritesIt() {
    String json =
        """
        {"resourceMetrics":[{"resource":{"attributes":[
          {"key":"service.name","value":{"stringValue":"shop"}},
          {"key":"host.name","value":{"stringValue":"h"}}]},"unknownField":{"a":[1,{}]},
         "scopeMetrics":[{"metrics":[{"name":"orders","sum":{"isMonotonic":true,
           "aggregationTemporality":"AGGREGATION_TEMPORALITY_CUMULATIVE","dataPoints":[
            {"timeUnixNano":"5000000000","startTimeUnixNano":1000000000,"asInt":"7",
             "exemplars":[{"timeUnixNano":"4000000000","asDouble":1.5,
               "traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000000"}]}]}},
          {"name":"t","gauge":{"dataPoints":[{"timeUnixNano":"5000000000","asDouble":"NaN"}]}}]}]}]}
        """;
    Recorder read = new Recorder();

    OtlpMetrics.readJson(
        json.getBytes(java.nio.charset.StandardCharsets.UTF_8), OtlpOptions.standard(), read);

    assertEquals(
        List.of(
            "{__name__=\"orders_total\", job=\"shop\"} 7.0 @5000 since 1000",
            "exemplar Exemplar[labels={trace_id=\"0102030405060708090a0b0c0d0e0f10\"}, value=1.5,"
                + " timestampMillis=4000, hasTimestamp=true]",
            "{__name__=\"t\", job=\"shop\"} NaN @5000 since 0",
            "{__name__=\"target_info\", host_name=\"h\", job=\"shop\"} 1.0 @5000 since 0"),
        read.lines);
  }

  @Test
  void saysWhereJsonIsNoOtlp() {
    assertEquals(
        "OTLP in JSON: timeUnixNano: got \"soon\", want a number",
        refusal(
            "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"gauge\":{\"dataPoints\":"
                + "[{\"timeUnixNano\":\"soon\"}]}}]}]}]}"));
    assertEquals(
        "OTLP in JSON: resourceMetrics: got \"{\", want a list",
        refusal("{\"resourceMetrics\":{}}"));
    assertEquals("OTLP in JSON: the request: got \"[\", want an object", refusal("[]"));
    String bomb = "{\"resourceMetrics\":".repeat(5000);
    assertThrows(OrielException.class, () -> refusal(bomb));
  }

  private static String refusal(String json) {
    byte[] bytes = json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    try {
      OtlpMetrics.readJson(bytes, OtlpOptions.standard(), new Recorder());
    } catch (OrielException e) {
      if (json.length() > 1000) {
        throw e;
      }
      return e.reason();
    }
    throw new AssertionError("accepted: " + json);
  }

  @Test
  void handsBucketsTheExemplarsThatFellIntoThem() {
    Metric metric =
        Metric.newBuilder()
            .setName("d")
            .setHistogram(
                Histogram.newBuilder()
                    .setAggregationTemporality(CUMULATIVE)
                    .addDataPoints(
                        HistogramDataPoint.newBuilder()
                            .setTimeUnixNano(5 * SECOND)
                            .setCount(3)
                            .addExplicitBounds(1_000_000)
                            .addBucketCounts(2)
                            .addBucketCounts(1)
                            .addExemplars(example(2_000_000))
                            .addExemplars(example(5))))
            .build();
    Recorder read = new Recorder();

    OtlpMetrics.read(request(metric).toByteArray(), OtlpOptions.standard(), read);

    assertEquals(
        List.of(
            "d_count 3.0",
            "d_bucket 1000000 2.0",
            "e 5.0",
            "d_bucket +Inf 3.0",
            "e 2000000.0",
            "target_info 1.0"),
        read.brief);
  }

  private static io.opentelemetry.proto.metrics.v1.Exemplar example(double value) {
    return io.opentelemetry.proto.metrics.v1.Exemplar.newBuilder().setAsDouble(value).build();
  }

  @Test
  void takesDeltasOnlyWhenToldTo() {
    Metric metric =
        Metric.newBuilder()
            .setName("d")
            .setSum(
                Sum.newBuilder()
                    .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
                    .addDataPoints(
                        NumberDataPoint.newBuilder().setTimeUnixNano(SECOND).setAsInt(3)))
            .build();
    Recorder refused = new Recorder();
    Recorder taken = new Recorder();

    OtlpMetrics.Outcome outcome =
        OtlpMetrics.read(request(metric).toByteArray(), OtlpOptions.standard(), refused);
    OtlpMetrics.read(
        request(metric).toByteArray(), OtlpOptions.standard().with(true, 300_000), taken);

    assertEquals("invalid temporality and type combination for metric \"d\"", outcome.reason());
    assertEquals(List.of(), refused.lines);
    assertEquals(
        "{__name__=\"d\", instance=\"i-1\", job=\"shop/cart\"} 3.0 @1000 since 0",
        taken.lines.getFirst());
  }

  @Test
  void tellsTheTargetAsLongAsItsPointsReach() {
    Gauge.Builder gauge = Gauge.newBuilder();
    for (long second : new long[] {10, 400}) {
      gauge.addDataPoints(
          NumberDataPoint.newBuilder().setTimeUnixNano(second * SECOND).setAsInt(1));
    }
    byte[] request =
        ExportMetricsServiceRequest.newBuilder()
            .addResourceMetrics(
                ResourceMetrics.newBuilder()
                    .setResource(
                        Resource.newBuilder()
                            .addAttributes(text("service.name", "s"))
                            .addAttributes(text("zone", "z")))
                    .addScopeMetrics(
                        ScopeMetrics.newBuilder()
                            .addMetrics(Metric.newBuilder().setName("g").setGauge(gauge))))
            .build()
            .toByteArray();
    Recorder read = new Recorder();

    OtlpMetrics.read(request, OtlpOptions.standard(), read);

    assertEquals(
        List.of("@10000", "@160000", "@310000", "@400000"),
        read.lines.stream()
            .filter(line -> line.contains("target_info"))
            .map(line -> line.replaceAll(".*(@\\d+) .*", "$1"))
            .toList());
  }

  private static final class Recorder implements RemoteWriteSink {
    private final List<String> lines = new ArrayList<>();
    private final List<String> brief = new ArrayList<>();
    private Labels series = Labels.empty();

    @Override
    public void series(Labels labels) {
      series = labels;
    }

    @Override
    public void sample(long timestampMillis, double value, long startMillis) {
      lines.add(series + " " + value + " @" + timestampMillis + " since " + startMillis);
      String le = series.get("le");
      brief.add(series.metricName() + " " + (le.isEmpty() ? "" : le + " ") + value);
    }

    @Override
    public void histogram(long timestampMillis, NativeHistogram h, long startMillis) {
      StringBuilder out = new StringBuilder(series + " histogram schema " + h.schema());
      out.append(" count ").append(h.count()).append(" spans");
      for (int i = 0; i < h.positive().spanCount(); i++) {
        out.append(' ').append(h.positive().spanOffset(i)).append('+');
        out.append(h.positive().spanLength(i));
      }
      List<Double> counts = new ArrayList<>();
      for (int i = 0; i < h.positive().size(); i++) {
        counts.add(h.positive().count(i));
      }
      lines.add(out + " counts " + counts + " @" + timestampMillis);
    }

    @Override
    public void exemplar(Exemplar exemplar) {
      lines.add("exemplar " + exemplar);
      brief.add("e " + exemplar.value());
    }

    @Override
    public void metadata(String family, MetricMetadata metadata) {}

    @Override
    public void skipped(String problem, int samples) {
      throw new AssertionError("OTLP skips nothing: " + problem);
    }
  }
}
