package io.oriel.metrics.discovery;

import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks anew at fixed intervals. A failed look keeps what was found before and is counted.
final class RefreshLoop implements Discovery {
  private static final Logger LOG = LoggerFactory.getLogger(RefreshLoop.class);

  /// One look.
  interface Refresh {
    /// All groups as they are now.
    List<TargetGroup> groups() throws IOException, InterruptedException;
  }

  /// Whose look it is, for the log and the metrics.
  record Owner(String mechanism, String config) {}

  private final Owner owner;
  private final Refresh refresh;
  private final long intervalMillis;
  private final Pause pause;
  private final LongSupplier nanoTime;
  private final DiscoveryMetrics metrics;

  RefreshLoop(
      Owner owner,
      Refresh refresh,
      long intervalMillis,
      Pause pause,
      LongSupplier nanoTime,
      DiscoveryMetrics metrics) {
    this.owner = owner;
    this.refresh = refresh;
    this.intervalMillis = intervalMillis;
    this.pause = pause;
    this.nanoTime = nanoTime;
    this.metrics = metrics;
  }

  @Override
  public void run(TargetGroupSink sink) throws InterruptedException {
    Set<String> known = new HashSet<>();
    while (true) {
      long start = nanoTime.getAsLong();
      try {
        List<TargetGroup> groups = refresh.groups();
        Set<String> now = new HashSet<>();
        for (TargetGroup group : groups) {
          now.add(group.source());
          sink.update(group);
        }
        known.removeAll(now);
        for (String gone : known) {
          sink.update(new TargetGroup(gone, List.of(), Labels.empty()));
        }
        known = now;
      } catch (IOException | OrielException e) {
        metrics.refreshFailures.labelValues(owner.mechanism(), owner.config()).inc();
        if (owner.mechanism().equals("http")) {
          metrics.httpFailures.inc();
        }
        LOG.atWarn()
            .addKeyValue("mechanism", owner.mechanism())
            .addKeyValue("config", owner.config())
            .addKeyValue("error", e.getMessage())
            .log("cannot refresh targets; keeping those found before");
      }
      metrics
          .refreshDuration
          .labelValues(owner.mechanism(), owner.config())
          .observe((nanoTime.getAsLong() - start) / 1e9);
      pause.sleep(intervalMillis);
    }
  }
}
