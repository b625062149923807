package io.oriel.benchmarks.inner;

import io.oriel.wire.exposition.Exposition;
import io.oriel.wire.exposition.ExpositionParser;
import io.oriel.wire.exposition.ParserOptions;
import io.oriel.wire.exposition.ScrapeProtocol;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Time per sample of parsing the text format, labels left unread as for known series.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ExpositionParseBenchmark {
  private static final int SERIES = 2_000;

  private final byte[] text = text();

  private static byte[] text() {
    StringBuilder out = new StringBuilder("# TYPE http_requests_total counter\n");
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < SERIES; i++) {
      out.append("http_requests_total{method=\"GET\",handler=\"/api/v1/item/")
          .append(i)
          .append("\",code=\"200\"} ")
          .append(random.nextInt(1_000_000))
          .append('\n');
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// Parses the whole text.
  @Benchmark
  @OperationsPerInvocation(SERIES)
  public double parse() {
    ExpositionParser parser =
        Exposition.parser(
            text, text.length, ScrapeProtocol.PROMETHEUS_TEXT_0_0_4, ParserOptions.standard());
    double sum = 0;
    while (true) {
      ExpositionParser.Entry entry = parser.next();
      if (entry == ExpositionParser.Entry.END) {
        return sum;
      }
      if (entry == ExpositionParser.Entry.SERIES) {
        sum += parser.value() + parser.seriesHash();
      }
    }
  }
}
