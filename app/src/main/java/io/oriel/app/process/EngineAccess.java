package io.oriel.app.process;

import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.Secret;
import io.oriel.search.client.SearchClientConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Who we are to a search engine, as flags say it; empty text for what is not given.
///
/// @param userFlag what the flag of {@code user} is called
/// @param apiKeyFlag what the flag of {@code apiKeyFile} is called
public record EngineAccess(
    String userFlag, String user, String passwordFile, String apiKeyFlag, String apiKeyFile) {
  /// The config with it.
  ///
  /// @throws IOException when a file cannot be read
  /// @throws OrielException of kind INVALID when both a user and a key are given
  public SearchClientConfig applyTo(SearchClientConfig config) throws IOException {
    if (!apiKeyFile.isEmpty()) {
      if (!user.isEmpty()) {
        throw OrielException.invalid(
            "got both " + userFlag + " and " + apiKeyFlag + ", want one of them");
      }
      return config.withApiKey(secret(apiKeyFile));
    }
    return user.isEmpty() ? config : config.withBasicAuth(user, secret(passwordFile));
  }

  private static Secret secret(String file) throws IOException {
    return file.isEmpty() ? Secret.none() : Secret.of(Files.readString(Path.of(file)).strip());
  }
}
