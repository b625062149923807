package io.oriel.app.role.rule;

import io.oriel.alerting.api.AlertmanagersApi;
import io.oriel.alerting.api.RulesApi;
import io.oriel.alerting.rule.EngineQueries;
import io.oriel.alerting.rule.RuleEngine;
import io.oriel.alerting.rule.RuleGroup;
import io.oriel.alerting.rule.RuleMetrics;
import io.oriel.alerting.rule.RuleOptions;
import io.oriel.alerting.rule.RuleQuery;
import io.oriel.alerting.rule.RuleSlots;
import io.oriel.alerting.sender.AlertSender;
import io.oriel.alerting.sender.AlertmanagerTarget;
import io.oriel.app.process.RolePage;
import io.oriel.app.process.Shipping;
import io.oriel.disk.FileDisk;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.store.LocalStore;
import io.oriel.federation.store.StoreService;
import io.oriel.federation.upload.Shipper;
import io.oriel.metrics.api.SeriesApi;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.eval.Execution;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbOptions;
import io.oriel.tsdb.TsdbTelemetry;
import io.oriel.wire.storeapi.InfoResponse;
import io.oriel.wire.storeapi.PartialResponse;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rules over what query roles see: recorded series and alerts go to a small database of its own,
/// which is served and uploaded as any other; alerts go to Alertmanagers. Thread-safe.
///
/// A query that fails changes no alert: what fires goes on firing until a query says otherwise.
/// After a restart alerts get their age back from the own database, or, when that is lost, from the
/// query roles.
///
/// Stopping: rules first, then what waits to be sent, the servers, and the database last.
public final class RuleRole implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RuleRole.class);
  private static final Duration QUERY_TIMEOUT = Duration.ofMinutes(2);
  private static final int QUEUE_CAPACITY = 10_000;
  private static final long MAINTENANCE_SECONDS = 60;

  private final Closer closer;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Options options;
  private final RuleLoading loading;
  private final Map<PartialResponse, RuleEngine> engines = new EnumMap<>(PartialResponse.class);
  private final QueryEngine parser;
  private final Tsdb tsdb;
  private final HttpServer http;
  private final GrpcServer grpc;

  /// How a ruler is run.
  ///
  /// @param data directory of its database
  /// @param labels external labels of its series and alerts; at least one
  /// @param ruleFiles paths, whose last part may have `*`
  /// @param queries HTTP addresses of query roles, as `--query` has them
  /// @param alerting where alerts go
  /// @param times how rules are run; its external labels are not used
  /// @param bucket where blocks go, if anywhere
  /// @param early how often samples go there before they are a block; zero for never
  public record Options(
      HttpServerConfig http,
      GrpcServerConfig grpc,
      Path data,
      TsdbOptions tsdb,
      Labels labels,
      List<String> ruleFiles,
      List<String> queries,
      Alerting alerting,
      RuleOptions times,
      Optional<BucketConfig> bucket,
      Duration early) {
    public Options {
      ruleFiles = List.copyOf(ruleFiles);
      queries = List.copyOf(queries);
      if (labels.isEmpty()) {
        throw OrielException.invalid("--label: got none, want at least one, unique to this ruler");
      }
      if (queries.isEmpty()) {
        throw OrielException.invalid("--query: got none, want at least one");
      }
    }
  }

  /// Where alerts go.
  ///
  /// @param alertmanagers HTTP addresses
  /// @param droppedLabels labels that alerts do not keep, so that those of replicas are one
  public record Alerting(List<String> alertmanagers, Duration timeout, Set<String> droppedLabels) {
    public Alerting {
      alertmanagers = List.copyOf(alertmanagers);
      droppedLabels = Set.copyOf(droppedLabels);
    }
  }

  private RuleRole(Options options, Execution.Workers workers, String version, Closer closer)
      throws IOException, InterruptedException {
    this.options = options;
    this.closer = closer;
    InstantSource clock = InstantSource.system();
    Telemetry telemetry = new Telemetry("thanos_build_info", version);
    PrometheusRegistry registry = telemetry.registry();
    RuleEndpoints queries =
        new RuleEndpoints(
            "--query",
            options.queries(),
            RuleEndpoints.Lookups.counted("thanos_rule_query_apis", registry));
    RuleEndpoints alertmanagers =
        new RuleEndpoints(
            "--alertmanagers.url",
            options.alerting().alertmanagers(),
            RuleEndpoints.Lookups.counted("thanos_rule_alertmanagers", registry));
    parser = new QueryEngine(EngineOptions.DEFAULT, workers, System::nanoTime);
    loading = new RuleLoading(options.ruleFiles(), parser, registry);
    tsdb =
        closer.push(
            Tsdb.open(
                options.data(),
                new Tsdb.Parts(new FileDisk(), clock, new SplittableRandom()),
                options.tsdb(),
                _ -> {}));
    TsdbTelemetry.register(registry, tsdb);
    options.bucket().ifPresent(bucket -> closer.push(ship(bucket, registry)));
    HttpClient client = closer.push(HttpClient.create(HttpClientConfig.standard(), "Oriel-Rule"));
    grpc =
        closer.push(
            GrpcServer.start(options.grpc(), services(), clock, GrpcMetrics.ofServer(registry)));
    AlertSender sender = closer.push(sender(alertmanagers, client, registry));
    makeEngines(queries, client, sender, registry, clock);
    loading.load(engines, ruleOptions());
    Routes routes = routes(telemetry, version);
    new AlertmanagersApi(() -> targets(alertmanagers, client)).addTo(routes);
    http =
        closer.push(
            HttpServer.start(options.http(), routes, new HttpServerMetrics("thanos", registry)));
    Thread maintenance =
        Thread.ofPlatform().name("oriel/rule/maintenance").daemon(true).start(this::maintain);
    closer.push(
        () -> {
          closing.countDown();
          maintenance.join();
        });
  }

  /// Starts the role; when this returns, its rules run.
  ///
  /// @throws OrielException when a rule file is refused, or an address or the directory is taken
  public static RuleRole start(Options options, Execution.Workers workers, String version)
      throws IOException, InterruptedException {
    Closer closer = new Closer();
    try {
      return new RuleRole(options, workers, version, closer);
    } catch (IOException | InterruptedException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  private Shipping ship(BucketConfig bucket, PrometheusRegistry registry) {
    return Shipping.start(
        new Shipping.Setup(
            bucket,
            options.data(),
            options::labels,
            ThanosSection.RULER,
            Shipper.Compacted.ALL,
            () -> "",
            Shipping.INTERVAL,
            options.early().isPositive()
                ? Optional.of(
                    new Shipping.Early(tsdb.head(), options.early(), options.tsdb().blockRange()))
                : Optional.empty()),
        registry);
  }

  private List<GrpcService> services() {
    LocalStore store =
        new LocalStore(
            tsdb,
            new LocalStore.Description(
                "rule", options::labels, tsdb::minTime, EnumSet.of(InfoResponse.Service.RULES)));
    List<GrpcService> services = new ArrayList<>(StoreService.of(store));
    services.add(new RuleService(this::shown, options.labels()).service());
    return services;
  }

  private AlertSender sender(
      RuleEndpoints alertmanagers, HttpClient client, PrometheusRegistry registry) {
    return AlertSender.start(
        new AlertSender.Settings(
            () -> targets(alertmanagers, client),
            options::labels,
            options.times().externalUrl(),
            QUEUE_CAPACITY,
            System::nanoTime,
            AlertSender.Names.THANOS),
        registry);
  }

  private List<AlertmanagerTarget> targets(RuleEndpoints alertmanagers, HttpClient client) {
    List<AlertmanagerTarget> targets = new ArrayList<>();
    for (URI uri : alertmanagers.now()) {
      targets.add(
          new AlertmanagerTarget(
              URI.create(uri + "/api/v2/alerts"),
              client,
              options.alerting().timeout(),
              labels -> Optional.of(labels.without(options.alerting().droppedLabels()))));
    }
    return targets;
  }

  /// One engine for each thing that a group may do when a store is missing.
  private void makeEngines(
      RuleEndpoints queries,
      HttpClient client,
      AlertSender sender,
      PrometheusRegistry registry,
      InstantSource clock) {
    RuleMetrics metrics = new RuleMetrics(registry);
    Counter warnings =
        Counter.builder()
            .name("thanos_rule_evaluation_with_warnings_total")
            .help("Evaluations whose answer had warnings.")
            .labelNames("strategy")
            .register(registry);
    RuleQuery own = new EngineQueries(parser, tsdb);
    AtomicInteger preferred = new AtomicInteger();
    for (PartialResponse strategy : PartialResponse.values()) {
      String word = RuleLoading.word(strategy);
      warnings.initLabelValues(word);
      RuleQuery remote =
          new RuleQueries(
              queries,
              client,
              QUERY_TIMEOUT,
              strategy == PartialResponse.WARN,
              preferred,
              () -> warnings.labelValues(word).inc());
      RuleGroup.Collaborators with =
          new RuleGroup.Collaborators(
              new RuleRestoring(own, remote),
              tsdb,
              sender,
              metrics,
              RuleSlots.of(0),
              System::nanoTime);
      engines.put(strategy, closer.push(new RuleEngine(with, clock)));
    }
  }

  private RuleOptions ruleOptions() {
    RuleOptions times = options.times();
    return new RuleOptions(
        times.intervalMillis(),
        times.queryOffsetMillis(),
        options.labels(),
        times.externalUrl(),
        times.outageToleranceMillis(),
        times.gracePeriodMillis(),
        times.resendDelayMillis());
  }

  private List<RuleService.Shown> shown() {
    List<RuleService.Shown> shown = new ArrayList<>();
    engines.forEach(
        (strategy, engine) ->
            engine.status().forEach(group -> shown.add(new RuleService.Shown(group, strategy))));
    return shown;
  }

  private Routes routes(Telemetry telemetry, String version) {
    Routes routes = new Routes();
    routes.get("/", _ -> RolePage.answer("rule", version));
    routes.get("/metrics", telemetry::expose);
    routes.get("/-/healthy", _ -> HttpAnswer.text(200, "OK\n"));
    routes.get("/-/ready", _ -> HttpAnswer.text(200, "OK\n"));
    routes.on(Set.of("POST", "PUT"), "/-/reload", _ -> reloadAnswer());
    new RulesApi(() -> shown().stream().map(RuleService.Shown::group).toList(), SeriesApi::selector)
        .addTo(routes);
    return routes;
  }

  private HttpAnswer reloadAnswer() {
    try {
      reload();
      return HttpAnswer.empty(200);
    } catch (OrielException | IOException e) {
      return HttpAnswer.text(500, "failed to reload rules: " + e.getMessage() + "\n");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return HttpAnswer.text(503, "stopping\n");
    }
  }

  /// Reads the rule files anew and goes on with them; when one is refused, nothing changes.
  ///
  /// @throws OrielException with what is wrong in them
  public void reload() throws IOException, InterruptedException {
    loading.load(engines, ruleOptions());
  }

  private void maintain() {
    try {
      while (!closing.await(MAINTENANCE_SECONDS, TimeUnit.SECONDS)) {
        http.refreshTls();
        try {
          tsdb.compactNow();
        } catch (IOException | OrielException e) {
          LOG.atError().setCause(e).log("compaction failed, it is tried again in a minute");
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Where HTTP is served.
  public int httpPort() {
    return http.port();
  }

  /// Where gRPC is served.
  public int grpcPort() {
    return grpc.port();
  }

  /// Waits until the role is closed.
  public void awaitClose() throws InterruptedException {
    closing.await();
  }

  @Override
  public void close() {
    closer.close();
  }
}
