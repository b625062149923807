package io.oriel.runtime.http;

import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.tls.TlsConfig;
import java.util.List;
import java.util.Map;

/// OAuth 2.0 client credentials (RFC 6749 section 4.4): where to get a token, and as whom.
public record OAuth2(
    String clientId,
    Secret clientSecret,
    String clientSecretFile,
    List<String> scopes,
    String tokenUrl,
    Map<String, String> endpointParams,
    TlsConfig tls,
    ProxyConfig proxy) {
  private static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

  public OAuth2 {
    scopes = List.copyOf(scopes);
    endpointParams = Map.copyOf(endpointParams);
  }

  static OAuth2 bind(ConfigMap in) {
    exclusive(in, "client_secret");
    exclusive(in, "client_certificate_key");
    in.requiredString("client_id");
    if (in.requiredString("token_url").isEmpty()) {
      in.problem("token_url", "oauth2 token_url must be configured");
    }
    String grant = in.string("grant_type", "client_credentials");
    if (grant.equals(JWT_BEARER)) {
      in.problem("grant_type", "jwt-bearer is not supported, want client_credentials");
    } else if (!grant.equals("client_credentials")) {
      in.problem("grant_type", "got \"" + grant + "\", want client_credentials");
    }
    for (String key :
        List.of("client_certificate_key_id", "signature_algorithm", "iss", "aud", "claims")) {
      in.has(key);
    }
    return new OAuth2(
        in.string("client_id", ""),
        in.secret("client_secret"),
        in.string("client_secret_file", ""),
        in.strings("scopes"),
        in.string("token_url", ""),
        in.stringMap("endpoint_params"),
        TlsConfig.bind(in.map("tls_config")),
        ProxyConfig.bind(in));
  }

  private static void exclusive(ConfigMap in, String name) {
    int given = in.has(name) ? 1 : 0;
    given += in.has(name + "_file") ? 1 : 0;
    given += in.has(name + "_ref") ? 1 : 0;
    if (given > 1) {
      in.problem(
          name,
          "at most one of %s, %s_file and %s_ref must be configured".formatted(name, name, name));
    }
  }
}
