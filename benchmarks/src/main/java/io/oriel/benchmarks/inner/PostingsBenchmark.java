package io.oriel.benchmarks.inner;

import io.oriel.model.matcher.Matcher;
import io.oriel.tsdb.index.Postings;
import io.oriel.tsdb.index.PostingsSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Time of one selection among 100,000 series.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PostingsBenchmark {
  private static final int SERIES = 100_000;

  private final PostingsSource source = source();

  private static PostingsSource source() {
    int[] all = IntStream.range(0, SERIES).toArray();
    Map<String, int[]> jobs = new TreeMap<>();
    for (int job = 0; job < 10; job++) {
      int wanted = job;
      jobs.put("job-" + job, IntStream.of(all).filter(i -> i % 10 == wanted).toArray());
    }
    Map<String, int[]> instances = new TreeMap<>();
    for (int instance = 0; instance < 1000; instance++) {
      int wanted = instance;
      instances.put("i-" + instance, IntStream.of(all).filter(i -> i / 100 == wanted).toArray());
    }
    return new PostingsSource() {
      @Override
      public int[] postings(String name, String value) {
        return (name.equals("job") ? jobs : instances).getOrDefault(value, new int[0]);
      }

      @Override
      public int[] all() {
        return all;
      }

      @Override
      public List<String> values(String name) {
        return List.copyOf((name.equals("job") ? jobs : instances).keySet());
      }
    };
  }

  /// Two equalities.
  @Benchmark
  public int[] equalities() {
    return Postings.select(
        source,
        List.of(
            Matcher.of(Matcher.Type.EQUAL, "job", "job-3"),
            Matcher.of(Matcher.Type.EQUAL, "instance", "i-77")));
  }

  /// An equality and a pattern over a thousand values.
  @Benchmark
  public int[] pattern() {
    return Postings.select(
        source,
        List.of(
            Matcher.of(Matcher.Type.EQUAL, "job", "job-3"),
            Matcher.of(Matcher.Type.REGEX, "instance", "i-1.*")));
  }
}
