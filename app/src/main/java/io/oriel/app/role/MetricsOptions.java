package io.oriel.app.role;

import io.oriel.promql.EngineOptions;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.tsdb.TsdbOptions;
import java.nio.file.Path;
import java.util.Map;

/// How a metrics role is run.
///
/// @param configFile prometheus.yml, read at start and at each reload
/// @param dataDirectory where the database lives
/// @param externalUrl where links in alerts lead; empty for the listen address
/// @param lifecycle whether `/-/reload` and `/-/quit` answer
/// @param adminApi whether series may be deleted and snapshots made over HTTP
/// @param remoteWriteReceiver whether `/api/v1/write` answers
/// @param offsetSeed differs between replicas, so that they do not scrape at the same moment
/// @param flags the command line, for the status page
public record MetricsOptions(
    Path configFile,
    Path dataDirectory,
    HttpServerConfig web,
    String externalUrl,
    boolean lifecycle,
    boolean adminApi,
    boolean remoteWriteReceiver,
    TsdbOptions tsdb,
    EngineOptions engine,
    RuleTimes ruleTimes,
    int notificationQueueCapacity,
    long offsetSeed,
    Map<String, String> flags) {
  /// The `--rules.alert.*` flags, in milliseconds.
  public record RuleTimes(long outageTolerance, long gracePeriod, long resendDelay) {
    public static RuleTimes standard() {
      return new RuleTimes(3_600_000, 600_000, 60_000);
    }
  }

  public MetricsOptions {
    flags = Map.copyOf(flags);
  }
}
