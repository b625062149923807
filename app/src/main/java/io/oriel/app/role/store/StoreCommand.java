package io.oriel.app.role.store;

import io.oriel.app.flag.BucketFlags;
import io.oriel.app.flag.GrpcServerFlags;
import io.oriel.app.flag.HttpFlags;
import io.oriel.app.flag.SelectorFlags;
import io.oriel.app.process.BuildVersion;
import io.oriel.federation.bucket.BucketConfig;
import io.oriel.federation.storegateway.GatewayOptions;
import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.config.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `oriel store`: one Thanos Store, with its flags.
@Command(
    name = "store",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = "Runs the store role: serves a bucket's blocks over StoreAPI.",
    footer = {
      "",
      "Flags are Thanos' own.",
      "Example: oriel store --objstore.config-file=bucket.yml --data-dir=./store",
    })
public final class StoreCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(StoreCommand.class);

  @Mixin private HttpFlags http = new HttpFlags();
  @Mixin private GrpcServerFlags server = new GrpcServerFlags();
  @Mixin private BucketFlags bucket = new BucketFlags();
  @Mixin private SelectionFlags selection = new SelectionFlags();
  @Mixin private SelectorFlags selector = new SelectorFlags();
  @Mixin private LimitFlags limits = new LimitFlags();
  @Mixin private IndexHeaderFlags headers = new IndexHeaderFlags();
  @Mixin private CacheFlags caches = new CacheFlags();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "For index-headers and meta.json files; what is in it can be made again.")
  private Path directory = Path.of("data");

  @Option(
      names = "--sync-block-duration",
      paramLabel = "DURATION",
      description = "How long between two looks at the bucket.")
  private String syncInterval = "15m";

  @Option(names = "--block-sync-concurrency", description = "Blocks that are loaded at once.")
  private int syncConcurrency = 20;

  @Option(
      names = "--chunk-pool-size",
      paramLabel = "SIZE",
      description =
          "What requests may have on the way from the bucket together; at most a quarter of the"
              + " heap.")
  private String chunkPool = "2GB";

  @Option(
      names = "--store.enable-lazy-expanded-postings",
      hidden = true,
      description = "Leave postings out where that is less to read; so it is anyway.")
  private boolean lazyPostings;

  @Option(
      names = "--no-store.enable-lazy-expanded-postings",
      description = "Fetch all postings, also where leaving some out would be less to read.")
  private boolean allPostings;

  @Option(
      names = {
        "--block-discovery-strategy",
        "--debug.series-batch-size",
        "--debug.estimated-max-series-size",
        "--debug.estimated-max-chunk-size",
        "--store.posting-group-max-key-series-ratio",
        "--matcher-cache-size",
        "--bucket-web-label",
        "--web.external-prefix",
        "--web.prefix-header",
        "--request.logging-config",
        "--request.logging-config-file"
      },
      arity = "0..1",
      hidden = true,
      description = "Accepted for manifests that have it; there is nothing it could do.")
  private List<String> unused = List.of();

  @Option(
      names = {
        "--cache-index-header",
        "--no-cache-index-header",
        "--web.disable",
        "--web.disable-cors",
        "--disable-admin-operations"
      },
      hidden = true,
      description = "Accepted for manifests that have it; there is nothing it could do.")
  private boolean unusedSwitch;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (StoreRole role = StoreRole.start(options(), BuildVersion.number())) {
      LOG.atInfo()
          .addKeyValue("http", role.httpPort())
          .addKeyValue("grpc", role.grpcPort())
          .log("ready");
      Runtime.getRuntime().addShutdownHook(new Thread(role::close, "oriel/store/stop"));
      role.awaitClose();
    }
    return 0;
  }

  StoreRole.Options options() throws IOException {
    BucketConfig objects =
        bucket
            .config()
            .orElseThrow(
                () ->
                    OrielException.invalid(
                        "no bucket: want --objstore.config-file or --objstore.config"));
    if (syncConcurrency < 1) {
      throw OrielException.invalid(
          "--block-sync-concurrency: got " + syncConcurrency + ", want at least 1");
    }
    Duration interval = DurationSyntax.parse(syncInterval);
    if (interval.isZero()) {
      throw OrielException.invalid("--sync-block-duration: got 0, want more");
    }
    StoreRole.Caches kept = caches.caches();
    long fetchBytes = Math.min(ByteSize.parse(chunkPool), Runtime.getRuntime().maxMemory() / 4);
    return new StoreRole.Options(
        http.config(),
        server.config(),
        objects,
        directory,
        new GatewayOptions(
            directory,
            selection.minMillis(),
            selection.maxMillis(),
            syncConcurrency,
            headers.headers(),
            limits.limits(),
            lazyPostings || !allPostings,
            fetchBytes),
        kept,
        selection.selection(selector.relabeler()),
        interval);
  }
}
