package io.oriel.app.role;

import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.promql.EngineOptions;
import io.oriel.promql.Feature;
import io.oriel.runtime.config.ByteSize;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.WebConfig;
import io.oriel.tsdb.TsdbOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `oriel metrics`: one Prometheus, with Prometheus' flags.
@Command(
    name = "metrics",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = "Runs the metrics role: scrapes, stores, evaluates rules, answers PromQL.",
    footer = {
      "",
      "Flags are Prometheus' own. SIGHUP reloads the config, SIGTERM stops cleanly.",
      "Example: oriel metrics --config.file=prometheus.yml --storage.tsdb.path=data",
    })
public final class MetricsCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsCommand.class);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config.file",
      paramLabel = "FILE",
      description = "Prometheus configuration file.")
  private Path configFile = Path.of("prometheus.yml");

  @Option(
      names = "--web.listen-address",
      paramLabel = "ADDR",
      description = "Address to listen on.")
  private String listenAddress = "0.0.0.0:9090";

  @Option(names = "--web.config.file", paramLabel = "FILE", description = "TLS and authentication.")
  private String webConfigFile = "";

  @Option(
      names = "--web.read-timeout",
      paramLabel = "DURATION",
      description = "Idle connections are closed after this.")
  private String readTimeout = "5m";

  @Option(names = "--web.max-connections", description = "Most connections at once.")
  private int maxConnections = 512;

  @Option(
      names = "--web.external-url",
      paramLabel = "URL",
      description = "Where links in alerts lead.")
  private String externalUrl = "";

  @Option(
      names = "--web.route-prefix",
      paramLabel = "PATH",
      description = "Put before every path; the external URL's path by default.")
  private String routePrefix = "";

  @Option(names = "--web.enable-lifecycle", description = "Allow reload and quit over HTTP.")
  private boolean lifecycle;

  @Option(names = "--web.enable-admin-api", description = "Allow deletion and snapshots over HTTP.")
  private boolean adminApi;

  @Option(names = "--web.enable-remote-write-receiver", description = "Accept remote write.")
  private boolean remoteWriteReceiver;

  @Option(
      names = "--web.cors.origin",
      paramLabel = "REGEX",
      description = "Origins that may read answers.")
  private String corsOrigin = ".*";

  @Option(
      names = "--storage.tsdb.path",
      paramLabel = "DIR",
      description = "Where the database lives.")
  private Path dataDirectory = Path.of("data/");

  @Option(
      names = "--storage.tsdb.retention.time",
      paramLabel = "DURATION",
      description = "How long samples are kept.")
  private String retention = "15d";

  @Option(
      names = "--storage.tsdb.retention.size",
      paramLabel = "SIZE",
      description = "How large blocks may be; 0 for no limit.")
  private String retentionSize = "0";

  @Option(names = "--storage.tsdb.min-block-duration", paramLabel = "DURATION", hidden = true)
  private String minBlock = "2h";

  @Option(names = "--storage.tsdb.max-block-duration", paramLabel = "DURATION", hidden = true)
  private String maxBlock = "";

  @Option(
      names = "--rules.alert.for-outage-tolerance",
      paramLabel = "DURATION",
      description = "Longest outage after which alert state is restored.")
  private String outageTolerance = "1h";

  @Option(
      names = "--rules.alert.for-grace-period",
      paramLabel = "DURATION",
      description = "Least time a restored alert stays pending.")
  private String gracePeriod = "10m";

  @Option(
      names = "--rules.alert.resend-delay",
      paramLabel = "DURATION",
      description = "Least time between two sendings of an alert.")
  private String resendDelay = "1m";

  @Option(
      names = "--alertmanager.notification-queue-capacity",
      description = "Most alerts waiting to be sent.")
  private int notificationQueue = 10_000;

  @Option(
      names = "--query.lookback-delta",
      paramLabel = "DURATION",
      description = "How old the newest sample may be.")
  private String lookback = "5m";

  @Option(
      names = "--query.timeout",
      paramLabel = "DURATION",
      description = "How long a query may take.")
  private String queryTimeout = "2m";

  @Option(names = "--query.max-concurrency", description = "Queries that run at once.")
  private int maxConcurrency = 20;

  @Option(names = "--query.max-samples", description = "Samples that one query may hold.")
  private long maxSamples = 50_000_000;

  @Option(
      names = "--query.max-bytes",
      paramLabel = "SIZE",
      description = "Memory that one query's results may take; 0 for no limit (Oriel's own).")
  private String maxBytes = "1GB";

  @Option(
      names = "--enable-feature",
      split = ",",
      paramLabel = "NAME",
      description = "Features, by upstream's names.")
  private List<String> features = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    MetricsOptions options = options();
    try (QueryWorkers workers = QueryWorkers.start();
        MetricsRole role =
            MetricsRole.start(options, new MetricsRole.Shared(workers.workers(), version()))) {
      LOG.atInfo().addKeyValue("port", role.port()).log("ready");
      Hangup.handle(() -> reload(role));
      Thread stop = new Thread(role::close, "oriel/metrics/stop");
      Runtime.getRuntime().addShutdownHook(stop);
      role.awaitQuit();
    }
    return 0;
  }

  private static void reload(MetricsRole role) {
    try {
      role.reload();
    } catch (IOException | OrielException _) {
      // the role has logged it and keeps its config
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private String version() {
    String version = MetricsCommand.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  private MetricsOptions options() throws IOException {
    WebConfig web =
        webConfigFile.isEmpty() ? WebConfig.open() : WebConfig.load(Path.of(webConfigFile));
    HttpServerConfig server =
        new HttpServerConfig(
            listenAddress,
            prefix(),
            DurationSyntax.parse(readTimeout),
            maxConnections,
            64 << 20,
            corsOrigin,
            web);
    return new MetricsOptions(
        configFile,
        dataDirectory,
        server,
        externalUrl.isEmpty() ? "http://" + listenAddress : externalUrl.replaceAll("/+$", ""),
        lifecycle,
        adminApi,
        remoteWriteReceiver,
        tsdb(),
        engine(),
        new MetricsOptions.RuleTimes(
            DurationSyntax.parseMillis(outageTolerance),
            DurationSyntax.parseMillis(gracePeriod),
            DurationSyntax.parseMillis(resendDelay)),
        notificationQueue,
        0,
        flags());
  }

  private String prefix() {
    String path = routePrefix;
    if (path.isEmpty() && !externalUrl.isEmpty()) {
      path = URI.create(externalUrl).getPath();
    }
    return ("/" + path).replaceAll("/+", "/").replaceAll("/$", "");
  }

  private TsdbOptions tsdb() {
    Duration keep = DurationSyntax.parse(retention);
    Duration range = DurationSyntax.parse(minBlock);
    long cap = Math.min(keep.toMillis() / 10, Duration.ofDays(31).toMillis());
    Duration longest =
        maxBlock.isEmpty()
            ? Duration.ofMillis(Math.max(range.toMillis(), cap))
            : DurationSyntax.parse(maxBlock);
    return TsdbOptions.defaults()
        .withBlockRange(range, longest)
        .withRetention(keep, ByteSize.parse(retentionSize));
  }

  private EngineOptions engine() {
    Set<Feature> on = EnumSet.noneOf(Feature.class);
    for (String name : features) {
      Feature.ofFlag(name)
          .ifPresentOrElse(
              on::add,
              () ->
                  LOG.atWarn()
                      .addKeyValue("feature", name)
                      .log("unknown or not yet supported feature, it is ignored"));
    }
    return new EngineOptions(
        DurationSyntax.parse(lookback),
        DurationSyntax.parse(queryTimeout),
        maxSamples,
        ByteSize.parse(maxBytes),
        maxConcurrency,
        Duration.ofMinutes(1),
        on);
  }

  private Map<String, String> flags() {
    Map<String, String> flags = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      String name = option.longestName();
      if (!name.equals("--help") && !name.equals("--version")) {
        flags.put(name.substring(2), value(option));
      }
    }
    return flags;
  }

  private static String value(ArgSpec option) {
    Object value = option.getValue();
    return value instanceof List<?> list
        ? String.join(",", list.stream().map(String::valueOf).toList())
        : String.valueOf(value);
  }
}
