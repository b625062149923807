package io.oriel.app.role.gateway;

import io.oriel.app.flag.GivenServerTls;
import io.oriel.app.flag.TracingFlags;
import io.oriel.app.process.BuildVersion;
import io.oriel.gateway.quota.ClusterQuota;
import io.oriel.gateway.route.GatewayConfig;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.ByteSize;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpServerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `oriel gateway`: the front door for logs and spans.
@Command(
    name = "gateway",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Runs the gateway role: takes logs and spans from shippers over mutual TLS.",
      "Filebeat, Fluent Bit, Logstash, rsyslog, OpenTelemetry collectors and oriel ship send to it"
          + " as to Elasticsearch; the certificate says which cluster a sender is, it writes that"
          + " cluster's indices only, and its documents are stamped with cluster and environment."
    },
    footer = {
      "",
      "Example: oriel gateway --engine.url=http://127.0.0.1:9200 --tls-cert=gw.crt --tls-key=gw.key \\",
      "           --tls-client-ca=ca.crt --tls-client-crl=crl.pem",
      "Certificates: oriel pki issue --help. The config file knows clusters, quotas, indices and limits.",
    })
public final class GatewayCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayCommand.class);
  private static final int MAX_CONNECTIONS = 4_096;
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  @Option(
      names = "--config.file",
      paramLabel = "FILE",
      description =
          "Engine, clusters, quotas, indices, limits; all of it has defaults but the engine.")
  private String configFile = "";

  @Option(
      names = "--engine.url",
      paramLabel = "URL",
      description = "A node of the search engine, repeatable; instead of a config file.")
  private List<URI> engines = List.of();

  @Option(
      names = "--listen-address",
      paramLabel = "ADDR",
      description = "Where shippers come in, over TLS.")
  private String listenAddress = "0.0.0.0:9243";

  @Option(
      names = "--grpc-address",
      paramLabel = "ADDR",
      description = "Where OTLP over gRPC comes in, over TLS; empty for nowhere.")
  private String grpcAddress = "0.0.0.0:9244";

  @Option(
      names = "--web.listen-address",
      paramLabel = "ADDR",
      description = "Metrics and health, in plain HTTP.")
  private String operationsAddress = "127.0.0.1:9245";

  @Option(names = "--tls-cert", paramLabel = "FILE", required = true, description = "Certificate.")
  private String cert = "";

  @Option(names = "--tls-key", paramLabel = "FILE", required = true, description = "Its key.")
  private String key = "";

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      required = true,
      description = "Roots that clients must have a certificate of.")
  private String clientCa = "";

  @Option(
      names = "--tls-client-crl",
      paramLabel = "FILE",
      description = "CRLs of these roots, looked at with every call.")
  private String clientCrl = "";

  @Option(
      names = "--tls-min-version",
      paramLabel = "VERSION",
      description = "1.3, or 1.2 (with forward secrecy and AEAD ciphers only).")
  private String minVersion = "1.3";

  @Option(
      names = "--audit.file",
      paramLabel = "FILE",
      description = "Refusals and set-up calls, a JSON object a line; without, the process' log.")
  private String auditFile = "";

  @Option(
      names = "--audit.max-size",
      paramLabel = "SIZE",
      description = "A new audit file after this; five old ones are kept.")
  private String auditSize = "100MiB";

  @Mixin private TracingFlags tracing = new TracingFlags();

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (GatewayRole role =
        GatewayRole.start(options(), tracing.tracing(), BuildVersion.number())) {
      LOG.atInfo()
          .addKeyValue("https", role.port())
          .addKeyValue("grpc", role.grpcPort())
          .addKeyValue("operations", role.operationsPort())
          .log("ready");
      Runtime.getRuntime().addShutdownHook(new Thread(role::close, "oriel/gateway/stop"));
      role.awaitClose();
    }
    return 0;
  }

  private GatewayRole.Options options() throws IOException {
    GatewayConfig config = config();
    if (cert.isEmpty() || clientCa.isEmpty()) {
      throw OrielException.invalid("want files for --tls-cert, --tls-key and --tls-client-ca");
    }
    GivenServerTls tls = new GivenServerTls("--tls-", cert, key, clientCa, clientCrl, minVersion);
    HttpServerConfig door =
        new HttpServerConfig(
            listenAddress,
            "",
            Duration.ofMinutes(5),
            MAX_CONNECTIONS,
            config.limits().bodyBytes(),
            "",
            tls.web());
    Optional<GrpcServerConfig> grpc =
        grpcAddress.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new GrpcServerConfig(
                    grpcAddress, tls.tls(), MAX_MESSAGE_BYTES, Duration.ofMinutes(60)));
    return new GatewayRole.Options(
        door,
        grpc,
        HttpServerConfig.on(operationsAddress),
        config,
        auditFile.isEmpty() ? Optional.empty() : Optional.of(Path.of(auditFile)),
        ByteSize.parse(auditSize));
  }

  private GatewayConfig config() throws IOException {
    if (configFile.isEmpty() == engines.isEmpty()) {
      throw OrielException.invalid("want --config.file or --engine.url, one of them");
    }
    return configFile.isEmpty()
        ? new GatewayConfig(
            engines,
            HttpClientConfig.standard(),
            Map.of(),
            ClusterQuota.NONE,
            List.of(),
            List.of(),
            GatewayConfig.STANDARD_VERSION,
            GatewayConfig.Limits.standard())
        : GatewayConfig.load(Path.of(configFile));
  }
}
