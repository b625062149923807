package io.oriel.app.role.traces;

import io.oriel.app.flag.EngineFlags;
import io.oriel.app.flag.TracingFlags;
import io.oriel.app.process.BuildVersion;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.WebConfig;
import io.oriel.traces.api.Traces;
import io.oriel.traces.assemble.Adjusters;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `oriel traces`: one Jaeger Query, with its flags.
@Command(
    name = "traces",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = "Runs the traces role: finds traces in the search engine, and shows them.",
    footer = {
      "",
      "Flags are Jaeger's own; its UI, Grafana and its gRPC clients find what they know.",
      "Example: oriel traces --es.server-urls=http://127.0.0.1:9200",
      "Two environments together: --es.index-prefix=prod,stag",
      "As the store of an unmodified Jaeger: --grpc-storage.host-port=127.0.0.1:17271",
    })
public final class TracesCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(TracesCommand.class);
  private static final int MAX_CONNECTIONS = 512;
  private static final int MAX_BODY_BYTES = 1 << 20;

  @Mixin private EngineFlags engine = new EngineFlags();

  @Mixin private SpanReadFlags spans = new SpanReadFlags();

  @Option(
      names = "--query.http-server.host-port",
      paramLabel = "ADDR",
      description = "Where the HTTP API, /metrics and /-/ready are served.")
  private String http = "0.0.0.0:16686";

  @Option(
      names = "--query.http-server.web-config",
      paramLabel = "FILE",
      description = "TLS and authentication for it (Oriel's own).")
  private String webConfig = "";

  @Mixin private GrpcFlags grpc = new GrpcFlags();

  @Option(
      names = "--query.base-path",
      paramLabel = "PATH",
      description = "Put before every path of the HTTP API.")
  private String basePath = "/";

  @Option(
      names = "--query.max-clock-skew-adjustment",
      paramLabel = "DURATION",
      description = "Largest correction of a host's clock; 0s for none.")
  private String clockSkew = "0s";

  @Option(
      names = "--query.max-trace-spans",
      description = "Spans of a trace that is read whole; larger ones are answered raw only.")
  private int maxSpans = 250_000;

  @Mixin private TracingFlags tracing = new TracingFlags();

  @Override
  public Integer call() throws IOException, InterruptedException {
    TracesRole.Options options =
        new TracesRole.Options(
            engine.config(),
            spans.sources(),
            spans.fields(),
            new Traces.Limits(new Adjusters(DurationSyntax.parse(clockSkew)), maxSpans),
            web(),
            grpc.config());
    try (TracesRole role = TracesRole.start(options, tracing.tracing(), BuildVersion.number())) {
      LOG.atInfo()
          .addKeyValue("http", role.port())
          .addKeyValue("grpc", role.grpcPort())
          .log("ready");
      Runtime.getRuntime().addShutdownHook(new Thread(role::close, "oriel/traces/stop"));
      role.awaitClose();
    }
    return 0;
  }

  private HttpServerConfig web() throws IOException {
    return new HttpServerConfig(
        http,
        ("/" + basePath).replaceAll("/+", "/").replaceAll("/$", ""),
        Duration.ofMinutes(5),
        MAX_CONNECTIONS,
        MAX_BODY_BYTES,
        ".*",
        webConfig.isEmpty() ? WebConfig.open() : WebConfig.load(Path.of(webConfig)));
  }
}
