package io.oriel.benchmarks.inner;

import io.oriel.model.series.SampleColumns;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.chunk.ChunkWriter;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Time per sample of decoding an XOR chunk of 120 samples.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ChunkDecodeBenchmark {
  private static final int SAMPLES = 120;

  /// How the values behave.
  public enum Shape {
    COUNTER,
    GAUGE,
    CONSTANT
  }

  @Param public Shape shape = Shape.COUNTER;

  private final ChunkDecoder decoder = new ChunkDecoder();
  private final SampleColumns columns = new SampleColumns();
  private ChunkWriter writer = ChunkWriter.floats();
  private byte[] bytes = {};

  /// Encodes the chunk.
  @Setup
  public void encode() {
    writer = ChunkWriter.floats();
    SplittableRandom random = new SplittableRandom(1);
    double value = 0;
    for (int i = 0; i < SAMPLES; i++) {
      value =
          switch (shape) {
            case COUNTER -> value + random.nextInt(100);
            case GAUGE -> random.nextDouble();
            case CONSTANT -> 1;
          };
      writer.append(1_700_000_000_000L + 15_000L * i + random.nextInt(3), value);
    }
    bytes = writer.bytes();
  }

  /// Decodes it into columns.
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public int decode() {
    columns.clear();
    decoder.decode(
        writer.encoding(), bytes, writer.size(), columns, Long.MIN_VALUE, Long.MAX_VALUE);
    return columns.size();
  }
}
