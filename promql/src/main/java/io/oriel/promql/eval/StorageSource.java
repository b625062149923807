package io.oriel.promql.eval;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.promql.value.Column;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Series from storage, each decoded once and computed over all steps by a kernel.
///
/// Threads take batches of series from the cursor in turn; each has its own kernel, sample buffer
/// and sink, so that nothing is shared on the way.
final class StorageSource implements VectorSource {
  private static final int BATCH = 32;

  /** How many steps and samples a query works through alone before it calls for help. */
  private static final int ALONE = 1 << 16;

  /** What decoding a series costs, in steps. */
  private static final int SERIES_COST = 256;

  private final Execution execution;
  private final SelectHints hints;
  private final List<Matcher> matchers;
  private final Supplier<Kernel> kernels;
  private final int steps;
  private final boolean nameDropped;

  StorageSource(
      Execution execution,
      SelectHints hints,
      List<Matcher> matchers,
      Supplier<Kernel> kernels,
      int steps,
      boolean nameDropped) {
    this.execution = execution;
    this.hints = hints;
    this.matchers = matchers;
    this.kernels = kernels;
    this.steps = steps;
    this.nameDropped = nameDropped;
  }

  /// Some series and the ordinal of the first.
  private record Batch(List<Series> series, int first) {}

  @Override
  public void drain(SinkFactory sinks) {
    try (SeriesCursor cursor = execution.querier().select(hints, matchers)) {
      Batches batches = new Batches(cursor);
      Worker own = new Worker(batches, sinks);
      int alone = 1 + ALONE / (BATCH * (steps + SERIES_COST));
      if (own.work(alone)) {
        Crew crew = new Crew(execution.workers().executor(), execution.workers().parallelism() - 1);
        crew.run(
            () -> new Worker(batches, sinks).work(Integer.MAX_VALUE),
            () -> own.work(Integer.MAX_VALUE));
      }
      cursor.warnings().forEach(execution.annotations()::add);
    } catch (IOException e) {
      throw new OrielException(Kind.UNAVAILABLE, "expanding series: " + e.getMessage(), e);
    }
  }

  /// What one thread works with.
  private final class Worker {
    private final Batches batches;
    private final Sink sink;
    private final Kernel kernel = kernels.get();
    private final SampleColumns samples = new SampleColumns();
    private Column column = new Column(steps);

    Worker(Batches batches, SinkFactory sinks) {
      this.batches = batches;
      this.sink = sinks.open();
    }

    /// Works through at most {@code most} batches; whether there may be more.
    boolean work(int most) {
      long looked = 0;
      try {
        for (int i = 0; i < most; i++) {
          Batch batch = batches.next();
          if (batch == null) {
            return false;
          }
          execution.check();
          looked += work(batch);
        }
        return true;
      } catch (IOException e) {
        batches.stop();
        throw new OrielException(Kind.UNAVAILABLE, "expanding series: " + e.getMessage(), e);
      } catch (OrielException e) {
        batches.stop();
        throw e;
      } finally {
        execution.countSamples(looked);
      }
    }

    private long work(Batch batch) throws IOException {
      long looked = 0;
      for (int i = 0; i < batch.series().size(); i++) {
        Series series = batch.series().get(i);
        samples.clear();
        series.read(samples);
        column
            .labels(series.labels())
            .nameDropped(nameDropped)
            .ordinal(batch.first() + i)
            .dropHistograms();
        looked += kernel.run(samples, series.labels(), column);
        if (sink.accept(column)) {
          column = new Column(steps);
        }
      }
      execution.countSeries(batch.series().size());
      return looked;
    }
  }

  /// Hands out the cursor's series to several threads.
  private static final class Batches {
    private final SeriesCursor cursor;
    private int handedOut;
    private boolean done;

    Batches(SeriesCursor cursor) {
      this.cursor = cursor;
    }

    synchronized void stop() {
      done = true;
    }

    /// The next batch, or null after the last.
    synchronized @Nullable Batch next() {
      if (done) {
        return null;
      }
      List<Series> series = new ArrayList<>(BATCH);
      try {
        while (series.size() < BATCH) {
          Series next = cursor.next();
          if (next == null) {
            done = true;
            break;
          }
          series.add(next);
        }
      } catch (IOException e) {
        done = true;
        throw new OrielException(Kind.UNAVAILABLE, "expanding series: " + e.getMessage(), e);
      }
      int first = handedOut;
      handedOut += series.size();
      return series.isEmpty() ? null : new Batch(series, first);
    }
  }
}
