package io.oriel.tsdb.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.metric.StaleMarker;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.SampleColumns;
import io.oriel.testkit.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChunkPropertyTest {
  private static SampleColumns decode(ChunkWriter chunk, long min, long max) {
    SampleColumns rows = new SampleColumns(4);
    new ChunkDecoder().decode(chunk.encoding(), chunk.bytes(), chunk.size(), rows, min, max);
    return rows;
  }

  @Test
  void floatsComeBackBitByBit() {
    SplittableRandom random = Seed.random("xor");
    for (int i = 0; i < Seed.iterations(500); i++) {
      int n = 1 + random.nextInt(300);
      long[] times = new long[n];
      double[] values = new double[n];
      ChunkWriter chunk = ChunkWriter.floats();
      long time = random.nextLong(-1L << 40, 1L << 45);
      double value = random.nextInt(1000);
      for (int k = 0; k < n; k++) {
        times[k] = time;
        values[k] = value;
        chunk.append(time, value);
        time += step(random);
        value = next(random, value);
      }
      SampleColumns rows = decode(chunk, Long.MIN_VALUE, Long.MAX_VALUE);

      assertEquals(n, rows.size(), Seed.replay(i));
      for (int k = 0; k < n; k++) {
        assertEquals(times[k], rows.timestamps()[k], Seed.replay(i));
        assertEquals(
            Double.doubleToRawLongBits(values[k]),
            Double.doubleToRawLongBits(rows.values()[k]),
            Seed.replay(i));
      }
      long min = times[random.nextInt(n)];
      long max = times[random.nextInt(n)];
      long want = Arrays.stream(times).filter(t -> t >= min && t <= max).count();
      assertEquals(want, decode(chunk, min, max).size(), Seed.replay(i));
    }
  }

  private static long step(SplittableRandom random) {
    return switch (random.nextInt(6)) {
      case 0 -> 15_000 + random.nextInt(-20, 20);
      case 1 -> 1 + random.nextInt(100_000);
      case 2 -> 1 + random.nextLong(1L << 40);
      case 3 -> 8191 + 15_000 + random.nextInt(4);
      default -> 15_000;
    };
  }

  private static double next(SplittableRandom random, double value) {
    return switch (random.nextInt(8)) {
      case 0 -> Double.longBitsToDouble(random.nextLong());
      case 1 -> StaleMarker.VALUE;
      case 2 -> 0;
      case 3 -> Double.NEGATIVE_INFINITY;
      case 4, 5 -> value;
      default -> value + random.nextInt(100);
    };
  }

  @Test
  void histogramsComeBackInTheChunksLayout() {
    SplittableRandom random = Seed.random("histogram chunk");
    for (int i = 0; i < Seed.iterations(300); i++) {
      boolean integer = random.nextBoolean();
      boolean gauge = random.nextInt(4) == 0;
      boolean custom = random.nextInt(4) == 0;
      List<NativeHistogram> samples = new ArrayList<>();
      ChunkWriter chunk = null;
      double[] counts = new double[40];
      for (int k = 0; k < 1 + random.nextInt(60); k++) {
        for (int b = 0; b < counts.length; b++) {
          if (random.nextInt(4) == 0) {
            counts[b] += random.nextInt(1 << random.nextInt(1, 20)) * (integer ? 1 : 0.37);
          }
        }
        NativeHistogram sample =
            k > 0 && random.nextInt(30) == 0
                ? NativeHistogram.builder().sum(StaleMarker.VALUE).integer(integer).build()
                : histogram(counts, random, integer, gauge, custom);
        if (chunk == null) {
          chunk = ChunkWriter.histograms(sample, ResetHint.UNKNOWN);
        } else if (chunk.fit(sample) != ChunkWriter.Fit.APPEND) {
          break;
        }
        chunk.append(1000L * k + random.nextInt(50), sample);
        samples.add(sample);
      }
      SampleColumns rows = decode(Objects.requireNonNull(chunk), Long.MIN_VALUE, Long.MAX_VALUE);

      assertEquals(samples.size(), rows.size());
      for (int k = 0; k < samples.size(); k++) {
        assertSame(samples.get(k), rows.histogram(k), Seed.replay(i) + " sample " + k);
      }
    }
  }

  private static NativeHistogram histogram(
      double[] counts, SplittableRandom random, boolean integer, boolean gauge, boolean custom) {
    List<Integer> used = new ArrayList<>();
    for (int b = 0; b < counts.length; b++) {
      if (counts[b] > 0 || random.nextInt(5) == 0) {
        used.add(b);
      }
    }
    double total = 0;
    int[] offsets = new int[used.size()];
    int[] lengths = new int[used.size()];
    double[] held = new double[used.size()];
    int end = 0;
    for (int k = 0; k < used.size(); k++) {
      offsets[k] = used.get(k) - end;
      lengths[k] = 1;
      held[k] = counts[used.get(k)];
      total += held[k];
      end = used.get(k) + 1;
    }
    Buckets buckets = Buckets.of(offsets, lengths, held);
    return NativeHistogram.builder()
        .schema(custom ? NativeHistogram.CUSTOM_BUCKETS : 3)
        .zero(custom ? 0 : 0x1p-128, 0)
        .count(total)
        .sum(total * 1.5)
        .positive(buckets)
        .negative(custom ? Buckets.NONE : buckets)
        .customBounds(custom ? new double[] {0.005, 1, 2.5, 1e300, Math.PI} : new double[0])
        .resetHint(gauge ? ResetHint.GAUGE : ResetHint.UNKNOWN)
        .integer(integer)
        .build();
  }

  /// Equal but for buckets that hold nothing.
  private static void assertSame(
      NativeHistogram want, @Nullable NativeHistogram got, String message) {
    Objects.requireNonNull(got, message);
    if (want.isStale()) {
      assertEquals(true, got.isStale(), message);
      return;
    }
    assertEquals(want.count(), got.count(), message);
    assertEquals(want.sum(), got.sum(), message);
    assertEquals(want.zeroThreshold(), got.zeroThreshold(), message);
    assertEquals(want.schema(), got.schema(), message);
    assertEquals(true, want.sameCustomBounds(got), message);
    assertEquals(filled(want.positive()), filled(got.positive()), message);
    assertEquals(filled(want.negative()), filled(got.negative()), message);
  }

  private static List<String> filled(Buckets buckets) {
    List<String> filled = new ArrayList<>();
    BucketLayout layout = BucketLayout.of(buckets);
    for (int i = 0; i < buckets.size(); i++) {
      if (buckets.count(i) != 0) {
        filled.add(layout.indices().get(i) + "=" + buckets.count(i));
      }
    }
    return filled;
  }

  @Test
  void lostObservationsNeedANewChunk() {
    NativeHistogram one = histogram(new double[] {5, 5}, Seed.random("a"), true, false, false);
    NativeHistogram less = histogram(new double[] {4, 9}, Seed.random("a"), true, false, false);
    ChunkWriter chunk = ChunkWriter.histograms(one, ResetHint.UNKNOWN);
    chunk.append(1, one);

    assertEquals(ChunkWriter.Fit.NEW_CHUNK_AFTER_RESET, chunk.fit(less));
    assertEquals(ChunkWriter.Fit.NEW_CHUNK, chunk.fit(one.toBuilder().schema(2).build()));
    assertEquals(ChunkWriter.Fit.APPEND, chunk.fit(one));
  }

  @Test
  void damagedChunksAreRefusedByKind() {
    SplittableRandom random = Seed.random("damage");
    ChunkWriter floats = ChunkWriter.floats();
    NativeHistogram sample = histogram(new double[] {3, 0, 7}, random, true, false, false);
    ChunkWriter histograms = ChunkWriter.histograms(sample, ResetHint.UNKNOWN);
    for (int i = 0; i < 50; i++) {
      floats.append(1000L * i, random.nextDouble());
      histograms.append(1000L * i, sample);
    }
    SampleColumns rows = new SampleColumns();
    ChunkDecoder decoder = new ChunkDecoder();
    for (int i = 0; i < Seed.iterations(20_000); i++) {
      ChunkWriter chunk = random.nextBoolean() ? floats : histograms;
      byte[] bytes = Arrays.copyOf(chunk.bytes(), chunk.size());
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
      ChunkEncoding encoding =
          ChunkEncoding.values()[random.nextInt(ChunkEncoding.values().length)];
      rows.clear();
      try {
        decoder.decode(encoding, bytes, length, rows, Long.MIN_VALUE, Long.MAX_VALUE);
      } catch (OrielException expected) {
        assertEquals(Kind.CORRUPT, expected.kind(), Seed.replay(i));
      }
    }
    assertThrows(
        OrielException.class,
        () ->
            decoder.decode(
                ChunkEncoding.XOR, new byte[] {0, 9, 1}, 3, rows, Long.MIN_VALUE, Long.MAX_VALUE));
  }
}
