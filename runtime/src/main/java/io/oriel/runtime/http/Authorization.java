package io.oriel.runtime.http;

import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.config.Secret;
import java.util.Locale;

/// The `Authorization` header: a type and credentials, given as they are or by the file that holds
/// them.
public record Authorization(String type, Secret credentials, String credentialsFile) {
  static Authorization bind(ConfigMap in) {
    String type = in.string("type", "Bearer").strip();
    if (type.toLowerCase(Locale.ROOT).equals("basic")) {
      in.problem("type", "got \"Basic\", want another type: basic_auth does that");
    }
    if (in.has("credentials") && in.has("credentials_file")) {
      in.problem(
          "credentials", "at most one of credentials and credentials_file must be configured");
    }
    in.has("credentials_ref");
    return new Authorization(
        type.isEmpty() ? "Bearer" : type,
        in.secret("credentials"),
        in.string("credentials_file", ""));
  }
}
