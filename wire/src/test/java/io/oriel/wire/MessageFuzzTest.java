package io.oriel.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.testkit.Seed;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.otlp.OtlpMetrics;
import io.oriel.wire.otlp.OtlpOptions;
import io.oriel.wire.remoteread.ChunkedResponse;
import io.oriel.wire.remoteread.ReadRequest;
import io.oriel.wire.remoteread.SampledResponse;
import io.oriel.wire.remotewrite.RemoteWriteReader;
import io.oriel.wire.remotewrite.RemoteWriteSink;
import io.oriel.wire.remotewrite.RemoteWriteVersion;
import io.oriel.wire.remotewrite.RemoteWriteWriter;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every message that others send, damaged at random: only a typed refusal may come of it, soon and
/// in little memory.
class MessageFuzzTest {
  private static final int ITERATIONS = 4_000;
  private static final int MAX_BYTES = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long SECOND = 1_000_000_000L;

  private interface Reader {
    void read(byte[] bytes) throws IOException;
  }

  private static void fuzz(String name, byte[] good, Reader reader) {
    SplittableRandom random = Seed.random("MessageFuzz." + name);
    Assertions.assertTimeoutPreemptively(
        PATIENCE,
        () -> {
          reader.read(good);
          for (int i = 0; i < Seed.iterations(ITERATIONS); i++) {
            attempt(name, mutate(good, random), reader, i);
          }
        });
  }

  private static void attempt(String name, byte[] bytes, Reader reader, int iteration) {
    try {
      reader.read(bytes);
    } catch (OrielException e) {
      boolean expected = e.kind() == Kind.INVALID || e.kind() == Kind.LIMITED;
      assertTrue(
          expected || e instanceof CorruptionException || e.kind() == Kind.CORRUPT,
          name + ": " + e.kind() + " " + e.reason() + "; " + Seed.replay(iteration));
      assertTrue(e.reason().length() < 2000, "overlong message: " + e.reason().length());
    } catch (IOException e) {
      throw new AssertionError(name + ": untyped; " + Seed.replay(iteration), e);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(name + ": " + Seed.replay(iteration), e);
    }
  }

  /// Cuts, changes bytes, and repeats or moves stretches.
  private static byte[] mutate(byte[] good, SplittableRandom random) {
    byte[] bytes =
        random.nextInt(3) == 0
            ? Arrays.copyOf(good, random.nextInt(good.length + 1))
            : good.clone();
    for (int n = random.nextInt(1, 8); n > 0 && bytes.length > 0; n--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) 0xff;
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> {
          int length = random.nextInt(1, Math.min(16, bytes.length - at) + 1);
          int to = random.nextInt(bytes.length - length + 1);
          System.arraycopy(bytes, at, bytes, to, length);
        }
        case 3 -> {
          int length = random.nextInt(1, Math.min(10, bytes.length - at) + 1);
          Arrays.fill(bytes, at, at + length, (byte) 0x80);
        }
        default -> bytes[at] = (byte) random.nextInt();
      }
    }
    return bytes;
  }

  private static final NativeHistogram HISTOGRAM =
      NativeHistogram.builder()
          .schema(2)
          .zero(1e-3, 2)
          .count(12)
          .sum(-3.5)
          .positive(Buckets.of(new int[] {-3, 2}, new int[] {2, 1}, new double[] {1, 4, 2}))
          .negative(Buckets.of(new int[] {0}, new int[] {1}, new double[] {3}))
          .integer(true)
          .build();
  private static final NativeHistogram CUSTOM =
      NativeHistogram.builder()
          .schema(NativeHistogram.CUSTOM_BUCKETS)
          .count(2.5)
          .sum(7)
          .positive(Buckets.of(new int[] {0}, new int[] {2}, new double[] {1.5, 1}))
          .customBounds(1, 5)
          .build();

  @ParameterizedTest
  @EnumSource
  void remoteWrite(RemoteWriteVersion version) {
    RemoteWriteWriter writer = new RemoteWriteWriter(version);
    writer.series(Labels.of("__name__", "up", "job", "a\u00fc\u706b"));
    writer.sample(1000, 1.5, 500);
    writer.exemplar(new io.oriel.model.metric.Exemplar(Labels.of("trace_id", "x"), 2, 999, true));
    writer.metadata("up", new MetricMetadata(MetricType.GAUGE, "seconds", "is it"));
    writer.series(Labels.of("__name__", "h"));
    writer.histogram(1000, HISTOGRAM, 0);
    writer.histogram(1001, CUSTOM, 0);

    fuzz(
        "remote write " + version,
        writer.finish(),
        bytes -> RemoteWriteReader.read(version, bytes, new Ignored()));
  }

  @Test
  void remoteReadRequest() {
    ReadRequest.Query query =
        new ReadRequest.Query(
            1,
            99,
            List.of(
                Matcher.of(Matcher.Type.EQUAL, "__name__", "up"),
                Matcher.of(Matcher.Type.NOT_REGEX, "job", "a.*|b+")),
            new SelectHints(1, 99, 5, 60, "rate", List.of("job"), true, 0, true));

    fuzz("read request", new ReadRequest(List.of(query), true).write(), ReadRequest::read);
  }

  @Test
  void remoteReadSamples() {
    SampleColumns columns = new SampleColumns();
    columns.add(1, 2);
    columns.add(3, HISTOGRAM);
    SampledResponse response = new SampledResponse();
    response.beginQuery();
    response.series(Labels.of("__name__", "up", "job", "a"), columns);

    fuzz(
        "read samples",
        response.finish(),
        bytes -> SampledResponse.read(bytes, (_, samples) -> assertTrue(samples.size() >= 0)));
  }

  @Test
  void remoteReadFrames() {
    EncodedChunk chunk =
        new EncodedChunk(1, 9, ChunkEncoding.XOR, ByteBuffer.wrap(new byte[] {0, 1, 2, 3, 4, 5}));
    byte[] frame =
        ChunkedResponse.frame(
            new ChunkedResponse.Frame(0, Labels.of("__name__", "up"), List.of(chunk, chunk)));

    fuzz(
        "read frames",
        frame,
        bytes -> {
          try {
            ByteArrayInputStream in = new ByteArrayInputStream(bytes);
            while (ChunkedResponse.read(in, MAX_BYTES) != null) {
              assertTrue(in.available() >= 0);
            }
          } catch (EOFException _) {
            // a frame that was cut off
          }
        });
  }

  @Test
  void otlpProtobuf() {
    fuzz(
        "otlp",
        otlp().toByteArray(),
        bytes -> {
          OtlpMetrics.read(bytes, OtlpOptions.standard(), new Ignored());
          OtlpMetrics.read(bytes, everything(), new Ignored());
        });
  }

  private static OtlpOptions everything() {
    return new OtlpOptions(
        false,
        false,
        Set.of(),
        true,
        Set.of(),
        true,
        true,
        true,
        new OtlpOptions.LabelNames(false, false),
        true,
        1000);
  }

  @Test
  void otlpJson() {
    String json =
        """
        {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"arrayValue":
        {"values":[{"intValue":"5"},{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}}]}}]}}}]},
        "scopeMetrics":[{"metrics":[{"name":"n","unit":"By/s","sum":{"isMonotonic":true,
        "aggregationTemporality":2,"dataPoints":[{"timeUnixNano":"5000000000","asInt":"-7","flags":1,
        "exemplars":[{"asDouble":1e3,"traceId":"0102","spanId":"ff"}]}]}},
        {"name":"h","exponentialHistogram":{"aggregationTemporality":"AGGREGATION_TEMPORALITY_DELTA",
        "dataPoints":[{"scale":-3,"count":"3","positive":{"offset":-2,"bucketCounts":["1",2]}}]}}]}]}]}
        """;

    fuzz(
        "otlp json",
        json.getBytes(StandardCharsets.UTF_8),
        bytes -> OtlpMetrics.readJson(bytes, everything(), new Ignored()));
  }

  private static final AggregationTemporality CUMULATIVE =
      AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;

  private static ExportMetricsServiceRequest otlp() {
    Exemplar exemplar =
        Exemplar.newBuilder()
            .setAsInt(3)
            .setTraceId(ByteString.copyFrom(new byte[] {1, 2}))
            .addFilteredAttributes(attribute("k"))
            .build();
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(attribute("service.name")))
                .addScopeMetrics(
                    ScopeMetrics.newBuilder()
                        .addMetrics(sum(exemplar))
                        .addMetrics(histogram(exemplar))
                        .addMetrics(exponential())
                        .addMetrics(summary())))
        .build();
  }

  private static Metric.Builder sum(Exemplar exemplar) {
    return Metric.newBuilder()
        .setName("c")
        .setUnit("s")
        .setSum(
            Sum.newBuilder()
                .setIsMonotonic(true)
                .setAggregationTemporality(CUMULATIVE)
                .addDataPoints(
                    NumberDataPoint.newBuilder()
                        .setTimeUnixNano(9 * SECOND)
                        .setAsInt(4)
                        .addExemplars(exemplar)));
  }

  private static Metric.Builder histogram(Exemplar exemplar) {
    return Metric.newBuilder()
        .setName("h")
        .setHistogram(
            Histogram.newBuilder()
                .setAggregationTemporality(CUMULATIVE)
                .addDataPoints(
                    HistogramDataPoint.newBuilder()
                        .setTimeUnixNano(9 * SECOND)
                        .setCount(3)
                        .setSum(7)
                        .addExplicitBounds(1)
                        .addBucketCounts(1)
                        .addBucketCounts(2)
                        .addExemplars(exemplar)));
  }

  private static Metric.Builder exponential() {
    return Metric.newBuilder()
        .setName("e")
        .setExponentialHistogram(
            ExponentialHistogram.newBuilder()
                .setAggregationTemporality(CUMULATIVE)
                .addDataPoints(
                    ExponentialHistogramDataPoint.newBuilder()
                        .setScale(10)
                        .setCount(3)
                        .setPositive(
                            ExponentialHistogramDataPoint.Buckets.newBuilder()
                                .setOffset(-5)
                                .addBucketCounts(1)
                                .addBucketCounts(2))));
  }

  private static Metric.Builder summary() {
    return Metric.newBuilder()
        .setName("s")
        .setSummary(
            Summary.newBuilder()
                .addDataPoints(
                    SummaryDataPoint.newBuilder()
                        .setCount(1)
                        .addQuantileValues(
                            SummaryDataPoint.ValueAtQuantile.newBuilder()
                                .setQuantile(0.5)
                                .setValue(2))));
  }

  private static KeyValue attribute(String key) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue("v"))
        .build();
  }

  @ParameterizedTest
  @EnumSource
  void compressed(Compression compression) {
    byte[] plain = "up{job=\"a\"} 1\n".repeat(200).getBytes(StandardCharsets.UTF_8);

    fuzz(
        compression.word(),
        compression.compress(plain),
        bytes -> assertTrue(compression.decompress(bytes, MAX_BYTES).length <= MAX_BYTES));
  }

  private static final class Ignored implements RemoteWriteSink {
    @Override
    public void series(Labels labels) {
      assertTrue(labels.size() >= 0);
    }

    @Override
    public void sample(long timestampMillis, double value, long startMillis) {}

    @Override
    public void histogram(long timestampMillis, NativeHistogram histogram, long startMillis) {
      assertTrue(histogram.positive().size() >= 0);
    }

    @Override
    public void exemplar(io.oriel.model.metric.Exemplar exemplar) {}

    @Override
    public void metadata(String family, MetricMetadata metadata) {}

    @Override
    public void skipped(String problem, int samples) {
      assertTrue(samples >= 0);
    }
  }
}
