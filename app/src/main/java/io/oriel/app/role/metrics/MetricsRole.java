package io.oriel.app.role.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.alerting.api.AlertmanagersApi;
import io.oriel.alerting.api.RulesApi;
import io.oriel.alerting.rule.EngineQueries;
import io.oriel.alerting.rule.RuleEngine;
import io.oriel.alerting.rule.RuleFile;
import io.oriel.alerting.rule.RuleFileReader;
import io.oriel.alerting.rule.RuleGroup;
import io.oriel.alerting.rule.RuleMetrics;
import io.oriel.alerting.rule.RuleOptions;
import io.oriel.alerting.rule.RuleSlots;
import io.oriel.alerting.sender.AlertSender;
import io.oriel.alerting.sender.AlertmanagerTarget;
import io.oriel.app.tool.RuleFiles;
import io.oriel.disk.FileDisk;
import io.oriel.metrics.api.Notifications;
import io.oriel.metrics.api.RelabelApi;
import io.oriel.metrics.api.SeriesApi;
import io.oriel.metrics.api.StatusApi;
import io.oriel.metrics.api.TargetsApi;
import io.oriel.metrics.config.PrometheusConfig;
import io.oriel.metrics.config.StorageConfig;
import io.oriel.metrics.discovery.Discoveries;
import io.oriel.metrics.discovery.DiscoveryMetrics;
import io.oriel.metrics.discovery.Pause;
import io.oriel.metrics.scrape.ScrapeEnvironment;
import io.oriel.metrics.scrape.ScrapeMetrics;
import io.oriel.metrics.scrape.Scrapes;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.promql.QueryEngine;
import io.oriel.promql.eval.Execution;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import io.oriel.tsdb.Retention;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbTelemetry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The metrics role: one Prometheus.
///
/// Starting: config → server (answers that it is not ready) → storage with its log replayed → rules
/// and alerts → scraping → ready. Stopping is the reverse: scraping ends first, storage last.
/// Thread-safe.
public final class MetricsRole implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsRole.class);
  static final String USER_AGENT = "Prometheus/3.14.0 (Oriel)";
  private static final long MAINTENANCE_SECONDS = 60;

  private final MetricsOptions options;
  private final Closer closer = new Closer();
  private final OpeningStorage storage = new OpeningStorage();
  private final CountDownLatch quit = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ReloadMetrics reloads;
  private final Notifications notifications;
  private final QueryEngine engine;
  private final RuleEngine rules;
  private final Scrapes scrapes;
  private final RemoteStorage remote;
  private final Discoveries.Environment discovery;
  private final HttpServer server;
  private final Sharing sharing;
  private final PrometheusRegistry registry;
  private final Map<String, Set<String>> endpoints;

  /** Replaced by each successful reload. */
  private volatile LoadedConfig config;

  private volatile boolean ready;

  @GuardedBy("this")
  private @Nullable Alertmanagers alertmanagers;

  /// What several roles of one process share.
  ///
  /// @param workers computes queries
  public record Shared(Execution.Workers workers, String version) {}

  private MetricsRole(MetricsOptions options, Shared shared) throws IOException {
    this.options = options;
    InstantSource clock = InstantSource.system();
    Telemetry telemetry = new Telemetry("prometheus_build_info", shared.version());
    registry = telemetry.registry();
    reloads = new ReloadMetrics(registry, () -> ready);
    notifications = new Notifications(clock, options.api().notificationSubscribers(), registry);
    engine = new QueryEngine(options.engine(), shared.workers(), System::nanoTime);
    config = load();
    Pause pause = Thread::sleep;
    discovery =
        new Discoveries.Environment(
            new DiscoveryMetrics(registry), pause, System::nanoTime, USER_AGENT);
    scrapes =
        new Scrapes(
            new ScrapeEnvironment(
                storage,
                new ScrapeMetrics(registry),
                discovery,
                options.intake(),
                clock,
                System::nanoTime,
                pause,
                USER_AGENT));
    remote = new RemoteStorage(storage, scrapes, clock, registry, options.flushDeadline());
    AlertSender sender = startSender(registry);
    rules =
        new RuleEngine(
            new RuleGroup.Collaborators(
                new EngineQueries(engine, remote.all()),
                storage,
                sender,
                new RuleMetrics(registry),
                RuleSlots.of(options.rules().concurrent()),
                System::nanoTime),
            clock);
    notifications.show(Notifications.STARTING);
    Routes routes = routes(telemetry, clock, shared.version());
    endpoints = routes.methodsByPath();
    server = HttpServer.start(options.web(), routes, new HttpServerMetrics("prometheus", registry));
    closer.push(server);
    closer.push(notifications);
    Tsdb tsdb = openStorage(clock);
    TsdbTelemetry.register(registry, tsdb);
    sharing =
        closer.push(
            Sharing.start(
                options.sharing(),
                new Sharing.Shared(tsdb, new MetricsFacts(rules::status, scrapes, tsdb)),
                options.dataDirectory(),
                this::externalLabels,
                registry));
    closer.push(remote);
    closer.push(sender);
    closer.push(this::closeAlertmanagers);
    closer.push(rules);
    closer.push(scrapes);
  }

  /// Starts the role; when this returns, it is ready.
  ///
  /// @throws OrielException when the config is refused or the port or the data directory is taken
  public static MetricsRole start(MetricsOptions options, Shared shared)
      throws IOException, InterruptedException {
    MetricsRole role = new MetricsRole(options, shared);
    try {
      role.apply(role.config);
      role.startMaintenance();
      role.ready = true;
      role.notifications.hide(Notifications.STARTING);
      role.reloads.succeeded(System.currentTimeMillis());
      return role;
    } catch (IOException | InterruptedException | RuntimeException e) {
      role.close();
      throw e;
    }
  }

  private AlertSender startSender(PrometheusRegistry registry) {
    return AlertSender.start(
        new AlertSender.Settings(
            this::alertmanagerTargets,
            () -> config.prometheus().global().externalLabels(),
            options.externalUrl(),
            options.rules().queueCapacity(),
            System::nanoTime,
            AlertSender.Names.PROMETHEUS),
        registry);
  }

  private Tsdb openStorage(InstantSource clock) throws IOException {
    try {
      storage.opening(options.dataDirectory());
      Tsdb tsdb =
          Tsdb.open(
              options.dataDirectory(),
              new Tsdb.Parts(new FileDisk(), clock, new SplittableRandom()),
              options
                  .tsdb()
                  .withMaxExemplars(config.prometheus().storage().maxExemplars())
                  .withOutOfOrderTimeWindow(outOfOrderWindow(config.prometheus())),
              storage::replayed);
      closer.push(tsdb);
      storage.opened(tsdb);
      return tsdb;
    } catch (IOException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  private Routes routes(Telemetry telemetry, InstantSource clock, String version) {
    Routes routes = new Routes();
    routes.get("/metrics", telemetry::expose);
    routes.get("/-/healthy", _ -> HttpAnswer.text(200, "Prometheus Server is Healthy.\n"));
    routes.get(
        "/-/ready",
        _ ->
            ready
                ? HttpAnswer.text(200, "Prometheus Server is Ready.\n")
                : HttpAnswer.text(503, "Service Unavailable\n"));
    routes.on(Set.of("POST", "PUT"), "/-/reload", _ -> lifecycle(this::reloadAnswer));
    routes.on(Set.of("POST", "PUT"), "/-/quit", _ -> lifecycle(this::quitAnswer));
    routes.get("/", _ -> LandingPage.answer(version));
    statusRoutes(routes, clock, version);
    MetricsApi api = new MetricsApi(options, storage, () -> config.prometheus(), clock);
    api.addQueries(routes, engine, remote, telemetry.registry());
    api.addReceivers(routes, telemetry.registry());
    api.addAdmin(routes);
    new TargetsApi(scrapes, () -> config.prometheus().shown().jobs()).addTo(routes);
    new RelabelApi(scrapes).addTo(routes);
    new RulesApi(rules::status, SeriesApi::selector).addTo(routes);
    new AlertmanagersApi(this::alertmanagerTargets).addTo(routes);
    return routes;
  }

  private void statusRoutes(Routes routes, InstantSource clock, String version) {
    new StatusApi(
            new StatusApi.Facts(
                version, clock.instant(), Path.of("").toAbsolutePath().toString(), options.flags()),
            () ->
                new StatusApi.Live(
                    reloads.isSuccessful(),
                    Instant.ofEpochMilli(reloads.lastSuccessMillis()),
                    storage.tsdb().head().repairs()),
            () -> config.prometheus().shown().yaml(),
            storage::tsdb)
        .addTo(routes);
    routes.get("/api/v1/status/walreplay", _ -> storage.replayStatus());
    notifications.addTo(routes);
  }

  private interface Action {
    HttpAnswer run();
  }

  private HttpAnswer lifecycle(Action action) {
    return options.api().lifecycle()
        ? action.run()
        : HttpAnswer.text(403, "Lifecycle API is not enabled.\n");
  }

  private HttpAnswer reloadAnswer() {
    try {
      reload();
      return HttpAnswer.empty(200);
    } catch (OrielException | IOException e) {
      return HttpAnswer.text(500, "failed to reload config: " + e.getMessage() + "\n");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return HttpAnswer.text(503, "stopping\n");
    }
  }

  private HttpAnswer quitAnswer() {
    quit.countDown();
    return HttpAnswer.text(200, "Requesting termination... Goodbye!\n");
  }

  private LoadedConfig load() throws IOException {
    PrometheusConfig prometheus =
        PrometheusConfig.load(options.configFile(), MetricsRole::environment);
    RuleFileReader reader = new RuleFileReader(engine::parse, RuleFileReader.Naming.UTF8);
    List<RuleFile> files = new ArrayList<>();
    for (Path file : RuleFiles.named(prometheus)) {
      files.add(reader.read(file));
    }
    return new LoadedConfig(prometheus, files);
  }

  private static String environment(String name) {
    String value = System.getenv(name);
    return value == null ? "" : value;
  }

  /// Reads the config anew and goes on with it; when it is refused, nothing changes.
  ///
  /// @throws OrielException with what is wrong in it
  public void reload() throws IOException, InterruptedException {
    try {
      LoadedConfig next = load();
      apply(next);
      config = next;
      reloads.succeeded(System.currentTimeMillis());
      notifications.hide(Notifications.RELOAD_FAILED);
      LOG.atInfo().addKeyValue("file", options.configFile()).log("config reloaded");
    } catch (IOException | OrielException e) {
      reloads.failed();
      notifications.show(Notifications.RELOAD_FAILED);
      LOG.atError()
          .addKeyValue("file", options.configFile())
          .addKeyValue("reason", e.getMessage())
          .log("config refused, keeping the previous one");
      throw e;
    }
  }

  private synchronized void apply(LoadedConfig next) throws IOException, InterruptedException {
    PrometheusConfig prometheus = next.prometheus();
    Alertmanagers fresh = Alertmanagers.start(prometheus.alerting(), discovery);
    Alertmanagers old = alertmanagers;
    alertmanagers = fresh;
    if (old != null) {
      old.close();
    }
    storage.tsdb().setOutOfOrderTimeWindow(outOfOrderWindow(prometheus));
    storage.tsdb().setRetention(retention(prometheus.storage()));
    MetricsOptions.Rules times = options.rules();
    rules.load(
        next.rules(),
        new RuleOptions(
            prometheus.global().evaluationIntervalMillis(),
            prometheus.global().ruleQueryOffsetMillis(),
            prometheus.global().externalLabels(),
            options.externalUrl(),
            times.outageTolerance(),
            times.gracePeriod(),
            times.resendDelay()));
    remote.apply(prometheus);
    scrapes.apply(prometheus.scrapeConfigs());
  }

  /// What the config says, and where it says nothing, the flags.
  private Retention retention(StorageConfig config) {
    Retention flags = options.tsdb().keeps();
    boolean sized = config.retentionBytes() > 0 || config.retentionPercentage() > 0;
    return new Retention(
        config.retentionMillis().map(Duration::ofMillis).orElse(flags.time()),
        sized ? config.retentionBytes() : flags.bytes(),
        sized ? config.retentionPercentage() : flags.percentage());
  }

  private static Duration outOfOrderWindow(PrometheusConfig config) {
    return Duration.ofMillis(config.storage().outOfOrderWindowMillis());
  }

  private synchronized List<AlertmanagerTarget> alertmanagerTargets() {
    return alertmanagers == null ? List.of() : alertmanagers.targets();
  }

  private synchronized void closeAlertmanagers() {
    if (alertmanagers != null) {
      alertmanagers.close();
      alertmanagers = null;
    }
  }

  private void startMaintenance() {
    Thread thread =
        Thread.ofPlatform().name("oriel/metrics/maintenance").daemon(true).start(this::maintain);
    closer.push(
        () -> {
          closing.countDown();
          thread.join();
        });
  }

  private void maintain() {
    try {
      while (!closing.await(MAINTENANCE_SECONDS, TimeUnit.SECONDS)) {
        server.refreshTls();
        try {
          storage.tsdb().compactNow();
        } catch (IOException | RuntimeException e) {
          LOG.atError().setCause(e).log("compaction failed, it is tried again in a minute");
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// The port it listens on.
  public int port() {
    return server.port();
  }

  /// The port of StoreAPI, if it is served.
  public OptionalInt grpcPort() {
    return sharing.grpcPort();
  }

  /// The database, which is this role's: it is open until the role is closed.
  public Tsdb storage() {
    return storage.tsdb();
  }

  /// Everything it counts.
  PrometheusRegistry registry() {
    return registry;
  }

  /// The methods that are answered on each path.
  Map<String, Set<String>> endpoints() {
    return endpoints;
  }

  /// The external labels of the loaded config.
  public Labels externalLabels() {
    return config.prometheus().global().externalLabels();
  }

  /// Waits until somebody asks the role to stop over HTTP.
  public void awaitQuit() throws InterruptedException {
    quit.await();
  }

  @Override
  public void close() {
    ready = false;
    notifications.show(Notifications.STOPPING);
    closer.close();
  }
}
