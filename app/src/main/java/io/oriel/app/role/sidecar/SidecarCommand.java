package io.oriel.app.role.sidecar;

import io.oriel.app.flag.GrpcServerFlags;
import io.oriel.app.flag.HttpFlags;
import io.oriel.app.process.BuildVersion;
import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `oriel sidecar`: StoreAPI beside a Prometheus, with Thanos Sidecar's flags.
@Command(
    name = "sidecar",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = "Runs the sidecar role: serves a Prometheus' series, uploads its blocks.",
    footer = {
      "",
      "Example: oriel sidecar --prometheus.url=http://localhost:9090 --tsdb.path=/prometheus"
          + " --objstore.config-file=bucket.yml",
    })
public final class SidecarCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(SidecarCommand.class);

  @Mixin private HttpFlags http = new HttpFlags();
  @Mixin private GrpcServerFlags server = new GrpcServerFlags();

  @Mixin private UploadFlags upload = new UploadFlags();
  @Mixin private ReloaderFlags reloader = new ReloaderFlags();

  @Option(
      names = "--prometheus.url",
      paramLabel = "URL",
      description = "Where the Prometheus answers.")
  private URI prometheus = URI.create("http://localhost:9090");

  @Option(
      names = "--min-time",
      paramLabel = "TIME",
      description = "From where on series are served: RFC 3339, or a duration before now as -6h.")
  private String minTime = "0000-01-01T00:00:00Z";

  @Override
  public Integer call() throws IOException, InterruptedException {
    SidecarRole.Options options =
        new SidecarRole.Options(
            http.config(),
            server.config(),
            prometheus,
            minMillis(),
            upload.uploading(),
            reloader.options());
    try (SidecarRole role = SidecarRole.start(options, BuildVersion.number())) {
      LOG.atInfo()
          .addKeyValue("http", role.httpPort())
          .addKeyValue("grpc", role.grpcPort())
          .log("ready");
      Runtime.getRuntime().addShutdownHook(new Thread(role::close, "oriel/sidecar/stop"));
      role.awaitClose();
    }
    return 0;
  }

  private long minMillis() {
    if (minTime.startsWith("-")) {
      return Instant.now().minus(DurationSyntax.parse(minTime.substring(1))).toEpochMilli();
    }
    try {
      return Instant.parse(minTime).toEpochMilli();
    } catch (DateTimeException e) {
      throw OrielException.invalid(
          "--min-time: got " + minTime + ", want RFC 3339 or a duration as -6h: " + e.getMessage());
    }
  }
}
