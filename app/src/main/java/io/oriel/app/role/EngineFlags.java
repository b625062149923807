package io.oriel.app.role;

import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SpanSources;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/// The `--es.*` flags of one who reads spans.
final class EngineFlags {
  @Option(
      names = "--es.server-urls",
      split = ",",
      paramLabel = "URL",
      description = "Nodes of the search engine.")
  private List<URI> urls = List.of(URI.create("http://127.0.0.1:9200"));

  @Option(
      names = "--es.index-prefix",
      split = ",",
      paramLabel = "PREFIX",
      description = "Of the indices; several are searched together, * stands for all.")
  private List<String> prefixes = List.of("");

  @Option(names = "--es.username", paramLabel = "NAME", description = "Who we are there.")
  private String user = "";

  @Option(names = "--es.password-file", paramLabel = "FILE", description = "Its password.")
  private String passwordFile = "";

  @Option(
      names = "--es.api-key-file",
      paramLabel = "FILE",
      description = "An API key instead of a name.")
  private String apiKeyFile = "";

  @Option(
      names = "--es.tls.ca",
      paramLabel = "FILE",
      description = "Roots to trust instead of the platform's.")
  private String ca = "";

  @Option(names = "--es.tls.cert", paramLabel = "FILE", description = "Our certificate.")
  private String cert = "";

  @Option(names = "--es.tls.key", paramLabel = "FILE", description = "Its key.")
  private String key = "";

  @Option(
      names = "--es.timeout",
      paramLabel = "DURATION",
      description = "How long one call may take.")
  private String timeout = "30s";

  @Option(
      names = "--es.tags-as-fields.dot-replacement",
      paramLabel = "CHAR",
      description = "How a dot in a tag's name is written in a field's.")
  private String dotReplacement = "@";

  SearchClientConfig config() throws IOException {
    SearchClientConfig config =
        SearchClientConfig.of(urls).withTimeout(DurationSyntax.parse(timeout));
    if (cert.isEmpty() != key.isEmpty()) {
      throw OrielException.invalid("both --es.tls.cert and --es.tls.key must be given, or none");
    }
    if (!ca.isEmpty() || !cert.isEmpty()) {
      config =
          config.withTls(
              new TlsConfig(
                  "",
                  ca,
                  "",
                  cert,
                  Secret.none(),
                  key,
                  "",
                  false,
                  TlsVersion.TLS12,
                  TlsVersion.TLS13));
    }
    if (!apiKeyFile.isEmpty()) {
      return config.withApiKey(secret(apiKeyFile));
    }
    return user.isEmpty() ? config : config.withBasicAuth(user, secret(passwordFile));
  }

  private static Secret secret(String file) throws IOException {
    return file.isEmpty() ? Secret.none() : Secret.of(Files.readString(Path.of(file)).strip());
  }

  SpanSources sources() {
    return new SpanSources(prefixes);
  }

  TagFields fields() {
    return new TagFields(false, java.util.Set.of(), dotReplacement);
  }
}
