package io.oriel.metrics.scrape;

import io.oriel.metrics.config.ScrapeConfig;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every job of a config, running. Thread-safe; reloads happen one at a time.
///
/// Constructing starts nothing; the first {@link #apply} does. A reload keeps the jobs whose config
/// did not change, with everything they know.
public final class Scrapes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scrapes.class);

  private final ScrapeEnvironment environment;
  private final Endings endings = new Endings();

  /** Replaced as a whole by each reload. */
  private volatile Map<String, ScrapePool> pools = Map.of();

  public Scrapes(ScrapeEnvironment environment) {
    this.environment = environment;
    environment.metrics().watch(this::active);
  }

  /// Runs {@code configs} from now on. A job that cannot be started is reported and left out.
  ///
  /// @throws OrielException with every job that could not be started, after the others were
  public synchronized void apply(List<ScrapeConfig> configs) {
    Map<String, ScrapePool> next = new LinkedHashMap<>();
    Map<String, ScrapePool> old = new LinkedHashMap<>(pools);
    List<String> failures = new ArrayList<>();
    List<ScrapeConfig> toStart = new ArrayList<>();
    for (ScrapeConfig config : configs) {
      ScrapePool running = old.get(config.job());
      if (running != null && running.config().equals(config)) {
        next.put(config.job(), running);
        old.remove(config.job());
      } else {
        toStart.add(config);
      }
    }
    old.values().forEach(ScrapePool::retire);
    for (ScrapeConfig config : toStart) {
      try {
        next.put(config.job(), ScrapePool.start(config, environment, endings));
      } catch (IOException | OrielException e) {
        failures.add(config.job() + ": " + e.getMessage());
        LOG.atError()
            .addKeyValue("job", config.job())
            .addKeyValue("error", e.getMessage())
            .log("cannot start a scrape job; it is left out");
      }
    }
    environment.metrics().poolReloads.inc();
    pools = java.util.Collections.unmodifiableMap(next);
    if (!failures.isEmpty()) {
      throw OrielException.invalid("cannot start scrape jobs: " + String.join("; ", failures));
    }
  }

  /// The names of the jobs, in config order.
  public List<String> jobs() {
    return List.copyOf(pools.keySet());
  }

  /// The targets being scraped, by job, in config order.
  public Map<String, List<TargetStatus>> active() {
    Map<String, List<TargetStatus>> found = new LinkedHashMap<>();
    pools.forEach((job, pool) -> found.put(job, pool.active()));
    return found;
  }

  /// The discovered labels of targets that relabelling dropped, by job.
  public Map<String, List<Labels>> dropped() {
    Map<String, List<Labels>> found = new LinkedHashMap<>();
    pools.forEach((job, pool) -> found.put(job, pool.dropped()));
    return found;
  }

  /// How many targets relabelling dropped, by job, also beyond those that are kept in memory.
  public Map<String, Integer> droppedCounts() {
    Map<String, Integer> found = new LinkedHashMap<>();
    pools.forEach((job, pool) -> found.put(job, pool.droppedCount()));
    return found;
  }

  /// The config of a job, as it runs; null when there is none of that name.
  public @org.jspecify.annotations.Nullable ScrapeConfig config(String job) {
    ScrapePool pool = pools.get(job);
    return pool == null ? null : pool.config();
  }

  /// Stops every loop and waits for it; series are not marked as ended, because the next process
  /// goes on with them.
  @Override
  public synchronized void close() {
    endings.close();
    pools.values().forEach(ScrapePool::close);
    pools = Map.of();
  }
}
