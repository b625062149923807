package io.oriel.app.flag;

import io.oriel.app.process.EngineAccess;
import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.oriel.search.client.SearchClientConfig;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Option;

/// How the engine of spans is reached: upstream's `--es.*` that readers and writers share.
public final class EngineFlags {
  @Option(
      names = "--es.server-urls",
      split = ",",
      paramLabel = "URLS",
      description = "Nodes of the search engine, or the gateway before it, separated by commas.")
  private List<URI> urls = List.of(URI.create("http://127.0.0.1:9200"));

  @Option(names = "--es.username", paramLabel = "NAME", description = "For basic authentication.")
  private String user = "";

  @Option(
      names = "--es.password-file",
      paramLabel = "FILE",
      description = "Holds the password of --es.username.")
  private String passwordFile = "";

  @Option(
      names = "--es.api-key-file",
      paramLabel = "FILE",
      description = "Holds an API key in its encoded form, instead of a name.")
  private String apiKeyFile = "";

  @Option(
      names = "--es.tls.ca",
      paramLabel = "FILE",
      description = "Roots to trust instead of the system's.")
  private String ca = "";

  @Option(
      names = "--es.tls.cert",
      paramLabel = "FILE",
      description = "Our own certificate; to the gateway it says which cluster we are.")
  private String cert = "";

  @Option(names = "--es.tls.key", paramLabel = "FILE", description = "Its key.")
  private String key = "";

  @Option(
      names = "--es.tls.server-name",
      paramLabel = "NAME",
      description = "Expected in the other side's certificate instead of the address' host.")
  private String serverName = "";

  @Option(
      names = "--es.tls.skip-host-verify",
      description = "Take any certificate (insecure, for trying out).")
  private boolean skipVerify;

  @Option(
      names = "--es.timeout",
      paramLabel = "DURATION",
      description = "How long one call may take; bulk requests have a longer patience.")
  private String timeout = "30s";

  /// The client that the flags describe.
  ///
  /// @throws OrielException of kind INVALID when flags contradict each other
  public SearchClientConfig config() throws IOException {
    if (cert.isEmpty() != key.isEmpty()) {
      throw OrielException.invalid("want both --es.tls.cert and --es.tls.key, or neither");
    }
    SearchClientConfig config =
        SearchClientConfig.of(urls)
            .withTimeout(DurationSyntax.parse(timeout))
            .withTls(
                new TlsConfig(
                    "",
                    ca,
                    "",
                    cert,
                    Secret.none(),
                    key,
                    serverName,
                    skipVerify,
                    TlsVersion.TLS12,
                    TlsVersion.TLS13));
    return new EngineAccess("--es.username", user, passwordFile, "--es.api-key-file", apiKeyFile)
        .applyTo(config);
  }
}
