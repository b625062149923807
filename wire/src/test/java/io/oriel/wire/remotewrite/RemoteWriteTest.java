package io.oriel.wire.remotewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.metric.StaleMarker;
import io.oriel.testkit.Seed;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RemoteWriteTest {
  private static final NativeHistogram INTEGER =
      NativeHistogram.builder()
          .schema(2)
          .zero(1e-3, 2)
          .count(12)
          .sum(-3.5)
          .positive(Buckets.of(new int[] {-3, 2}, new int[] {2, 1}, new double[] {1, 4, 2}))
          .negative(Buckets.of(new int[] {0}, new int[] {1}, new double[] {3}))
          .resetHint(ResetHint.NO_RESET)
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
  void readsWhatItWrites(RemoteWriteVersion version) {
    Recorder written = new Recorder();
    RemoteWriteWriter writer = new RemoteWriteWriter(version);
    send(written, version);
    send(writer, version);

    Recorder read = new Recorder();
    RemoteWriteReader.read(version, writer.finish(), read);

    assertEquals(written.events, read.events);
  }

  private static void send(RemoteWriteSink sink, RemoteWriteVersion version) {
    long start = version == RemoteWriteVersion.V2 ? 5 : 0;
    sink.series(Labels.of("__name__", "up", "job", "a"));
    sink.sample(1000, 1.5, start);
    sink.sample(-2000, StaleMarker.VALUE, 0);
    sink.exemplar(new Exemplar(Labels.of("trace_id", "x"), 2, 999, true));
    if (version == RemoteWriteVersion.V2) {
      sink.metadata("up", new MetricMetadata(MetricType.GAUGE, "", "is it"));
    }
    sink.series(Labels.of("__name__", "h"));
    sink.histogram(1000, INTEGER, start);
    sink.histogram(1001, CUSTOM, 0);
    if (version == RemoteWriteVersion.V1) {
      sink.metadata("h", new MetricMetadata(MetricType.HISTOGRAM, "seconds", "how long"));
    }
  }

  /// Bytes put together by hand from the field numbers of the specification.
  @Test
  void readsTheSpecificationsBytes() {
    byte[] v1 = hex("0a1c 0a0d 0a08 5f5f6e616d655f5f 1201 61 120b 09 000000000000f03f 1005");
    Recorder read = new Recorder();

    RemoteWriteReader.read(RemoteWriteVersion.V1, v1, read);

    assertEquals(List.of("series {__name__=\"a\"}", "sample 5 3ff0000000000000 0"), read.events);
  }

  @Test
  void tellsTheVersionByContentType() {
    assertEquals(RemoteWriteVersion.V1, RemoteWriteVersion.of("application/x-protobuf"));
    assertEquals(
        RemoteWriteVersion.V2,
        RemoteWriteVersion.of("application/x-protobuf; proto=io.prometheus.write.v2.Request"));
    assertThrows(OrielException.class, () -> RemoteWriteVersion.of("text/plain"));
    assertThrows(
        OrielException.class, () -> RemoteWriteVersion.of("application/x-protobuf;proto=x.Y"));
  }

  @Test
  void leavesOutSeriesWhoseLabelsAreTwice() {
    byte[] twice =
        hex("0a1b 0a06 0a0161 120131 0a06 0a0161 120132 1209 09 000000000000f03f").clone();
    RemoteWriteWriter good = new RemoteWriteWriter(RemoteWriteVersion.V1);
    good.series(Labels.of("__name__", "b"));
    good.sample(1, 2, 0);
    byte[] rest = good.finish();
    byte[] both = java.util.Arrays.copyOf(twice, twice.length + rest.length);
    System.arraycopy(rest, 0, both, twice.length, rest.length);
    Recorder read = new Recorder();

    RemoteWriteReader.read(RemoteWriteVersion.V1, both, read);

    assertEquals(
        List.of(
            "skipped 1: invalid labels for series, labels {a=\"1\"}, duplicated label a",
            "series {__name__=\"b\"}",
            "sample 1 4000000000000000 0"),
        read.events);
  }

  /// Symbols "" and "a"; a series that refers to symbol 7, with one sample, then a good one.
  @Test
  void leavesOutSeriesThatNameNoSymbol() {
    byte[] request =
        hex(
            "2200 220161 2a0f 0a020107 1209 09 000000000000f03f 2a0f 0a020101 1209 09 000000000000f03f");
    Recorder read = new Recorder();

    RemoteWriteReader.read(RemoteWriteVersion.V2, request, read);

    assertEquals(
        List.of(
            "skipped 1: parsing labels for series: symbol 7, want one of 2",
            "series {a=\"a\"}",
            "sample 0 3ff0000000000000 0"),
        read.events);
  }

  @ParameterizedTest
  @EnumSource
  void survivesDamage(RemoteWriteVersion version) {
    SplittableRandom random = Seed.random("remotewrite." + version);
    RemoteWriteWriter writer = new RemoteWriteWriter(version);
    send(writer, version);
    byte[] good = writer.finish();
    for (int i = 0; i < Seed.iterations(20_000); i++) {
      byte[] bytes = java.util.Arrays.copyOf(good, random.nextInt(good.length + 1));
      for (int n = random.nextInt(5); n > 0 && bytes.length > 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        RemoteWriteReader.read(version, bytes, new Recorder());
      } catch (OrielException e) {
        assertEquals(Kind.INVALID, e.kind(), Seed.replay(i));
      } catch (RuntimeException e) {
        throw new AssertionError(Seed.replay(i), e);
      }
    }
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private static final class Recorder implements RemoteWriteSink {
    private final List<String> events = new ArrayList<>();

    @Override
    public void series(Labels labels) {
      events.add("series " + labels);
    }

    @Override
    public void sample(long timestampMillis, double value, long startMillis) {
      String bits = Long.toHexString(Double.doubleToRawLongBits(value));
      events.add("sample " + timestampMillis + " " + bits + " " + startMillis);
    }

    @Override
    public void histogram(long timestampMillis, NativeHistogram histogram, long startMillis) {
      String which =
          histogram.equals(INTEGER) ? "integer" : histogram.equals(CUSTOM) ? "custom" : "?";
      events.add("histogram " + timestampMillis + " " + which + " " + startMillis);
    }

    @Override
    public void exemplar(Exemplar exemplar) {
      events.add("exemplar " + exemplar);
    }

    @Override
    public void metadata(String family, MetricMetadata metadata) {
      events.add("metadata " + family + " " + metadata);
    }

    @Override
    public void skipped(String problem, int samples) {
      events.add("skipped " + samples + ": " + problem);
    }
  }
}
