package io.oriel.app.tool;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.AppendOutcome;
import io.oriel.model.series.Appendable;
import io.oriel.model.series.Appender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Writes made-up scrapes of many series, in shards that write at the same time, as promtool's
/// benchmark does.
final class WriteBench {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int SHARD_SERIES = 1000;
  private static final int BATCH_SCRAPES = 100;
  private static final long STEP_MILLIS = 30_000;
  private static final double FIRST_VALUE = 123_456_789;
  private static final double GROWTH = 1000;

  private final Appendable storage;
  private final List<Shard> shards = new ArrayList<>();

  /// Series that one thread writes at a time.
  private static final class Shard {
    final List<Labels> series;
    final long[] references;
    double value = FIRST_VALUE;

    Shard(List<Labels> series) {
      this.series = series;
      this.references = new long[series.size()];
    }
  }

  WriteBench(Appendable storage, List<Labels> series) {
    this.storage = storage;
    for (int i = 0; i < series.size(); i += SHARD_SERIES) {
      shards.add(new Shard(series.subList(i, Math.min(series.size(), i + SHARD_SERIES))));
    }
  }

  /// Label sets out of a file that has one in each line, as a JSON object; equal ones count once.
  static List<Labels> read(Path file, int most) throws IOException {
    Set<Labels> found = new LinkedHashSet<>();
    for (String line : Files.readAllLines(file)) {
      if (found.size() == most) {
        break;
      }
      if (!line.isBlank()) {
        found.add(labels(file, line));
      }
    }
    return List.copyOf(found);
  }

  private static Labels labels(Path file, String line) {
    try {
      Map<String, String> labels = new LinkedHashMap<>();
      JSON.readTree(line)
          .propertyStream()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
      return Labels.copyOf(labels);
    } catch (JacksonException e) {
      throw new OrielException(Kind.INVALID, file + ": want a JSON object in each line", e);
    }
  }

  /// Label sets such as an exporter has.
  static List<Labels> madeUp(int count) {
    List<Labels> series = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      series.add(
          Labels.of(
              "__name__",
              "bench_metric_" + i % 200 + "_total",
              "instance",
              "host-" + i / 1000 + ":9100",
              "item",
              Integer.toString(i / 200),
              "job",
              "bench"));
    }
    return series;
  }

  /// Returns how many samples were written.
  long write(int scrapes) throws InterruptedException {
    long total = 0;
    try (ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      for (int from = 0; from < scrapes; from += BATCH_SCRAPES) {
        int first = from;
        int last = Math.min(scrapes, from + BATCH_SCRAPES);
        List<Future<Long>> running = new ArrayList<>();
        for (Shard shard : shards) {
          running.add(workers.submit(() -> write(shard, first, last)));
        }
        for (Future<Long> shard : running) {
          total += shard.get();
        }
      }
    } catch (ExecutionException e) {
      throw new OrielException(Kind.BUG, "a shard failed: " + e.getCause(), e);
    }
    return total;
  }

  private long write(Shard shard, int first, int last) throws IOException {
    long total = 0;
    for (int scrape = first; scrape < last; scrape++) {
      shard.value += GROWTH;
      try (Appender appender = storage.appender()) {
        for (int i = 0; i < shard.references.length; i++) {
          total += append(appender, shard, i, (scrape + 1) * STEP_MILLIS) ? 1 : 0;
        }
        appender.commit();
      }
    }
    return total;
  }

  private static boolean append(Appender appender, Shard shard, int i, long timeMillis) {
    AppendOutcome outcome = appender.append(shard.references[i], timeMillis, shard.value);
    if (outcome == AppendOutcome.UNKNOWN_SERIES) {
      shard.references[i] = appender.series(shard.series.get(i));
      outcome = appender.append(shard.references[i], timeMillis, shard.value);
    }
    return outcome == AppendOutcome.APPENDED;
  }
}
