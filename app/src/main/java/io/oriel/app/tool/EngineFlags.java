package io.oriel.app.tool;

import io.oriel.app.process.BuildVersion;
import io.oriel.app.process.EngineAccess;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// Which search engine a tool asks, and as whom.
final class EngineFlags {
  @Option(
      names = "--url",
      scope = ScopeType.INHERIT,
      split = ",",
      paramLabel = "URL",
      description = "The engine; several nodes with commas. Default: http://127.0.0.1:9200")
  private List<URI> urls = List.of(URI.create("http://127.0.0.1:9200"));

  @Option(
      names = "--user",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "Who asks; the password is read from --password-file.")
  private String user = "";

  @Option(
      names = "--password-file",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "The user's password.")
  private Path passwordFile = Path.of("");

  @Option(
      names = "--api-key-file",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "An API key in its encoded form, instead of a user.")
  private Path apiKeyFile = Path.of("");

  /// A client of that engine; the caller closes it.
  SearchClient open() throws IOException {
    SearchClientConfig config =
        new EngineAccess(
                "--user", user, passwordFile.toString(), "--api-key-file", apiKeyFile.toString())
            .applyTo(SearchClientConfig.of(urls));
    return SearchClient.create(config, "oriel-tool/" + BuildVersion.number());
  }
}
