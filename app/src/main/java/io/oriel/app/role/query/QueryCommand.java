package io.oriel.app.role.query;

import io.oriel.app.flag.GrpcServerFlags;
import io.oriel.app.flag.HttpFlags;
import io.oriel.app.flag.SelectorFlags;
import io.oriel.app.flag.TracingFlags;
import io.oriel.app.process.BuildVersion;
import io.oriel.app.process.QueryWorkers;
import io.oriel.federation.api.ApiSettings;
import io.oriel.federation.dedup.Deduplication;
import io.oriel.federation.query.StoreSelector;
import io.oriel.model.time.DurationSyntax;
import io.oriel.promql.EngineOptions;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.wire.storeapi.PartialResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `oriel query`: one Thanos Query, with its flags.
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = "Runs the query role: PromQL over many stores, local or global.",
    footer = {
      "",
      "Flags are Thanos' own.",
      "Example: oriel query --endpoint=localhost:10901 --query.replica-label=replica",
    })
public final class QueryCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(QueryCommand.class);

  @Mixin private HttpFlags http = new HttpFlags();
  @Mixin private GrpcServerFlags server = new GrpcServerFlags();
  @Mixin private GrpcClientFlags client = new GrpcClientFlags();
  @Mixin private EndpointFlags endpoints = new EndpointFlags();
  @Mixin private SelectorFlags selector = new SelectorFlags();

  @Mixin private TracingFlags tracing = new TracingFlags();

  @Option(
      names = "--query.replica-label",
      paramLabel = "NAME",
      description = "A label that tells replicas apart.")
  private List<String> replicaLabels = List.of();

  @Option(
      names = "--deduplication.func",
      paramLabel = "NAME",
      description = "penalty, chain, or interval (Oriel's own).")
  private String deduplication = "penalty";

  @Option(
      names = "--query.partial-response",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Answer without stores that fail, with a warning.")
  private boolean partialResponse;

  @Option(names = "--query.auto-downsampling", description = "Take the resolution from the step.")
  private boolean autoDownsampling;

  @Option(
      names = "--query.timeout",
      paramLabel = "DURATION",
      description = "How long a query may take.")
  private String timeout = "2m";

  @Option(
      names = "--query.lookback-delta",
      paramLabel = "DURATION",
      description = "How old the newest sample may be.")
  private String lookback = "5m";

  @Option(names = "--query.max-concurrent", description = "Queries that run at once.")
  private int maxConcurrent = 20;

  @Option(
      names = "--store.response-timeout",
      paramLabel = "DURATION",
      description = "How long a store may take to answer; 0 for the query's timeout.")
  private String responseTimeout = "0ms";

  @Option(names = "--query.enforce-tenancy", description = "Show a tenant its own series only.")
  private boolean enforceTenancy;

  @Option(
      names = "--query.tenant-header",
      paramLabel = "NAME",
      description = "The header that names the tenant.")
  private String tenantHeader = "THANOS-TENANT";

  @Option(
      names = "--query.default-tenant-id",
      paramLabel = "NAME",
      description = "The tenant of requests without the header.")
  private String defaultTenant = "default-tenant";

  @Option(
      names = "--query.tenant-label-name",
      paramLabel = "NAME",
      description = "The label that has the tenant.")
  private String tenantLabel = "tenant_id";

  @Override
  public Integer call() throws IOException, InterruptedException {
    QueryRole.Options options = options();
    try (QueryWorkers workers = QueryWorkers.start();
        QueryRole role =
            QueryRole.start(options, tracing.tracing(), workers.workers(), BuildVersion.number())) {
      LOG.atInfo()
          .addKeyValue("http", role.httpPort())
          .addKeyValue("grpc", role.grpcPort())
          .log("ready");
      Runtime.getRuntime().addShutdownHook(new Thread(role::close, "oriel/query/stop"));
      role.awaitClose();
    }
    return 0;
  }

  private QueryRole.Options options() throws IOException {
    Duration queryTimeout = DurationSyntax.parse(timeout);
    Duration storeTimeout = DurationSyntax.parse(responseTimeout);
    client.config("localhost:0");
    EngineOptions standard = EngineOptions.DEFAULT;
    return new QueryRole.Options(
        http.config(),
        server.config(),
        endpoints.source(),
        (address, metrics) -> GrpcClient.create(client.config(address), metrics),
        storeTimeout.isZero() ? queryTimeout : storeTimeout,
        new EngineOptions(
            DurationSyntax.parse(lookback),
            queryTimeout,
            standard.maxSamples(),
            standard.maxBytes(),
            maxConcurrent,
            standard.defaultStep(),
            Set.of()),
        new ApiSettings(
            replicaLabels,
            Deduplication.ofFlag(deduplication),
            partialResponse ? PartialResponse.WARN : PartialResponse.ABORT,
            autoDownsampling,
            queryTimeout,
            DurationSyntax.parse(lookback),
            StoreSelector.of(selector.relabeler()),
            enforceTenancy
                ? Optional.of(new ApiSettings.Tenancy(tenantHeader, defaultTenant, tenantLabel))
                : Optional.empty()));
  }
}
