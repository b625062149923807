package io.oriel.runtime.http;

import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.tls.TlsConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How to speak HTTP as a client: Prometheus' `http_config`, whose keys also lie flat in scrape and
/// remote configs.
///
/// At most one of basic authentication, authorization and OAuth 2.0 is present.
///
/// @param headers extra request headers by name
/// @param headerFiles files whose content is a further value of the header
public record HttpClientConfig(
    Optional<BasicAuth> basicAuth,
    Optional<Authorization> authorization,
    Optional<OAuth2> oauth2,
    TlsConfig tls,
    ProxyConfig proxy,
    boolean followRedirects,
    boolean http2,
    Map<String, List<Secret>> headers,
    Map<String, List<String>> headerFiles) {
  /** Headers that the client sets itself. */
  private static final Set<String> RESERVED =
      Set.of(
          "authorization",
          "host",
          "content-encoding",
          "content-length",
          "content-type",
          "user-agent",
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "www-authenticate",
          "accept-encoding",
          "x-prometheus-remote-write-version",
          "x-prometheus-remote-read-version",
          "x-prometheus-scrape-timeout-seconds",
          "x-amz-date",
          "x-amz-security-token",
          "x-amz-content-sha256");

  public HttpClientConfig {
    headers = Map.copyOf(headers);
    headerFiles = Map.copyOf(headerFiles);
  }

  /// No authentication, redirects followed, HTTP/2 where TLS negotiates it.
  public static HttpClientConfig standard() {
    return new HttpClientConfig(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        TlsConfig.standard(),
        ProxyConfig.none(),
        true,
        true,
        Map.of(),
        Map.of());
  }

  /// Binds the client keys out of {@code in}, which may hold others too.
  public static HttpClientConfig bind(ConfigMap in) {
    Optional<Authorization> authorization =
        in.has("authorization")
            ? Optional.of(Authorization.bind(in.map("authorization")))
            : Optional.empty();
    Optional<Authorization> bearer = bearer(in);
    Map<String, List<Secret>> headers = new LinkedHashMap<>();
    Map<String, List<String>> files = new LinkedHashMap<>();
    bindHeaders(in.map("http_headers"), headers, files);
    HttpClientConfig config =
        new HttpClientConfig(
            in.has("basic_auth")
                ? Optional.of(BasicAuth.bind(in.map("basic_auth")))
                : Optional.empty(),
            authorization.or(() -> bearer),
            in.has("oauth2") ? Optional.of(OAuth2.bind(in.map("oauth2"))) : Optional.empty(),
            TlsConfig.bind(in.map("tls_config")),
            ProxyConfig.bind(in),
            in.bool("follow_redirects", true),
            in.bool("enable_http2", true),
            headers,
            files);
    int ways = config.basicAuth.isPresent() ? 1 : 0;
    ways += authorization.isPresent() ? 1 : 0;
    ways += bearer.isPresent() ? 1 : 0;
    ways += config.oauth2.isPresent() ? 1 : 0;
    if (ways > 1) {
      in.problem(
          config.basicAuth.isPresent() ? "basic_auth" : "authorization",
          "at most one of basic_auth, oauth2, authorization, bearer_token and bearer_token_file"
              + " must be configured");
    }
    return config;
  }

  /// The same with every relative file name taken from {@code directory}, that of the config file.
  public HttpClientConfig in(Path directory) {
    Map<String, List<String>> files = new LinkedHashMap<>();
    headerFiles.forEach(
        (name, list) ->
            files.put(name, list.stream().map(file -> resolved(directory, file)).toList()));
    return new HttpClientConfig(
        basicAuth.map(
            auth ->
                new BasicAuth(
                    auth.username(),
                    resolved(directory, auth.usernameFile()),
                    auth.password(),
                    resolved(directory, auth.passwordFile()))),
        authorization.map(
            auth ->
                new Authorization(
                    auth.type(), auth.credentials(), resolved(directory, auth.credentialsFile()))),
        oauth2.map(
            auth ->
                new OAuth2(
                    auth.clientId(),
                    auth.clientSecret(),
                    resolved(directory, auth.clientSecretFile()),
                    auth.scopes(),
                    auth.tokenUrl(),
                    auth.endpointParams(),
                    auth.tls().in(directory),
                    auth.proxy())),
        tls.in(directory),
        proxy,
        followRedirects,
        http2,
        headers,
        files);
  }

  private static String resolved(Path directory, String file) {
    return file.isEmpty() ? file : directory.resolve(file).toString();
  }

  private static Optional<Authorization> bearer(ConfigMap in) {
    boolean token = in.has("bearer_token");
    boolean file = in.has("bearer_token_file");
    if (token && file) {
      in.problem(
          "bearer_token", "at most one of bearer_token and bearer_token_file must be configured");
    }
    return token || file
        ? Optional.of(
            new Authorization(
                "Bearer", in.secret("bearer_token"), in.string("bearer_token_file", "")))
        : Optional.empty();
  }

  private static void bindHeaders(
      ConfigMap in, Map<String, List<Secret>> headers, Map<String, List<String>> files) {
    for (String name : in.keys()) {
      if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
        in.problem(name, "the client sets this header itself");
      }
      ConfigMap header = in.map(name);
      List<Secret> values = new ArrayList<>();
      header.strings("values").forEach(value -> values.add(Secret.of(value)));
      header.strings("secrets").forEach(value -> values.add(Secret.of(value)));
      headers.put(name, List.copyOf(values));
      files.put(name, List.copyOf(header.strings("files")));
    }
  }
}
