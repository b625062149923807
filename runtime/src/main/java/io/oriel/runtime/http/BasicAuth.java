package io.oriel.runtime.http;

import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.config.Secret;

/// Name and password for HTTP basic authentication; each given as it is or by the file that holds
/// it.
public record BasicAuth(
    String username, String usernameFile, Secret password, String passwordFile) {
  static BasicAuth bind(ConfigMap in) {
    for (String name : new String[] {"username", "password"}) {
      int given = in.has(name) ? 1 : 0;
      given += in.has(name + "_file") ? 1 : 0;
      given += in.has(name + "_ref") ? 1 : 0;
      if (given > 1) {
        in.problem(
            name,
            "at most one of %s, %s_file and %s_ref must be configured".formatted(name, name, name));
      }
    }
    return new BasicAuth(
        in.string("username", ""),
        in.string("username_file", ""),
        in.secret("password"),
        in.string("password_file", ""));
  }
}
