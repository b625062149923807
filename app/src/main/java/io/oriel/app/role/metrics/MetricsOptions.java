package io.oriel.app.role.metrics;

import io.oriel.metrics.api.Notifications;
import io.oriel.metrics.api.SearchApi;
import io.oriel.metrics.remote.ReadApi;
import io.oriel.metrics.scrape.IntakeOptions;
import io.oriel.promql.EngineOptions;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.tsdb.TsdbOptions;
import io.oriel.wire.remotewrite.RemoteWriteVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/// How a metrics role is run.
///
/// @param configFile prometheus.yml, read at start and at each reload
/// @param dataDirectory where the database lives
/// @param externalUrl where links in alerts lead
/// @param flushDeadline how long remote write may go on sending on shutdown or reload
/// @param sharing what it does for other clusters
/// @param flags the command line, for the status page
public record MetricsOptions(
    Path configFile,
    Path dataDirectory,
    HttpServerConfig web,
    String externalUrl,
    Api api,
    TsdbOptions tsdb,
    EngineOptions engine,
    Rules rules,
    IntakeOptions intake,
    Duration flushDeadline,
    SharingOptions sharing,
    Map<String, String> flags) {
  /** Upstream's. */
  public static final Duration FLUSH_DEADLINE = Duration.ofMinutes(1);

  /// What may be asked of it over HTTP beyond queries.
  ///
  /// @param lifecycle whether `/-/reload` and `/-/quit` answer
  /// @param admin whether series may be deleted and snapshots made
  /// @param remoteWrite which messages `/api/v1/write` takes; none when it is off
  /// @param otlp whether `/api/v1/otlp/v1/metrics` answers
  /// @param otlpDeltas whether it takes points of delta temporality as they are
  /// @param remoteRead how much may be read at once
  /// @param search whether names and values may be searched, and how many at once
  /// @param notificationSubscribers how many may follow notifications at once
  public record Api(
      boolean lifecycle,
      boolean admin,
      Set<RemoteWriteVersion> remoteWrite,
      boolean otlp,
      boolean otlpDeltas,
      ReadApi.Limits remoteRead,
      SearchApi.Options search,
      int notificationSubscribers) {
    public Api {
      remoteWrite = Set.copyOf(remoteWrite);
    }

    /// Everything that changes nothing is on, the rest off.
    public static Api standard() {
      return new Api(
          false,
          false,
          Set.of(),
          false,
          false,
          ReadApi.Limits.standard(),
          new SearchApi.Options(false, SearchApi.Options.MOST_LIMIT),
          Notifications.MOST_SUBSCRIBERS);
    }

    /// Everything on, for a server that only this machine reaches.
    public static Api open() {
      return new Api(
          true,
          true,
          Set.of(RemoteWriteVersion.values()),
          true,
          true,
          ReadApi.Limits.standard(),
          new SearchApi.Options(true, SearchApi.Options.MOST_LIMIT),
          Notifications.MOST_SUBSCRIBERS);
    }
  }

  /// The `--rules.alert.*` and `--alertmanager.*` flags; times in milliseconds.
  ///
  /// @param queueCapacity most alerts waiting to be sent
  /// @param concurrent how many rules may run beside those of their groups' own threads
  public record Rules(
      long outageTolerance, long gracePeriod, long resendDelay, int queueCapacity, int concurrent) {
    public static Rules standard() {
      return new Rules(3_600_000, 600_000, 60_000, 10_000, 0);
    }
  }

  public MetricsOptions {
    flags = Map.copyOf(flags);
  }
}
