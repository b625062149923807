package io.oriel.app.process;

import io.oriel.promql.eval.Execution;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// The platform threads that compute queries: one per processor, shared by all roles of a process.
public final class QueryWorkers implements AutoCloseable {
  private final ExecutorService pool;
  private final Execution.Workers workers;

  private QueryWorkers(int parallelism) {
    AtomicInteger number = new AtomicInteger();
    pool =
        Executors.newFixedThreadPool(
            parallelism,
            task -> {
              Thread thread = new Thread(task, "oriel/metrics/query/" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    workers = new Execution.Workers(pool, parallelism);
  }

  public static QueryWorkers start() {
    return new QueryWorkers(Runtime.getRuntime().availableProcessors());
  }

  public Execution.Workers workers() {
    return workers;
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
