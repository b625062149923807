package io.oriel.app.role.metrics;

import io.oriel.metrics.api.AdminApi;
import io.oriel.metrics.api.FeaturesApi;
import io.oriel.metrics.api.OpenApi;
import io.oriel.metrics.api.QueryApi;
import io.oriel.metrics.api.SearchApi;
import io.oriel.metrics.api.SelfMetricsApi;
import io.oriel.metrics.api.SeriesApi;
import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.metrics.federate.FederateApi;
import io.oriel.metrics.remote.OtlpApi;
import io.oriel.metrics.remote.ReadApi;
import io.oriel.metrics.remote.ReceiveMetrics;
import io.oriel.metrics.remote.WriteApi;
import io.oriel.model.labels.Labels;
import io.oriel.promql.QueryEngine;
import io.oriel.runtime.http.Routes;
import io.oriel.wire.otlp.OtlpOptions;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/// The endpoints of a metrics role that read and write samples.
final class MetricsApi {
  private final MetricsOptions options;
  private final OpeningStorage storage;
  private final Supplier<PrometheusConfig> config;
  private final InstantSource clock;

  MetricsApi(
      MetricsOptions options,
      OpeningStorage storage,
      Supplier<PrometheusConfig> config,
      InstantSource clock) {
    this.options = options;
    this.storage = storage;
    this.config = config;
    this.clock = clock;
  }

  private Labels externalLabels() {
    return config.get().global().externalLabels();
  }

  /// PromQL, series and labels, federation, and what there is of them.
  ///
  /// @param all what queries read, local and remote
  void addQueries(
      Routes routes, QueryEngine engine, RemoteStorage all, PrometheusRegistry registry) {
    new QueryApi(engine, all.all(), storage, clock).addTo(routes);
    new SeriesApi(storage).addTo(routes);
    new SearchApi(storage, all::metadata, clock, options.api().search()).addTo(routes);
    new SelfMetricsApi(registry).addTo(routes);
    new OpenApi().addTo(routes);
    new FederateApi(
            storage, this::externalLabels, options.engine().lookback().toMillis(), clock, registry)
        .addTo(routes);
    MetricsOptions.Api api = options.api();
    new FeaturesApi(
            options.engine().features(),
            Map.of(
                "api",
                Map.of(
                    "admin", api.admin(),
                    "lifecycle", api.lifecycle(),
                    "remote_write_receiver", !api.remoteWrite().isEmpty(),
                    "otlp_write_receiver", api.otlp(),
                    "search", api.search().on()),
                "rules",
                Map.of("concurrent_rule_eval", options.rules().concurrent() > 0)))
        .addTo(routes);
  }

  /// Remote write, OTLP and remote read. What is acknowledged to a sender is on the disk, since the
  /// sender forgets it then.
  void addReceivers(Routes routes, PrometheusRegistry registry) {
    ReceiveMetrics metrics = new ReceiveMetrics(registry);
    WriteApi.Options how =
        new WriteApi.Options(
            options.api().remoteWrite(),
            options.intake().startTimestamps(),
            options.intake().metadata());
    new WriteApi(storage.durable(), metrics, clock, how).addTo(routes);
    OtlpApi otlp =
        options.api().otlp()
            ? OtlpApi.on(storage.durable(), metrics, clock, this::otlp, how)
            : OtlpApi.off(storage.durable(), metrics, clock);
    otlp.addTo(routes);
    new ReadApi(storage, this::externalLabels, options.api().remoteRead(), metrics).addTo(routes);
  }

  private OtlpOptions otlp() {
    return config
        .get()
        .otlp()
        .options(options.api().otlpDeltas(), options.engine().lookback().toMillis());
  }

  /// What changes the database from outside.
  void addAdmin(Routes routes) {
    new AdminApi(
            options.api().admin(),
            storage::tsdb,
            options.dataDirectory().resolve("snapshots"),
            clock,
            new Random())
        .addTo(routes);
  }
}
