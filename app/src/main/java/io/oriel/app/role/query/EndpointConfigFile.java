package io.oriel.app.role.query;

import io.oriel.federation.query.EndpointSpec;
import io.oriel.federation.query.EndpointSpec.Spread;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcClientConfig.Compression;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The endpoints of `--endpoint.sd-config`, Thanos' own format, each perhaps with TLS of its own.
/// The file is read again each time; while it cannot be, what it had last holds. For one thread.
final class EndpointConfigFile {
  private static final Logger LOG = LoggerFactory.getLogger(EndpointConfigFile.class);
  private static final Map<String, Compression> COMPRESSIONS =
      Map.of(
          "", Compression.NONE,
          "none", Compression.NONE,
          "snappy", Compression.SNAPPY,
          "gzip", Compression.GZIP);

  private final String file;
  private String text;
  private List<EndpointSpec> endpoints;

  /// @param file where it is; empty when {@code text} is all
  /// @throws io.oriel.runtime.config.ConfigException with every mistake in it
  EndpointConfigFile(String file, String text) throws IOException {
    if (!file.isEmpty() && !text.isEmpty()) {
      throw OrielException.invalid(
          "got both --endpoint.sd-config-file and --endpoint.sd-config, want one of them");
    }
    this.file = file;
    this.text = file.isEmpty() ? text : Files.readString(Path.of(file));
    this.endpoints = parse(file.isEmpty() ? "--endpoint.sd-config" : file, this.text);
  }

  /// The endpoints as the file has them now.
  List<EndpointSpec> endpoints() {
    if (!file.isEmpty()) {
      try {
        String now = Files.readString(Path.of(file));
        if (!now.equals(text)) {
          endpoints = parse(file, now);
          text = now;
          LOG.atInfo().addKeyValue("file", file).log("endpoint config read anew");
        }
      } catch (IOException | OrielException e) {
        LOG.atWarn()
            .addKeyValue("file", file)
            .addKeyValue("reason", e.getMessage())
            .log("cannot read endpoint config, keeping its earlier endpoints");
      }
    }
    return endpoints;
  }

  private static List<EndpointSpec> parse(String name, String text) {
    ConfigDocument document = ConfigDocument.parse(name, text);
    List<EndpointSpec> endpoints = new ArrayList<>();
    for (ConfigMap in : document.root().maps("endpoints")) {
      String address = in.requiredString("address");
      boolean group = in.bool("group", false);
      if (in.bool("strict", false) && address.contains("+")) {
        in.problem("strict", "got true with " + address + ", want it for host:port only");
      }
      if (!in.string("service_config", "").isEmpty() && !group) {
        in.problem("service_config", "got one without group: true");
      }
      endpoints.add(
          new EndpointSpec(
              address, group ? Spread.GROUP : Spread.EACH, client(in.map("grpc_client_config"))));
    }
    document.check();
    return List.copyOf(endpoints);
  }

  /// Nothing said, or only how to compress: as the flags say.
  private static Optional<GrpcClientConfig> client(ConfigMap in) {
    Compression compression = in.choice("compression_type", Compression.NONE, COMPRESSIONS);
    String serverName = in.string("server_name", "");
    ConfigMap tls = in.map("tls_config");
    boolean enabled = tls.bool("enabled", false);
    TlsConfig config =
        new TlsConfig(
            "",
            tls.string("ca_file", ""),
            "",
            tls.string("cert_file", ""),
            Secret.none(),
            tls.string("key_file", ""),
            serverName,
            tls.bool("insecure_skip_verify", false),
            tls.choice("min_version", TlsVersion.TLS13, VERSIONS),
            TlsVersion.TLS13);
    if (config.certFile().isEmpty() != config.keyFile().isEmpty()) {
      tls.problem("cert_file", "exactly one of cert_file and key_file is there, want both or none");
    }
    boolean mentionsTls =
        !config.caFile().isEmpty() || !config.certFile().isEmpty() || !serverName.isEmpty();
    if (!enabled && mentionsTls) {
      tls.problem("enabled", "got false with certificates or a server name, want true");
    }
    return enabled
        ? Optional.of(new GrpcClientConfig("", Optional.of(config), compression, Integer.MAX_VALUE))
        : Optional.empty();
  }

  private static final Map<String, TlsVersion> VERSIONS =
      Map.of("1.2", TlsVersion.TLS12, "1.3", TlsVersion.TLS13);
}
