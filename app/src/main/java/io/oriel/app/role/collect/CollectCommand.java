package io.oriel.app.role.collect;

import io.oriel.app.flag.EngineFlags;
import io.oriel.app.flag.TracingFlags;
import io.oriel.app.process.BuildVersion;
import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.config.ByteSize;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.traces.batch.SpanQueue;
import io.oriel.traces.receive.SpanIntake;
import io.oriel.traces.sample.AdaptiveOptions;
import io.oriel.traces.sample.TailConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `oriel collect`: a collector of spans.
@Command(
    name = "collect",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Runs the collect role: takes spans from applications and writes them to the search engine.",
      "Senders of OTLP, Jaeger and Zipkin find it on the ports they know; its documents are"
          + " Jaeger's, so a real Jaeger can read them. When the engine is slow the queue fills,"
          + " and when it is full senders are told to come again: nothing that was taken is lost"
          + " while the collector runs, or however it ends with --collector.queue-directory."
    },
    footer = {
      "",
      "Example: oriel collect --cluster=dev-01 --environment=dev --es.use-aliases \\",
      "           --es.index-prefix=jaeger-dev --es.server-urls=https://gateway:9243 \\",
      "           --es.tls.ca=ca.crt --es.tls.cert=dev-01.crt --es.tls.key=dev-01.key",
      "Alone, with an engine of its own: oriel collect --es.create-index-templates",
      "Flags are named as in Jaeger 1.x where it has them.",
    })
public final class CollectCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(CollectCommand.class);

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "Stamped on every span as resource attribute cluster.")
  private String cluster = "";

  @Option(
      names = "--environment",
      paramLabel = "NAME",
      description =
          "Stamped as environment; decides the head sampling: dev 10 %%, stage 5 %%, else 1 %%.")
  private String environment = "";

  @Mixin private EngineFlags engine = new EngineFlags();

  @Mixin private SpanWriteFlags spans = new SpanWriteFlags();

  @Mixin private PortFlags ports = new PortFlags();

  @Mixin private ServerTlsFlags tls = new ServerTlsFlags();

  @Mixin private PeerFlags peers = new PeerFlags();

  @Mixin private TracingFlags tracing = new TracingFlags();

  @Option(
      names = "--collector.queue-size",
      paramLabel = "SPANS",
      description = "Most spans held until the engine has them; senders are refused beyond.")
  private int queueSpans = SpanQueue.Bounds.standard().spans();

  @Option(
      names = "--collector.queue-size-memory",
      paramLabel = "SIZE",
      description = "Most bytes held, as they go to the engine: some three times what came.")
  private String queueBytes = "128MiB";

  @Option(
      names = "--collector.queue-directory",
      paramLabel = "DIR",
      description =
          "Keep what was taken on disk, too, until the engine has it; a sender is answered once its"
              + " spans are there. Then a collector that is killed loses nothing that it"
              + " acknowledged: its next start goes on with it. Without, the queue is in memory"
              + " only. One collector at a time may have it.")
  private String queueDirectory = "";

  @Option(
      names = "--collector.drain-timeout",
      paramLabel = "DURATION",
      description = "How long a stop waits for the engine to take what is held.")
  private String drain = "20s";

  @Option(
      names = "--sampling.strategies-file",
      paramLabel = "FILE",
      description = "What clients are told to sample, in Jaeger's format; read anew when changed.")
  private String strategies = "";

  @Option(
      names = "--sampling.default-sampling-probability",
      paramLabel = "P",
      description = "What clients are told where no file says another; else by --environment.")
  private double probability = -1;

  @Option(
      names = "--sampling.type",
      paramLabel = "TYPE",
      description =
          "file, or adaptive: probabilities follow the traffic, which collectors count together"
              + " where --collector.peers names them, towards"
              + " --sampling.target-samples-per-second.")
  private String type = "file";

  @Option(
      names = "--sampling.target-samples-per-second",
      paramLabel = "N",
      description = "Traces a second of each operation that adaptive sampling aims at.")
  private double target = 1;

  @Option(
      names = "--sampling.initial-sampling-probability",
      paramLabel = "P",
      description = "Adaptive: of an operation that was not seen before.")
  private double initial = AdaptiveOptions.standard().initial();

  @Option(
      names = "--sampling.calculation-interval",
      paramLabel = "DURATION",
      description = "Adaptive: between calculations.")
  private String interval = "1m";

  @Option(
      names = "--sampling.collector-ratio",
      paramLabel = "P",
      description =
          "The share of traces kept here, the same ones at every collector; thresholds of"
              + " OpenTelemetry's consistent sampling are respected.")
  private double ratio = 1;

  @Option(
      names = "--sampling.tail-config-file",
      paramLabel = "FILE",
      description =
          "Tail sampling: a YAML file with the keys of the OpenTelemetry collector's"
              + " tail_sampling. All spans of a trace have to come to this collector; several do that"
              + " among themselves with --collector.peers.")
  private String tail = "";

  @Option(
      names = "--dependencies.max-spans",
      paramLabel = "N",
      description =
          "Most spans remembered to count which service calls which, some 200 bytes each; 0 where"
              + " Jaeger's daily job does it.")
  private int dependencySpans = CollectOptions.Derived.standard().dependencySpans();

  @Option(
      names = "--dependencies.interval",
      paramLabel = "DURATION",
      description = "Between writes of what was counted, to jaeger-dependencies-*.")
  private String dependencyInterval = "1m";

  @Option(
      names = "--span-metrics.max-series",
      paramLabel = "N",
      description =
          "Most combinations of service, span name, kind and status whose calls and durations are"
              + " counted, for scrapes of /metrics/spans at --admin.http.host-port; 0 for none.")
  private int maxSeries = CollectOptions.Derived.standard().maxSeries();

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (CollectRole role = CollectRole.start(options(), BuildVersion.number())) {
      LOG.atInfo()
          .addKeyValue("otlp_grpc", role.port(CollectPort.OTLP_GRPC))
          .addKeyValue("otlp_http", role.port(CollectPort.OTLP_HTTP))
          .addKeyValue("operations", role.operationsPort())
          .log("ready");
      Runtime.getRuntime().addShutdownHook(new Thread(role::close, "oriel/collect/stop"));
      role.awaitClose();
    }
    return 0;
  }

  private CollectOptions options() throws IOException {
    CollectOptions.Builder options =
        CollectOptions.to(engine.config(), new SpanIntake.Stamp(cluster, environment))
            .operations(HttpServerConfig.on(ports.admin()))
            .queue(new SpanQueue.Bounds(queueSpans, ByteSize.parse(queueBytes)))
            .delivery(spans.delivery(DurationSyntax.parse(drain)))
            .indices(spans.indices(), spans.tagFields())
            .tls(tls.grpc(), tls.web())
            .tracing(tracing.tracing())
            .peering(peers.peering())
            .derived(
                new CollectOptions.Derived(
                    dependencySpans, DurationSyntax.parse(dependencyInterval), maxSeries))
            .ratio(ratio);
    ports.applyTo(options);
    if (!queueDirectory.isEmpty()) {
      options.journal(Path.of(queueDirectory));
    }
    if (spans.createsTemplates()) {
      options.createTemplates();
    }
    if (probability >= 0) {
      options.headProbability(probability);
    }
    switch (type) {
      case "file" -> {
        if (!strategies.isEmpty()) {
          options.strategiesFile(Path.of(strategies));
        }
      }
      case "adaptive" -> options.adaptive(adaptive());
      default ->
          throw OrielException.invalid(
              "--sampling.type: got \"" + type + "\", want file or adaptive");
    }
    if (!tail.isEmpty()) {
      options.tail(TailConfig.load(Path.of(tail)));
    }
    return options.build();
  }

  private AdaptiveOptions adaptive() {
    AdaptiveOptions standard = AdaptiveOptions.standard();
    return new AdaptiveOptions(
        target,
        standard.tolerance(),
        DurationSyntax.parse(interval),
        standard.buckets(),
        initial,
        standard.lowest(),
        standard.growth(),
        standard.lowerBoundPerSecond());
  }
}
