package io.oriel.metrics.scrape;

import io.oriel.metrics.config.ScrapeConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.metrics.discovery.Discoveries;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.http.HttpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One job: its discoveries, its targets, and a loop for each. Thread-safe.
///
/// Discoveries call for a sync; a thread of the pool's own does it, at most every few seconds, so
/// that a storm of updates is one change.
final class ScrapePool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ScrapePool.class);
  private static final long SYNC_PAUSE_MILLIS = 1_000;

  private record Running(ScrapeLoop loop, Thread thread) {}

  private final ScrapeConfig config;
  private final ScrapeEnvironment environment;
  private final TargetFactory factory;
  private final HttpClient client;
  private final Endings endings;
  private final Semaphore changed = new Semaphore(0);
  private final Thread syncer;

  /** Replaced as a whole by each sync; written by the syncing thread only. */
  private volatile Map<String, Running> loops = Map.of();

  private volatile List<Labels> dropped = List.of();
  private volatile int droppedCount;
  private volatile boolean failed;
  private final Discoveries discoveries;

  private ScrapePool(
      ScrapeConfig config, ScrapeEnvironment environment, HttpClient client, Endings endings)
      throws IOException {
    this.endings = endings;
    this.config = config;
    this.environment = environment;
    this.client = client;
    this.factory = new TargetFactory(config);
    this.syncer =
        Thread.ofVirtual()
            .name("oriel/metrics/scrape/" + config.job() + "/sync")
            .unstarted(this::syncLoop);
    this.discoveries =
        Discoveries.start(
            config.job(), "scrape", config.discovery(), environment.discovery(), changed::release);
  }

  /// @param endings outlive the pool
  static ScrapePool start(ScrapeConfig config, ScrapeEnvironment environment, Endings endings)
      throws IOException {
    environment.metrics().pools.inc();
    HttpClient client = HttpClient.create(config.client(), environment.userAgent());
    try {
      ScrapePool pool = new ScrapePool(config, environment, client, endings);
      environment
          .metrics()
          .poolTargetLimit
          .labelValues(config.job())
          .set((double) config.limits().targets());
      pool.sync();
      pool.syncer.start();
      return pool;
    } catch (IOException | OrielException e) {
      environment.metrics().poolFailed.inc();
      client.close();
      throw e;
    }
  }

  ScrapeConfig config() {
    return config;
  }

  List<TargetStatus> active() {
    return loops.values().stream().map(running -> running.loop().status()).toList();
  }

  /// Targets that relabelling dropped, by their discovered labels; at most as many as the config
  /// keeps.
  List<Labels> dropped() {
    return dropped;
  }

  int droppedCount() {
    return droppedCount;
  }

  List<String> unsupportedKinds() {
    return discoveries.unsupportedKinds();
  }

  private void syncLoop() {
    try {
      while (true) {
        changed.acquire();
        changed.drainPermits();
        sync();
        environment.pause().sleep(SYNC_PAUSE_MILLIS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void sync() {
    environment.metrics().poolSyncs.labelValues(config.job()).inc();
    Map<String, Target> wanted = new LinkedHashMap<>();
    List<Labels> droppedNow = new ArrayList<>();
    int droppedTotal = 0;
    long keep = config.limits().keptDroppedTargets();
    for (TargetGroup group : discoveries.groups()) {
      for (Labels labels : group.targets()) {
        Labels discovered = factory.discovered(group, labels);
        try {
          Target target = factory.target(discovered).orElse(null);
          if (target != null) {
            wanted.putIfAbsent(target.key(), target);
            continue;
          }
          droppedTotal++;
          if (keep == 0 || droppedNow.size() < keep) {
            droppedNow.add(discovered);
          }
        } catch (OrielException e) {
          environment.metrics().syncFailed.labelValues(config.job()).inc();
          LOG.atError()
              .addKeyValue("job", config.job())
              .addKeyValue("target", discovered)
              .addKeyValue("error", e.reason())
              .log("cannot make a target; leaving it out");
        }
      }
    }
    dropped = List.copyOf(droppedNow);
    droppedCount = droppedTotal;
    replace(wanted);
  }

  private void replace(Map<String, Target> wanted) {
    Map<String, Running> next = new LinkedHashMap<>(loops);
    Iterator<Map.Entry<String, Running>> old = next.entrySet().iterator();
    while (old.hasNext()) {
      Map.Entry<String, Running> entry = old.next();
      if (!wanted.containsKey(entry.getKey())) {
        entry.getValue().loop().endSeriesWhenStopped();
        entry.getValue().thread().interrupt();
        old.remove();
      }
    }
    List<Thread> fresh = new ArrayList<>();
    wanted.forEach(
        (key, target) -> {
          if (!next.containsKey(key)) {
            ScrapeLoop loop = new ScrapeLoop(target, config, environment, client, endings);
            Thread thread =
                Thread.ofVirtual()
                    .name("oriel/metrics/scrape/" + config.job() + "/" + target.uri())
                    .unstarted(loop::run);
            next.put(key, new Running(loop, thread));
            fresh.add(thread);
          }
        });
    limitTargets(next);
    loops = java.util.Collections.unmodifiableMap(next);
    environment.metrics().poolTargets.labelValues(config.job()).set(next.size());
    fresh.forEach(Thread::start);
  }

  private void limitTargets(Map<String, Running> next) {
    long limit = config.limits().targets();
    boolean over = limit > 0 && next.size() > limit;
    String error =
        over
            ? "target_limit exceeded (number of targets: %d, limit: %d)"
                .formatted(next.size(), limit)
            : "";
    if (over) {
      environment.metrics().poolExceededTargetLimit.inc();
    }
    if (over || failed) {
      next.values().forEach(running -> running.loop().force(error));
    }
    failed = over;
  }

  /// Ends the job because the process ends: series are not marked as ended.
  @Override
  public void close() {
    stop(false);
  }

  /// Ends the job because it is no longer configured so: its series will be marked as ended.
  void retire() {
    stop(true);
  }

  private void stop(boolean endSeries) {
    syncer.interrupt();
    discoveries.close();
    List<Running> running = List.copyOf(loops.values());
    for (Running one : running) {
      if (endSeries) {
        one.loop().endSeriesWhenStopped();
      }
      one.thread().interrupt();
    }
    for (Running one : running) {
      try {
        one.thread().join(Duration.ofSeconds(5));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    client.close();
    environment.metrics().poolTargets.remove(config.job());
    environment.metrics().poolTargetLimit.remove(config.job());
  }
}
