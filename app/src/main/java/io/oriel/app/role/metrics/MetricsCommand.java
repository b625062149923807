package io.oriel.app.role.metrics;

import io.oriel.app.flag.BucketFlags;
import io.oriel.app.flag.GrpcServerFlags;
import io.oriel.app.process.BuildVersion;
import io.oriel.app.process.Hangup;
import io.oriel.app.process.QueryWorkers;
import io.oriel.metrics.scrape.IntakeOptions;
import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.promql.Feature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  /** Features of upstream that need no flag here. */
  private static final Set<String> ALWAYS_ON =
      Set.of(
          "exemplar-storage", "native-histograms", "extra-scrape-metrics", "promql-duration-expr");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config.file",
      paramLabel = "FILE",
      description = "Prometheus configuration file.")
  private Path configFile = Path.of("prometheus.yml");

  @Mixin private WebFlags web = new WebFlags();
  @Mixin private StorageFlags storage = new StorageFlags();
  @Mixin private RuleFlags rules = new RuleFlags();
  @Mixin private QueryFlags query = new QueryFlags();
  @Mixin private GrpcServerFlags grpc = GrpcServerFlags.off();
  @Mixin private BucketFlags bucket = new BucketFlags();

  @Option(
      names = "--shipper.early-interval",
      paramLabel = "DURATION",
      description =
          "How often samples go to the bucket before they are a block, so that a lost disk costs no"
              + " more; 0s for never (Oriel's own).")
  private String earlyInterval = "0s";

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
            MetricsRole.start(
                options, new MetricsRole.Shared(workers.workers(), BuildVersion.number()))) {
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

  private MetricsOptions options() throws IOException {
    Set<Feature> language = EnumSet.noneOf(Feature.class);
    Set<String> others = new HashSet<>();
    for (String name : features) {
      Feature.ofFlag(name).ifPresentOrElse(language::add, () -> others.add(name));
    }
    IntakeOptions intake =
        new IntakeOptions(
            others.remove("created-timestamp-zero-ingestion"),
            language.contains(Feature.TYPE_AND_UNIT_LABELS),
            others.remove("metadata-wal-records"),
            0);
    boolean deltas = others.remove("otlp-native-delta-ingestion");
    boolean concurrentRules = others.remove("concurrent-rule-eval");
    boolean search = others.remove("search-api");
    others.removeAll(ALWAYS_ON);
    others.forEach(
        name ->
            LOG.atWarn()
                .addKeyValue("feature", name)
                .log("unknown or not yet supported feature, it is ignored"));
    return new MetricsOptions(
        configFile,
        storage.directory(),
        web.server(),
        web.externalUrl(),
        web.api(deltas, search),
        storage.options(),
        query.options(language),
        rules.options(concurrentRules),
        intake,
        storage.flushDeadline(),
        new SharingOptions(grpc.configIfGiven(), bucket.config())
            .withEarly(DurationSyntax.parse(earlyInterval), storage.options().blockRange()),
        flags());
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
